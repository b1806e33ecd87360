// What an overview counts: incidents, changes and deliveries of one project or of all.
import type { Tx } from './client.ts';

export interface OverviewCounts {
  /** Incidents that are neither resolved nor merged. */
  unresolved: { state: string; severity: string; class: string; count: number }[];
  /** Entries of timelines since then, by kind. */
  changes: { kind: string; count: number }[];
  /** Deliveries since then, by status. */
  deliveries: { status: string; count: number }[];
  disabledEndpoints: number;
}

/** `project` null for all; deliveries belong to an incident's project. */
export async function countOverview(tx: Tx, project: string | null, since: Date): Promise<OverviewCounts> {
  const [unresolved, changes, deliveries, disabledEndpoints] = await Promise.all([
    tx.$queryRaw<OverviewCounts['unresolved']>`
      SELECT state, severity, class, count(*)::int AS count FROM incident
      WHERE state <> 'resolved' AND merged_into IS NULL AND (${project}::text IS NULL OR project = ${project}) GROUP BY 1, 2, 3`,
    tx.$queryRaw<OverviewCounts['changes']>`
      SELECT t.kind, count(*)::int AS count FROM timeline_entry t JOIN incident i ON i.id = t.incident_id
      WHERE t.at > ${since} AND i.merged_into IS NULL AND (${project}::text IS NULL OR i.project = ${project}) GROUP BY 1`,
    tx.$queryRaw<OverviewCounts['deliveries']>`
      SELECT d.status, count(*)::int AS count FROM delivery d LEFT JOIN incident i ON i.id = d.incident_ids[1]
      WHERE d.created_at > ${since} AND (${project}::text IS NULL OR i.project = ${project}) GROUP BY 1`,
    tx.endpoint.count({ where: { deletedAt: null, status: 'disabled' } }),
  ]);
  return { unresolved, changes, deliveries, disabledEndpoints };
}
