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
  likeness: string;
  text: string;
  step: number | null;
  rank: number | null;
  host: string | null;
  occurredAt: Date;
  receivedAt: Date;
}

export async function insertTraces(tx: Tx, traces: NewTrace[]): Promise<void> {
  if (traces.length === 0) return;
  await tx.trace.createMany({
    data: traces.map((trace) => ({ ...trace, step: trace.step === null ? null : BigInt(trace.step) })),
  });
}

/** Those of the signatures of which this source has brought a trace already. */
export async function findLogSignatures(
  tx: Tx,
  runId: string,
  source: string,
  signatures: string[],
): Promise<Set<string>> {
  if (signatures.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ signature: string }[]>`
    SELECT DISTINCT signature FROM trace
    WHERE run_id = ${runId} AND signature = ANY(${signatures}::text[]) AND origin = 'log' AND source = ${source}`;
  return new Set(rows.map(({ signature }) => signature));
}

export async function hasTraces(tx: Tx, runId: string): Promise<boolean> {
  return (await tx.trace.count({ where: { runId }, take: 1 })) > 0;
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

/** Signatures of one likeness that are answered: the first and the last ones. */
const samples = 4;

interface GroupRow {
  id: string;
  signature: string;
  likeness: string;
  text: string;
  origin: 'pushed' | 'log';
  step: bigint | null;
  rank: number | null;
  ranks: number[] | null;
  occurrences: number;
  first_step: bigint | null;
  last_step: bigint | null;
  last_at: Date;
  /** The first of its likeness, and what is known of all signatures of that. */
  is_first: boolean;
  alike: number;
  alike_ranks: number[] | null;
  alike_first_step: bigint | null;
  alike_last_step: bigint | null;
  alike_last_at: Date;
}

/**
 * Distinct traces of a run, oldest first: of the `limit` likenesses seen last the first and last four signatures each. The first group of a
 * likeness also counts what is not answered of it. `truncated` when there are more likenesses.
 */
export async function readTraceGroups(
  tx: Tx,
  runId: string,
  limit: number,
): Promise<{ groups: TraceGroup[]; truncated: boolean }> {
  const rows = await tx.$queryRaw<GroupRow[]>`
    WITH grouped AS (
      SELECT signature, min(COALESCE(likeness, signature)) AS likeness, min(received_at) AS first_at, max(received_at) AS last_at,
        min(step) AS first_step, max(step) AS last_step,
        GREATEST(count(*) FILTER (WHERE origin = 'pushed'), count(*) FILTER (WHERE origin = 'log'))::int AS occurrences,
        (array_agg(DISTINCT rank) FILTER (WHERE rank IS NOT NULL))[1:64] AS ranks
      FROM trace WHERE run_id = ${runId} GROUP BY signature),
    alike AS (
      SELECT likeness, max(last_at) AS last_at, min(first_step) AS first_step, max(last_step) AS last_step, sum(occurrences)::int AS occurrences
      FROM grouped GROUP BY likeness ORDER BY max(last_at) DESC, likeness LIMIT ${limit + 1}),
    placed AS (
      SELECT *, row_number() OVER (PARTITION BY likeness ORDER BY first_at, signature) AS from_start,
        row_number() OVER (PARTITION BY likeness ORDER BY last_at DESC, signature) AS from_end FROM grouped)
    SELECT p.signature, p.likeness, p.last_at, p.first_step, p.last_step, p.occurrences, p.ranks, t.id, t.text, t.origin, t.step, t.rank,
      p.from_start = 1 AS is_first, a.occurrences AS alike, a.first_step AS alike_first_step, a.last_step AS alike_last_step, a.last_at AS alike_last_at,
      (SELECT (array_agg(DISTINCT r.rank) FILTER (WHERE r.rank IS NOT NULL))[1:64] FROM trace r
        WHERE p.from_start = 1 AND r.run_id = ${runId} AND COALESCE(r.likeness, r.signature) = p.likeness) AS alike_ranks
    FROM placed p JOIN alike a ON a.likeness = p.likeness
    CROSS JOIN LATERAL (SELECT id, text, origin, step, rank FROM trace WHERE run_id = ${runId} AND signature = p.signature ORDER BY origin DESC, received_at, id LIMIT 1) t
    WHERE p.from_start <= ${samples} OR p.from_end <= ${samples} ORDER BY p.first_at, p.from_start, t.id`;
  const likenesses = new Set(rows.map((row) => row.likeness));
  return { truncated: likenesses.size > limit, groups: toGroups(rows) };
}

function toGroups(rows: GroupRow[]): TraceGroup[] {
  const groups = rows.map((row): TraceGroup & { row: GroupRow } => ({
    ...{ row, id: row.id, signature: row.signature, text: row.text, origin: row.origin },
    ...{ step: toNumber(row.step), rank: row.rank, ranks: row.ranks ?? [], occurrences: row.occurrences },
    ...{ firstStep: toNumber(row.first_step), lastStep: toNumber(row.last_step), lastAt: row.last_at },
  }));
  return groups.map(({ row, ...group }) => {
    if (!row.is_first) return group;
    const others = rows.filter(({ likeness, id }) => likeness === row.likeness && id !== row.id);
    return {
      ...group,
      ranks: row.alike_ranks ?? group.ranks,
      occurrences: row.alike - others.reduce((sum, other) => sum + other.occurrences, 0),
      firstStep: toNumber(row.alike_first_step),
      lastStep: toNumber(row.alike_last_step),
      lastAt: row.alike_last_at,
    };
  });
}

function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
