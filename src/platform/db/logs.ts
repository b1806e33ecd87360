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
  log: { runId: string; source: string; state: unknown; newLines: number; newUnparsed: number; now: Date },
): Promise<void> {
  const { runId, source, newLines, newUnparsed, now } = log;
  const state = log.state as Prisma.InputJsonValue;
  await tx.logSource.upsert({
    where: { runId_source: { runId, source } },
    create: { runId, source, state, lines: newLines, unparsed: newUnparsed, updatedAt: now },
    update: { state, lines: { increment: newLines }, unparsed: { increment: newUnparsed }, updatedAt: now },
  });
}

export interface LogChunkText {
  source: string;
  /** Number of the first line in its source, 0-based. */
  firstLine: number;
  text: string;
  /** One bit per line that nothing was read from (domain/observations/unparsed-lines.ts). */
  unparsedLines: Uint8Array | null;
}

export async function insertLogChunk(
  tx: Tx,
  chunk: LogChunkText & { runId: string; unparsed: number; receivedAt: Date },
): Promise<void> {
  const { unparsedLines } = chunk;
  const bits = unparsedLines === null ? null : new Uint8Array(unparsedLines);
  await tx.logChunk.create({ data: { ...chunk, unparsedLines: bits, firstLine: BigInt(chunk.firstLine) } });
}

/** The first chunk of a run with at least the id `from`; null when there is none. */
export async function readLogChunk(
  tx: Tx,
  search: { runId: string; source: string | null; onlyUnparsed: boolean },
  from: number,
): Promise<(LogChunkText & { id: number }) | null> {
  const { runId, source, onlyUnparsed } = search;
  const row = await tx.logChunk.findFirst({
    where: {
      runId,
      id: { gte: BigInt(from) },
      ...(source === null ? {} : { source }),
      ...(onlyUnparsed ? { unparsed: { gt: 0 } } : {}),
    },
    orderBy: { id: 'asc' },
  });
  return row && { ...row, id: Number(row.id), firstLine: Number(row.firstLine) };
}

/** Id and first line of the chunk that holds a line of a source; null when the source ends before it. */
export async function findChunkOfLine(
  tx: Tx,
  place: { runId: string; source: string; line: number },
): Promise<{ id: number; firstLine: number } | null> {
  const { runId, source, line } = place;
  const row = await tx.logChunk.findFirst({
    where: { runId, source, firstLine: { lte: BigInt(line) } },
    orderBy: { id: 'desc' },
    select: { id: true, firstLine: true },
  });
  return row && { id: Number(row.id), firstLine: Number(row.firstLine) };
}

/** The last chunk of a source that holds a text; null when none does. */
export async function findChunkWith(
  tx: Tx,
  wanted: { runId: string; source: string; text: string },
): Promise<{ firstLine: number; text: string } | null> {
  const { runId, source, text } = wanted;
  const row = await tx.logChunk.findFirst({
    where: { runId, source, text: { contains: text } },
    orderBy: { id: 'desc' },
    select: { firstLine: true, text: true },
  });
  return row && { firstLine: Number(row.firstLine), text: row.text };
}

export interface LogSourceRow {
  source: string;
  lines: number;
  unparsed: number;
  /** Id of the log format of its last metric line. */
  format: string | null;
}

export async function readLogSources(tx: Tx, runId: string): Promise<LogSourceRow[]> {
  const rows = await tx.$queryRaw<{ source: string; lines: bigint; unparsed: bigint; format: string | null }[]>`
    SELECT source, lines, unparsed, state -> 'reader' ->> 'format' AS format FROM log_source
    WHERE run_id = ${runId} ORDER BY source LIMIT 1000`;
  return rows.map((row) => ({ ...row, lines: Number(row.lines), unparsed: Number(row.unparsed) }));
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
