// Groups of alerts: what each route has told of each incident, what it has yet to tell and when, and what was decided. The group's row is
// locked while it is changed, and its `due_at` says when somebody has to look at it.
import type { Severity } from '../../contracts/common.ts';
import type { IncidentState } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { Tx } from './client.ts';
import type { AlertDecision as DecisionRow, AlertGroup as GroupRow, Prisma } from './generated/client.ts';

export type { DecisionRow, GroupRow };

/** Stored form of domain/alerts/types.ts Member. */
export interface StoredMember {
  pending: { event: WebhookEvent; at: Date }[];
  toldState: IncidentState | null;
  toldSeverity: Severity | null;
  toldAt: Date | null;
  openToldAt: Date | null;
  escalatedAt: Date | null;
  heldBy: string | null;
}

/** The group's row under its lock, made when there is none. */
export async function lockGroup(
  tx: Tx,
  group: { id: string; routeId: string; key: string; labels: Record<string, string> },
): Promise<GroupRow> {
  const { id, routeId, key, labels } = group;
  await tx.$executeRaw`
    INSERT INTO alert_group (id, route_id, key, labels) VALUES (${id}, ${routeId}, ${key}, ${JSON.stringify(labels)}::jsonb)
    ON CONFLICT (route_id, key) DO UPDATE SET labels = EXCLUDED.labels`;
  return tx.alertGroup.findUniqueOrThrow({ where: { routeId_key: { routeId, key } } });
}

/** The same by id; null when it is gone. */
export async function lockGroupById(tx: Tx, id: string): Promise<GroupRow | null> {
  await tx.$queryRaw`SELECT 1 FROM alert_group WHERE id = ${id} FOR UPDATE`;
  return tx.alertGroup.findUnique({ where: { id } });
}

/** Groups to look at, the longest due first. */
export async function findDueGroups(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.alertGroup.findMany({
    where: { dueAt: { lte: now } },
    orderBy: { dueAt: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

export async function scheduleGroup(
  tx: Tx,
  id: string,
  times: { dueAt: Date | null; notifiedAt?: Date },
): Promise<void> {
  await tx.alertGroup.update({ where: { id }, data: times });
}

/** After rules changed: every group that holds something is looked at anew. */
export async function wakeHeldGroups(tx: Tx, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE alert_group SET due_at = ${now} WHERE id IN (SELECT group_id FROM alert_member WHERE held_by IS NOT NULL)`;
}

/** What was told of the group's incidents. */
export async function readGroupState(tx: Tx, id: string): Promise<{ hasOpen: boolean; hasOpenCritical: boolean }> {
  const [state] = await tx.$queryRaw<{ hasOpen: boolean; hasOpenCritical: boolean }[]>`
    SELECT coalesce(bool_or(told_state = 'open'), false) AS "hasOpen",
      coalesce(bool_or(told_state = 'open' AND told_severity = 'critical'), false) AS "hasOpenCritical"
    FROM alert_member WHERE group_id = ${id}`;
  return state ?? { hasOpen: false, hasOpenCritical: false };
}

export async function findMember(tx: Tx, routeId: string, incidentId: string): Promise<StoredMember | null> {
  const row = await tx.alertMember.findUnique({ where: { routeId_incidentId: { routeId, incidentId } } });
  return row && toMember(row);
}

/** Members of a group that have something to tell, or may have to remind. */
export async function readBusyMembers(
  tx: Tx,
  groupId: string,
  limit: number,
): Promise<{ incidentId: string; member: StoredMember }[]> {
  const rows = await tx.alertMember.findMany({
    where: { groupId, OR: [{ pending: { not: [] } }, { toldState: 'open' }] },
    orderBy: { incidentId: 'asc' },
    take: limit,
  });
  return rows.map((row) => ({ incidentId: row.incidentId, member: toMember(row) }));
}

/** Members of a route that have something to tell. */
export async function readPendingOfRoute(
  tx: Tx,
  routeId: string,
  limit: number,
): Promise<{ incidentId: string; member: StoredMember }[]> {
  const rows = await tx.alertMember.findMany({ where: { routeId, pending: { not: [] } }, take: limit });
  return rows.map((row) => ({ incidentId: row.incidentId, member: toMember(row) }));
}

export async function saveMember(
  tx: Tx,
  { routeId, incidentId, groupId }: { routeId: string; incidentId: string; groupId: string },
  { pending, ...rest }: StoredMember,
): Promise<void> {
  const data = {
    ...rest,
    groupId,
    pending: pending.map(({ event, at }) => ({ event, at: at.toISOString() })) as Prisma.InputJsonArray,
  };
  await tx.alertMember.upsert({
    where: { routeId_incidentId: { routeId, incidentId } },
    create: { routeId, incidentId, ...data },
    update: data,
  });
}

function toMember(row: Prisma.AlertMemberGetPayload<object>): StoredMember {
  const pending = row.pending as unknown as { event: WebhookEvent; at: string }[];
  return {
    pending: pending.map(({ event, at }) => ({ event, at: new Date(at) })),
    toldState: row.toldState as IncidentState | null,
    toldSeverity: row.toldSeverity as Severity | null,
    toldAt: row.toldAt,
    openToldAt: row.openToldAt,
    escalatedAt: row.escalatedAt,
    heldBy: row.heldBy,
  };
}

export async function removeGroupsOfRoute(tx: Tx, routeId: string): Promise<void> {
  await tx.alertGroup.deleteMany({ where: { routeId } });
}

export interface NewDecision {
  incidentId: string;
  at: Date;
  event: WebhookEvent;
  stage: string;
  decision: string;
  code: string;
  data: Record<string, string | number | null>;
  endpointId: string | null;
  routeId: string | null;
}

export async function insertDecisions(tx: Tx, decisions: NewDecision[]): Promise<void> {
  if (decisions.length > 0) await tx.alertDecision.createMany({ data: decisions });
}

/** The latest decisions on an incident, oldest first. */
export async function readDecisions(tx: Tx, incidentId: string, limit: number): Promise<DecisionRow[]> {
  const rows = await tx.alertDecision.findMany({ where: { incidentId }, orderBy: { id: 'desc' }, take: limit });
  return rows.reverse();
}

/** Forgets decisions made before `before`, and groups that have nothing to tell since; answers how many decisions. */
export async function removeOldDecisions(tx: Tx, before: Date): Promise<number> {
  await tx.$executeRaw`
    DELETE FROM alert_group g WHERE g.due_at IS NULL AND coalesce(g.notified_at, '-infinity') < ${before}
      AND NOT EXISTS (SELECT 1 FROM alert_member m WHERE m.group_id = g.id AND (m.told_state <> 'resolved' OR m.pending <> '[]'::jsonb))`;
  return (await tx.alertDecision.deleteMany({ where: { at: { lt: before } } })).count;
}
