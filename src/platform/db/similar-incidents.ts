// Incidents of other runs that are like one, and runs that went well.
import type { Tx } from './client.ts';
import type { Incident as IncidentRow } from './generated/client.ts';

const maxSimilar = 20;

/** Standing incidents of a class with a run that `incident` has not, those of the same likeliest cause first, then the last seen. */
export async function findSimilar(
  tx: Tx,
  incident: { id: string; class: string; causeId: string | null },
  project: string | null,
): Promise<IncidentRow[]> {
  const { id, causeId } = incident;
  const ids = await tx.$queryRaw<{ id: string }[]>`
    SELECT i.id FROM incident i WHERE i.class = ${incident.class} AND i.merged_into IS NULL AND i.id <> ${id}
      AND (${project}::text IS NULL OR i.project = ${project})
      AND EXISTS (SELECT 1 FROM incident_run ir JOIN incident h ON h.id = ir.incident_id WHERE h.standing_id = i.id AND ir.run_id NOT IN (
        SELECT o.run_id FROM incident_run o JOIN incident oh ON oh.id = o.incident_id WHERE oh.standing_id = ${id}))
    ORDER BY (i.cause_id IS NOT DISTINCT FROM ${causeId}) DESC, i.last_seen_at DESC, i.id LIMIT ${maxSimilar}`;
  const rows = new Map(
    (await tx.incident.findMany({ where: { id: { in: ids.map((row) => row.id) } } })).map((row) => [row.id, row]),
  );
  return ids.flatMap((row) => rows.get(row.id) ?? []);
}

export interface SaidOfRemediation {
  incidentId: string;
  remediationId: string;
  worked: number;
  failed: number;
}

/** What people said of remediations in standing incidents, what worked most first. */
export async function readFeedbackOf(tx: Tx, standingIds: string[]): Promise<SaidOfRemediation[]> {
  if (standingIds.length === 0) return [];
  return tx.$queryRaw`
    SELECT h.standing_id AS "incidentId", f.remediation_id AS "remediationId", count(*) FILTER (WHERE f.worked)::int AS worked,
      count(*) FILTER (WHERE NOT f.worked)::int AS failed
    FROM remediation_feedback f JOIN incident h ON h.id = f.incident_id WHERE h.standing_id = ANY(${standingIds})
    GROUP BY 1, 2 ORDER BY worked DESC, failed, f.remediation_id`;
}

/**
 * The last run of a project that finished and has part in no incident worse than `info`: begun before the given one rather than after it, and
 * of the same name rather than of another. Null when there is none.
 */
export async function findLastGoodRun(
  tx: Tx,
  run: { id: string; project: string; name: string; createdAt: Date },
): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT r.id FROM run r WHERE r.project = ${run.project} AND r.status = 'finished' AND r.id <> ${run.id}
      AND NOT EXISTS (SELECT 1 FROM incident_run ir JOIN incident h ON h.id = ir.incident_id JOIN incident i ON i.id = h.standing_id
        WHERE ir.run_id = r.id AND i.severity_rank > 0)
    ORDER BY (r.created_at <= ${run.createdAt}) DESC, (r.name = ${run.name}) DESC, r.last_seen_at DESC, r.id LIMIT 1`;
  return rows[0]?.id ?? null;
}
