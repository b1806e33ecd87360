// Traces, pushed or found in console output.
import type { TraceSummary } from '../../contracts/traces.ts';
import type { Tx } from './client.ts';
import type { Trace } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export interface NewTrace {
  id: string;
  runId: string;
  origin: 'pushed' | 'log';
  /** Log source; null for pushed traces. */
  source: string | null;
  signature: string;
  text: string;
  step: number | null;
  rank: number | null;
  host: string | null;
  occurredAt: Date;
  receivedAt: Date;
}

export async function insertTrace(tx: Tx, trace: NewTrace): Promise<void> {
  await tx.trace.create({ data: { ...trace, step: trace.step === null ? null : BigInt(trace.step) } });
}

/** True when this source has already brought a trace of this signature: console output sent twice counts once. */
export async function hasLogTrace(tx: Tx, runId: string, source: string, signature: string): Promise<boolean> {
  return (await tx.trace.count({ where: { runId, origin: 'log', source, signature }, take: 1 })) > 0;
}

/** The traces of a run without their texts, the newest first. */
export async function listTraces(tx: Tx, runId: string, page: { cursor?: string | undefined; limit: number }) {
  const after = decodeCursor(page.cursor, 2);
  const at = after ? new Date(after[0] as number) : undefined;
  const rows = await tx.trace.findMany({
    where: {
      runId,
      ...(at ? { OR: [{ receivedAt: { lt: at } }, { receivedAt: at, id: { lt: String(after?.[1]) } }] } : {}),
    },
    orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
    omit: { text: true },
  });
  return toPage(rows, page.limit, presentTrace, (row) => [row.receivedAt.getTime(), row.id]);
}

export async function findTrace(
  tx: Tx,
  runId: string,
  id: string,
): Promise<{ summary: TraceSummary; text: string } | null> {
  const row = await tx.trace.findFirst({ where: { id, runId } });
  return row && { summary: presentTrace(row), text: row.text };
}

function presentTrace(row: Omit<Trace, 'text'>): TraceSummary {
  return {
    id: row.id,
    run_id: row.runId,
    step: toNumber(row.step),
    rank: row.rank,
    host: row.host,
    origin: row.origin as TraceSummary['origin'],
    source: row.source,
    occurred_at: row.occurredAt.toISOString(),
    received_at: row.receivedAt.toISOString(),
  };
}

/** Traces of one signature in a run, with the count of the occurrences they stand for. */
export interface TraceGroup {
  id: string;
  signature: string;
  text: string;
  origin: 'pushed' | 'log';
  step: number | null;
  rank: number | null;
  /** Ranks that reported it, at most 64. */
  ranks: number[];
  /** The console and the excepthook report the same crash: the larger count is the number of crashes. */
  occurrences: number;
  firstStep: number | null;
  lastStep: number | null;
  lastAt: Date;
}

/** The most recent distinct traces of a run, oldest first; `truncated` when there are more than `limit`. */
export async function readTraceGroups(
  tx: Tx,
  runId: string,
  limit: number,
): Promise<{ groups: TraceGroup[]; truncated: boolean }> {
  const rows = await tx.$queryRaw<
    {
      id: string;
      signature: string;
      text: string;
      origin: 'pushed' | 'log';
      step: bigint | null;
      rank: number | null;
      ranks: number[] | null;
      occurrences: number;
      first_step: bigint | null;
      last_step: bigint | null;
      last_at: Date;
    }[]
  >`
    WITH grouped AS (
      SELECT signature, min(received_at) AS first_at, max(received_at) AS last_at, min(step) AS first_step, max(step) AS last_step,
        GREATEST(count(*) FILTER (WHERE origin = 'pushed'), count(*) FILTER (WHERE origin = 'log'))::int AS occurrences,
        (array_agg(DISTINCT rank) FILTER (WHERE rank IS NOT NULL))[1:64] AS ranks
      FROM trace WHERE run_id = ${runId} GROUP BY signature ORDER BY max(received_at) DESC LIMIT ${limit + 1})
    SELECT g.*, t.id, t.text, t.origin, t.step, t.rank FROM grouped g
    CROSS JOIN LATERAL (SELECT id, text, origin, step, rank FROM trace WHERE run_id = ${runId} AND signature = g.signature ORDER BY origin DESC, received_at, id LIMIT 1) t
    ORDER BY g.first_at, t.id`;
  return {
    truncated: rows.length > limit,
    groups: rows.map((row) => ({
      id: row.id,
      signature: row.signature,
      text: row.text,
      origin: row.origin,
      step: toNumber(row.step),
      rank: row.rank,
      ranks: row.ranks ?? [],
      occurrences: row.occurrences,
      firstStep: toNumber(row.first_step),
      lastStep: toNumber(row.last_step),
      lastAt: row.last_at,
    })),
  };
}

function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
