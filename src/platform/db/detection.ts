// Points as work for the detectors: which runs have new ones, the detectors' carried state, and what they found. Cursor, state and findings
// move together, and only from where they were read: of two workers that look at the same points, one stores what it found.
import type { CaptureShape } from '../../contracts/capture.ts';
import type { DetectorOptions } from '../../contracts/detectors.ts';
import type { Finding } from '../../contracts/findings.ts';
import { regRangeOf } from './captures.ts';
import { storeFindings } from './findings.ts';
import { Prisma } from './generated/client.ts';
import type { Query } from './statements.ts';

/** Runs with points that the detectors have not seen. */
export async function findRunsOwingDetection(query: Query, limit: number): Promise<string[]> {
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT id FROM run WHERE points_up_to > detected_up_to ORDER BY id LIMIT ${limit}::int`);
  return rows.map(({ id }) => id);
}

export interface Detection {
  worldSize: number | null;
  config: unknown;
  /** [lo, hi) of its latest analysed capture; null when there is none. */
  regRange: [number, number] | null;
  /** Of its project. */
  projectOptions: DetectorOptions;
  pointsUpTo: number;
  detectedUpTo: number;
  /** Null before the first point. */
  state: unknown;
}

/** Null when the run is gone. */
export async function readDetection(query: Query, runId: string): Promise<Detection | null> {
  const [row] = await query<Detection & { shape: CaptureShape | null }>(Prisma.sql`
    SELECT world_size AS "worldSize", config, points_up_to AS "pointsUpTo", detected_up_to AS "detectedUpTo", state,
      coalesce(project.detectors, '{}') AS "projectOptions",
      (SELECT shape FROM capture WHERE run_id = run.id AND capture.status = 'done' ORDER BY received_at DESC LIMIT 1) AS shape
    FROM run LEFT JOIN detector_state ON run_id = run.id LEFT JOIN project ON project.id = run.project WHERE run.id = ${runId}`);
  return row ? { ...row, regRange: regRangeOf(row.shape) } : null;
}

export interface DetectionStep {
  runId: string;
  /** The cursor as it was read, and as it is now. */
  from: number;
  upTo: number;
  state: unknown;
  /** Detectors whose condition holds. */
  ongoing: string[];
  findings: Finding[];
  now: Date;
}

/** Stores a step; answers whether the run owes a diagnosis now, or null when another worker has stored this step or the run is gone. */
export async function saveDetection(query: Query, step: DetectionStep): Promise<{ owesDiagnosis: boolean } | null> {
  const { runId, from, upTo, state, ongoing, findings, now } = step;
  const owned = findings.map((finding) => ({ runId, finding }));
  const [row] = await query<{ owesDiagnosis: boolean }>(Prisma.sql`
    WITH moved AS (
      UPDATE run SET detected_up_to = ${upTo}::bigint, ongoing_rules = ${ongoing}::text[], revision = revision + ${findings.length > 0 ? 1 : 0}::int
      WHERE id = ${runId} AND detected_up_to = ${from}::bigint RETURNING id, revision > diagnosed_revision AS "owesDiagnosis"),
    kept AS (
      INSERT INTO detector_state (run_id, state) SELECT id, ${JSON.stringify(state)}::text::jsonb FROM moved
      ON CONFLICT (run_id) DO UPDATE SET state = EXCLUDED.state),
    found AS (${storeFindings(owned, now, Prisma.sql`moved`)})
    SELECT "owesDiagnosis" FROM moved`);
  return row ?? null;
}
