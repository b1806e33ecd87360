// Metric points as they came, a row for each request or piece of console output. A run's points are counted under its row's lock, so a
// batch's place (`first`) is in the order of the commits. Batches are moved into chunks later (metric-chunks.ts) and are never changed.

import type { Tx } from './client.ts';
import { Prisma } from './generated/client.ts';
import { claimKeys, type IdempotentRequest } from './idempotency.ts';
import { heardOf } from './runs.ts';
import type { Query } from './statements.ts';

export interface BatchRow {
  data: Uint8Array;
  /** Values in it, those that the run has already among them. */
  points: number;
  lowStep: number;
  highStep: number;
}

export interface PushedBatch extends BatchRow {
  runId: string;
  /** The caller's project; another project's run does not exist for it. Null for every project. */
  project: string | null;
  receivedAt: Date;
  /** The caller's Idempotency-Key with the answer that it stands for. */
  key: (IdempotentRequest & { status: number; answer: string }) | null;
}

/** `replayed`: the key was used before, nothing was stored now. */
export type BatchFate = 'stored' | 'replayed' | 'no-run';

/**
 * Stores batches of several requests and notes that their runs were heard of, in one statement; answers in their order. Runs are locked in the
 * order of their ids, as everywhere.
 */
export async function insertBatches(query: Query, batches: PushedBatch[]): Promise<BatchFate[]> {
  const column = <T>(of: (batch: PushedBatch) => T) => batches.map(of);
  const ends = endsOf(batches);
  const { text, values } = Prisma.sql`
    WITH given AS (
      SELECT * FROM unnest(${column((b) => b.runId)}::text[], ${column((b) => b.project)}::text[], ${column((b) => b.receivedAt.toISOString())}::timestamptz[],
        ${column((b) => b.points)}::int[], ${column((b) => b.lowStep)}::bigint[], ${column((b) => b.highStep)}::bigint[],
        ${ends}::int[], ${column((b) => b.data.length)}::int[], ${column((b) => b.key?.scope ?? null)}::text[],
        ${column((b) => b.key?.bodyHash ?? null)}::text[], ${column((b) => b.key?.status ?? null)}::int[], ${column((b) => b.key?.answer ?? null)}::text[]
      ) WITH ORDINALITY AS g(run_id, project, at, points, low_step, high_step, data_end, data_length, scope, body_hash, status, answer, place)),
    locked AS (SELECT id, project FROM run WHERE id IN (SELECT run_id FROM given) ORDER BY id FOR NO KEY UPDATE),
    allowed AS (
      SELECT given.*, row_number() OVER (PARTITION BY scope ORDER BY place) AS use FROM given JOIN locked ON locked.id = run_id
      WHERE given.project IS NULL OR given.project = locked.project),
    claimed AS (${claimKeys(Prisma.sql`SELECT scope, body_hash, status, answer FROM allowed WHERE scope IS NOT NULL AND use = 1`)}),
    fresh AS (
      SELECT *, sum(points) OVER (PARTITION BY run_id ORDER BY place) - points AS before FROM allowed
      WHERE scope IS NULL OR (use = 1 AND scope IN (SELECT scope FROM claimed))),
    touched AS (
      UPDATE run SET ${heardOf}, points_up_to = points_up_to + seen.points
      FROM (SELECT run_id, max(at) AS at, max(high_step) FILTER (WHERE points > 0) AS step, count(*)::int AS times, sum(points) AS points FROM fresh GROUP BY run_id) AS seen
      WHERE run.id = seen.run_id RETURNING run.id, points_up_to - seen.points AS first),
    stored AS (
      INSERT INTO metric_batch (run_id, first, points, low_step, high_step, data)
      SELECT run_id, first + before, points, low_step, high_step, substring(${join(batches)}::bytea FROM data_end - data_length + 1 FOR data_length)
      FROM fresh JOIN touched ON touched.id = run_id WHERE points > 0)
    SELECT allowed.place, fresh.place IS NOT NULL AS stored FROM allowed LEFT JOIN fresh USING (place)`;
  const rows = await query<{ place: number; stored: boolean }>({ name: 'insert-batches', text, values });
  const fates = batches.map((): BatchFate => 'no-run');
  for (const { place, stored } of rows) fates[place - 1] = stored ? 'stored' : 'replayed';
  return fates;
}

function endsOf(batches: PushedBatch[]): number[] {
  let end = 0;
  return batches.map(({ data }) => {
    end += data.length;
    return end;
  });
}

function join(batches: PushedBatch[]): Buffer {
  return Buffer.concat(batches.map(({ data }) => data));
}

/** Stores a batch of a run whose row is locked by touchRun. */
export async function appendBatch(tx: Tx, runId: string, { data, points, lowStep, highStep }: BatchRow): Promise<void> {
  await tx.$executeRaw`
    WITH counted AS (UPDATE run SET points_up_to = points_up_to + ${points} WHERE id = ${runId} RETURNING points_up_to - ${points} AS first)
    INSERT INTO metric_batch (run_id, first, points, low_step, high_step, data)
    SELECT ${runId}, first, ${points}, ${lowStep}, ${highStep}, ${Buffer.from(data)} FROM counted`;
}

export interface StoredBatch {
  /** Place of its first point among the run's. */
  first: number;
  points: number;
  data: Buffer;
}

export interface BatchFilter {
  runId: string;
  /** Points with places from `from` to `before - 1`. */
  from: number;
  before: number;
  /** Those with steps from `lowStep` to `highStep`; all when left out. */
  lowStep?: number;
  highStep?: number;
  limit: number;
}

/** Batches that may hold such points, in the order of their places. */
export async function readBatches(query: Query, filter: BatchFilter): Promise<StoredBatch[]> {
  const { runId, from, before, lowStep = 0, highStep = Number.MAX_SAFE_INTEGER, limit } = filter;
  return query(Prisma.sql`
    SELECT first, points, data FROM metric_batch
    WHERE run_id = ${runId} AND first < ${before}::bigint AND high_step >= ${lowStep}::bigint AND low_step <= ${highStep}::bigint
      AND first >= coalesce((SELECT max(first) FROM metric_batch WHERE run_id = ${runId} AND first <= ${from}::bigint), 0)
      AND first + points > ${from}::bigint
    ORDER BY first LIMIT ${limit}::int`);
}

/** Gives the room of batches that were removed back to the disk, as far as it lies at the end of their file. Outside a transaction. */
export async function vacuumBatches(query: Query): Promise<void> {
  await query({ text: 'VACUUM metric_batch', values: [] });
}

export async function removeBatches(query: Query, runId: string, before: number): Promise<void> {
  await query(Prisma.sql`DELETE FROM metric_batch WHERE run_id = ${runId} AND first < ${before}::bigint`);
}
