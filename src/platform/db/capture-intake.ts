// Captures as they come in, many in one statement: what is asked before the tensors are read, and the rows that are written after.
import type { CaptureShape } from '../../contracts/capture.ts';
import type { Tx } from './client.ts';
import { heardOf } from './runs.ts';

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
export async function readCaptureIntake(tx: Tx, runIds: string[], pendingLimit: number): Promise<CaptureIntake[]> {
  const rows = await tx.$queryRaw<{ id: string | null; project: string | null; pending: number }[]>`
    SELECT run.id, run.project, waiting.pending
    FROM (SELECT count(*)::int AS pending FROM (SELECT FROM capture WHERE status IN ('queued', 'running') LIMIT ${pendingLimit}) AS counted) AS waiting
      LEFT JOIN run ON run.id = ANY(${runIds})`;
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
export async function insertCaptures(tx: Tx, captures: NewCapture[]): Promise<(string | null)[]> {
  const given = captures.map((capture) => ({
    id: capture.id,
    run_id: capture.runId,
    key: keyOf(capture),
    step: capture.step,
    rank: capture.rank,
    sha256: capture.sha256,
    bytes: capture.bytes,
    shape: shapeToJson(capture.shape),
    received_at: capture.receivedAt.toISOString(),
  }));
  const inserted = await tx.$queryRaw<{ id: string }[]>`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(given)}::text::jsonb) AS g(
        id text, run_id text, key text, step bigint, rank int, sha256 text, bytes bigint, shape jsonb, received_at timestamptz)),
    locked AS (SELECT id FROM run WHERE id IN (SELECT run_id FROM given) ORDER BY id FOR NO KEY UPDATE),
    touched AS (
      UPDATE run SET ${heardOf}
      FROM locked JOIN (SELECT run_id, max(received_at) AS at, max(step) AS step, count(*)::int AS times FROM given GROUP BY run_id) AS seen
        ON seen.run_id = locked.id
      WHERE run.id = locked.id RETURNING run.id)
    INSERT INTO capture (id, run_id, key, step, rank, sha256, bytes, shape, received_at)
    SELECT given.id, run_id, key, step, rank, sha256, bytes, shape, received_at FROM given JOIN touched ON touched.id = run_id
    ON CONFLICT (run_id, key) DO NOTHING RETURNING id`;
  const ids = new Set(inserted.map((row) => row.id));
  const others = captures.filter((capture) => !ids.has(capture.id));
  const known = await findIds(tx, others);
  return captures.map((capture) => (ids.has(capture.id) ? capture.id : (known.get(nameOf(capture)) ?? null)));
}

/** Ids of the stored captures that these are, by `nameOf`. */
async function findIds(tx: Tx, captures: NewCapture[]): Promise<Map<string, string>> {
  if (captures.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; runId: string; key: string }[]>`
    SELECT id, run_id AS "runId", capture.key FROM capture
      JOIN unnest(${captures.map(({ runId }) => runId)}::text[], ${captures.map(keyOf)}::text[]) AS g(run, key) ON run_id = run AND capture.key = g.key`;
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
