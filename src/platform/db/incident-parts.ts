// The parts that runs have in incidents. A part's row stays with its home, the incident it came to; it counts for the incident that stands
// for its home.
import type { Tx } from './client.ts';

export interface PartOfRun {
  home: string;
  incidentId: string;
  fingerprint: string;
  class: string;
  captures: number;
  metrics: number;
  traces: number;
  /** Parts of the standing incident over all runs. */
  parts: number;
}

/** Every part of a run, in order of joining. */
export async function findPartsOfRun(tx: Tx, runId: string): Promise<PartOfRun[]> {
  return tx.$queryRaw`
    SELECT ir.incident_id AS home, h.standing_id AS "incidentId", ir.fingerprint, ir.class, ir.captures, ir.metrics, ir.traces,
      (SELECT count(*)::int FROM incident_run o JOIN incident oh ON oh.id = o.incident_id WHERE oh.standing_id = h.standing_id) AS parts
    FROM incident_run ir JOIN incident h ON h.id = ir.incident_id WHERE ir.run_id = ${runId} ORDER BY ir.joined_at, ir.incident_id`;
}

/** Stored form of domain/incidents/types.ts RunPart. */
export interface StoredRunPart {
  runId: string;
  fingerprint: string;
  class: string;
  diagnosis: unknown;
  evidence: unknown[];
  captures: number;
  metrics: number;
  traces: number;
  firstStep: number | null;
  lastStep: number | null;
  observedAt: Date;
  scope: unknown;
}

/** `words`: lower-case words of the run's name and traces, each once. */
export async function savePart(tx: Tx, home: string, part: StoredRunPart, words: string[], now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO incident_run (incident_id, run_id, fingerprint, class, diagnosis, evidence, captures, metrics, traces, first_step, last_step,
      observed_at, scope, search, joined_at)
    VALUES (${home}, ${part.runId}, ${part.fingerprint}, ${part.class}, ${JSON.stringify(part.diagnosis)}::jsonb,
      ${JSON.stringify(part.evidence)}::jsonb, ${part.captures}, ${part.metrics}, ${part.traces}, ${part.firstStep}::bigint,
      ${part.lastStep}::bigint, ${part.observedAt}, ${JSON.stringify(part.scope)}::jsonb, array_to_tsvector(${words}::text[]), ${now})
    ON CONFLICT (incident_id, run_id) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, class = EXCLUDED.class,
      diagnosis = EXCLUDED.diagnosis, evidence = EXCLUDED.evidence, captures = EXCLUDED.captures, metrics = EXCLUDED.metrics,
      traces = EXCLUDED.traces, first_step = EXCLUDED.first_step, last_step = EXCLUDED.last_step, observed_at = EXCLUDED.observed_at,
      scope = EXCLUDED.scope, search = EXCLUDED.search`;
}

export async function removePart(tx: Tx, home: string, runId: string): Promise<void> {
  await tx.incidentRun.deleteMany({ where: { incidentId: home, runId } });
}

/** Parts read of one incident: the first to join. */
const maxParts = 1000;

/** Parts of a standing incident in order of joining. */
export async function readParts(tx: Tx, standingId: string): Promise<(StoredRunPart & { home: string })[]> {
  const rows = await tx.incidentRun.findMany({
    where: { incident: { standingId } },
    orderBy: [{ joinedAt: 'asc' }, { runId: 'asc' }, { incidentId: 'asc' }],
    take: maxParts,
  });
  return rows.map((row) => ({
    ...row,
    home: row.incidentId,
    evidence: row.evidence as unknown[],
    firstStep: row.firstStep === null ? null : Number(row.firstStep),
    lastStep: row.lastStep === null ? null : Number(row.lastStep),
  }));
}

/** The step of a run at which each of these standing incidents was first seen in it; left out where no step is known. */
export async function readFirstSteps(tx: Tx, runId: string, standingIds: string[]): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ id: string; step: number }[]>`
    SELECT h.standing_id AS id, min(ir.first_step)::float8 AS step FROM incident_run ir JOIN incident h ON h.id = ir.incident_id
    WHERE ir.run_id = ${runId} AND ir.first_step IS NOT NULL AND h.standing_id = ANY(${standingIds}) GROUP BY h.standing_id`;
  return new Map(rows.map(({ id, step }) => [id, step]));
}

/** Runs of standing incidents in order of joining, the first 100 of each. */
export async function readRunsOf(tx: Tx, standingIds: string[]): Promise<Map<string, string[]>> {
  if (standingIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; runs: string[] }[]>`
    SELECT standing_id AS id, (array_agg(run_id ORDER BY joined_at, run_id))[1:100] AS runs FROM (
      SELECT h.standing_id, ir.run_id, min(ir.joined_at) AS joined_at FROM incident_run ir JOIN incident h ON h.id = ir.incident_id
      WHERE h.standing_id = ANY(${standingIds}) GROUP BY h.standing_id, ir.run_id) r
    GROUP BY standing_id`;
  return new Map(rows.map(({ id, runs }) => [id, runs]));
}
