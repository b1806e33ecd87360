// Captures as they come in, many in one statement: what is asked before the tensors are read, and the rows that are written after.
import type { CaptureShape } from '../../contracts/capture.ts';
import { Prisma } from './generated/client.ts';
import { heardOf } from './runs.ts';
import type { Query } from './statements.ts';

export interface NewCapture {
  id: string;
  runId: string;
  step: number | null;
  rank: number;
  sha256: string;
  bytes: number;
  shape: CaptureShape;
  receivedAt: Date;
}

/** What decides whether a capture is taken at all. */
export interface CaptureIntake {
  /** Null when there is no such run. */
  run: { id: string; project: string } | null;
  /** Captures of all runs that wait for their analysis, counted up to the limit. */
  pending: number;
}

/** Answers in the order of `runIds`. */
export async function readCaptureIntake(
  query: Query,
  runIds: string[],
  pendingLimit: number,
): Promise<CaptureIntake[]> {
  const { text, values } = Prisma.sql`
    SELECT run.id, run.project, waiting.pending
    FROM (SELECT count(*)::int AS pending FROM (
        SELECT FROM capture WHERE status IN ('queued', 'running') LIMIT ${pendingLimit}::int) AS counted) AS waiting
      LEFT JOIN run ON run.id = ANY(${runIds}::text[])`;
  const rows = await query<{ id: string | null; project: string | null; pending: number }>({
    name: 'read-capture-intake',
    text,
    values,
  });
  const projects = new Map(rows.map((row) => [row.id, row.project]));
  const pending = rows[0]?.pending ?? 0;
  return runIds.map((id) => {
    const project = projects.get(id) ?? null;
    return { run: project === null ? null : { id, project }, pending };
  });
}

/**
 * Stores captures and notes that their runs were heard of, in one statement; the same tensors of the same rank and step of a run are the
 * capture that is there already. Answers their ids in order, null where the run is gone. Runs are locked in the order of their ids, as
 * everywhere, until the transaction ends.
 */
export async function insertCaptures(query: Query, captures: NewCapture[]): Promise<(string | null)[]> {
  const column = <T>(of: (capture: NewCapture) => T) => captures.map(of);
  const { text, values } = Prisma.sql`
    WITH given AS (
      SELECT * FROM unnest(${column((c) => c.id)}::text[], ${column((c) => c.runId)}::text[], ${column(keyOf)}::text[],
        ${column((c) => c.step)}::bigint[], ${column((c) => c.rank)}::int[], ${column((c) => c.sha256)}::text[], ${column((c) => c.bytes)}::bigint[],
        ${column((c) => JSON.stringify(shapeToJson(c.shape)))}::text[], ${column((c) => c.receivedAt.toISOString())}::timestamptz[]
      ) AS g(id, run_id, key, step, rank, sha256, bytes, shape, received_at)),
    locked AS (SELECT id FROM run WHERE id IN (SELECT run_id FROM given) ORDER BY id FOR NO KEY UPDATE),
    touched AS (
      UPDATE run SET ${heardOf}
      FROM locked JOIN (SELECT run_id, max(received_at) AS at, max(step) AS step, count(*)::int AS times FROM given GROUP BY run_id) AS seen
        ON seen.run_id = locked.id
      WHERE run.id = locked.id RETURNING run.id)
    INSERT INTO capture (id, run_id, key, step, rank, sha256, bytes, shape, received_at)
    SELECT given.id, run_id, key, step, rank, sha256, bytes, shape::jsonb, received_at FROM given JOIN touched ON touched.id = run_id
    ON CONFLICT (run_id, key) DO NOTHING RETURNING id`;
  const inserted = await query<{ id: string }>({ name: 'insert-captures', text, values });
  const ids = new Set(inserted.map((row) => row.id));
  const others = captures.filter((capture) => !ids.has(capture.id));
  const known = await findIds(query, others);
  return captures.map((capture) => (ids.has(capture.id) ? capture.id : (known.get(nameOf(capture)) ?? null)));
}

/** Ids of the stored captures that these are, by `nameOf`. */
async function findIds(query: Query, captures: NewCapture[]): Promise<Map<string, string>> {
  if (captures.length === 0) return new Map();
  const rows = await query<{ id: string; runId: string; key: string }>(Prisma.sql`
    SELECT id, run_id AS "runId", capture.key FROM capture
      JOIN unnest(${captures.map(({ runId }) => runId)}::text[], ${captures.map(keyOf)}::text[]) AS g(run, key) ON run_id = run AND capture.key = g.key`);
  return new Map(rows.map((row) => [`${row.runId} ${row.key}`, row.id]));
}

function keyOf({ rank, step, sha256 }: NewCapture): string {
  return `${rank}/${step ?? '-'}/${sha256}`;
}

function nameOf(capture: NewCapture): string {
  return `${capture.runId} ${keyOf(capture)}`;
}

/** JSON has no NaN or Infinity, which a trainer may well have reported: they are kept as strings (read by readCaptureShape). */
function shapeToJson(shape: CaptureShape): object {
  const { reportedLossDfl: loss } = shape;
  return { ...shape, reportedLossDfl: loss === null || Number.isFinite(loss) ? loss : String(loss) };
}
