// Raw console output: the chunks as they came, and per source the reader's carried state.
import type { Tx } from './client.ts';
import type { Prisma } from './generated/client.ts';

/** State of a source, locked until the transaction ends; null when the source is new. */
export async function lockLogSource<State>(tx: Tx, runId: string, source: string): Promise<State | null> {
  const rows = await tx.$queryRaw<
    { state: State }[]
  >`SELECT state FROM log_source WHERE run_id = ${runId} AND source = ${source} FOR UPDATE`;
  return rows[0]?.state ?? null;
}

export async function saveLogSource(
  tx: Tx,
  log: { runId: string; source: string; state: unknown; newLines: number; now: Date },
): Promise<void> {
  const { runId, source, newLines, now } = log;
  const state = log.state as Prisma.InputJsonValue;
  await tx.logSource.upsert({
    where: { runId_source: { runId, source } },
    create: { runId, source, state, lines: newLines, updatedAt: now },
    update: { state, lines: { increment: newLines }, updatedAt: now },
  });
}

export async function insertLogChunk(
  tx: Tx,
  chunk: { runId: string; source: string; firstLine: number; text: string; receivedAt: Date },
): Promise<void> {
  await tx.logChunk.create({ data: { ...chunk, firstLine: BigInt(chunk.firstLine) } });
}

/** Sources that have last words to be read and have been silent since `before`. */
export async function findSilentLogSources(
  tx: Tx,
  before: Date,
  limit: number,
): Promise<{ runId: string; source: string }[]> {
  return tx.$queryRaw`
    SELECT run_id AS "runId", source FROM log_source
    WHERE state ->> 'lastWords' IS NOT NULL AND updated_at < ${before} ORDER BY updated_at LIMIT ${limit}`;
}

export async function listLogSources(tx: Tx, runId: string): Promise<string[]> {
  return (await tx.logSource.findMany({ where: { runId }, select: { source: true } })).map((row) => row.source);
}
