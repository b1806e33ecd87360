// What decides who is told of an incident, besides its record: its runs and their tags, its latest changes of state, and what is worse.
import type { IncidentState } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { Tx } from './client.ts';

const maxRuns = 100;
const maxInhibitors = 5;

export interface AlertedRuns {
  runs: string[];
  frameworks: string[];
  tags: Record<string, string[]>;
}

export async function readAlertedRuns(tx: Tx, standingId: string): Promise<AlertedRuns> {
  const rows = await tx.$queryRaw<{ id: string; framework: string | null; tags: Record<string, unknown> | null }[]>`
    SELECT r.id, r.framework->>'name' AS framework, r.tags
    FROM incident_run ir JOIN incident h ON h.id = ir.incident_id JOIN run r ON r.id = ir.run_id
    WHERE h.standing_id = ${standingId} ORDER BY ir.joined_at, r.id LIMIT ${maxRuns}`;
  const tags: Record<string, string[]> = {};
  for (const [key, value] of rows.flatMap((row) => Object.entries(row.tags ?? {}))) {
    const values = Object.hasOwn(tags, key) ? (tags[key] ?? []) : [];
    tags[key] = [...new Set([...values, typeof value === 'string' ? value : JSON.stringify(value)])];
  }
  const frameworks = rows.flatMap(({ framework }) => framework ?? []);
  return { runs: [...new Set(rows.map(({ id }) => id))], frameworks: [...new Set(frameworks)], tags };
}

/** When the incident was opened, resolved, or came back, since `since`; oldest first. */
export async function readStateChanges(tx: Tx, incidentId: string, since: Date): Promise<Date[]> {
  const rows = await tx.timelineEntry.findMany({
    where: { incidentId, kind: { in: ['opened', 'regressed', 'reopened', 'resolved'] }, at: { gt: since } },
    orderBy: { id: 'asc' },
    take: 1_000,
    select: { at: true },
  });
  return rows.map(({ at }) => at);
}

/** Unresolved critical incidents that share a run with this one. */
export async function findInhibitors(tx: Tx, incidentId: string, runs: string[]): Promise<string[]> {
  if (runs.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT i.id FROM incident i JOIN incident h ON h.standing_id = i.id JOIN incident_run ir ON ir.incident_id = h.id
    WHERE ir.run_id = ANY(${runs}::text[]) AND i.id <> ${incidentId} AND i.merged_into IS NULL AND i.severity = 'critical'
      AND i.state <> 'resolved' ORDER BY i.id LIMIT ${maxInhibitors}`;
  return rows.map(({ id }) => id);
}

const toldStates: Partial<Record<WebhookEvent, IncidentState>> = {
  'incident.opened': 'open',
  'incident.updated': 'open',
  'incident.regressed': 'open',
  'incident.acknowledged': 'acknowledged',
  'incident.resolved': 'resolved',
};

/** The state that deliveries have told of an incident last; null when none told any. */
export async function readToldState(tx: Tx, incidentId: string): Promise<IncidentState | null> {
  const row = await tx.delivery.findFirst({
    where: { incidentIds: { has: incidentId }, event: { in: Object.keys(toldStates) } },
    orderBy: { seq: 'desc' },
    select: { event: true },
  });
  return toldStates[row?.event as WebhookEvent] ?? null;
}
