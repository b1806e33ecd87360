// An incident changed: who is told, and when. Called in the transaction of the change, so that the change and what is owed for it (a
// delivery, or a group that says when it is due) are stored together.
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { dueAfterEvent, groupOf } from '../../domain/alerts/group.ts';
import { labelsOf } from '../../domain/alerts/matchers.ts';
import { judgeEach } from '../../domain/alerts/pipeline.ts';
import { chooseRoutes } from '../../domain/alerts/route.ts';
import {
  type AlertedIncident,
  type Decision,
  type Member,
  newMember,
  type RouteRules,
} from '../../domain/alerts/types.ts';
import type { IncidentRecord } from '../../domain/incidents/types.ts';
import {
  findMember,
  insertDecisions,
  lockGroup,
  readGroupState,
  saveMember,
  scheduleGroup,
} from '../../platform/db/alert-groups.ts';
import { readToldState } from '../../platform/db/alerted-incidents.ts';
import type { Tx } from '../../platform/db/client.ts';
import { insertDeliveries } from '../../platform/db/deliveries.ts';
import type { IncidentContext } from '../incident-context.ts';
import { flushGroup, toRow } from './flush-group.ts';
import { type AlertRules, loadAlerted, loadRules } from './rules.ts';
import { sendTells } from './send-tells.ts';

interface Announcement {
  record: IncidentRecord;
  incident: AlertedIncident;
  rules: AlertRules;
  context: IncidentContext;
}

/** Answers the ids of the deliveries to nudge. */
export async function announce(
  tx: Tx,
  record: IncidentRecord,
  events: readonly WebhookEvent[],
  context: IncidentContext,
): Promise<string[]> {
  if (events.length === 0) return [];
  const rules = await loadRules(tx, context.now);
  const announcement = { record, incident: await loadAlerted(tx, record, rules, context.now), rules, context };
  const ids = await announceByDefault(tx, announcement, events);
  const byRoute = new Map<RouteRules, WebhookEvent[]>();
  for (const event of events) {
    for (const route of chooseRoutes(rules.routes, labelsOf(announcement.incident, event)))
      byRoute.set(route, [...(byRoute.get(route) ?? []), event]);
  }
  if (byRoute.size === 0 && rules.byDefault.endpoints.length === 0 && rules.routes.length > 0) {
    const lost = events.map(
      (event): Decision => ({ stage: 'route', decision: 'drop', code: 'no-route', data: {}, event }),
    );
    await insertDecisions(
      tx,
      lost.map((decision) => toRow(decision, record.id, null, context.now)),
    );
  }
  for (const [route, taken] of byRoute) ids.push(...(await announceOnRoute(tx, announcement, route, taken)));
  return ids;
}

/** Each event by itself and at once, unless something holds it. */
async function announceByDefault(
  tx: Tx,
  { record, incident, rules, context }: Announcement,
  events: readonly WebhookEvent[],
): Promise<string[]> {
  const { now } = context;
  const route = rules.byDefault;
  if (route.endpoints.length === 0) return [];
  const known = await findMember(tx, route.id, record.id);
  const member = withPending(known ?? newMember, events, now);
  const { silences, windows } = rules;
  const judgement = judgeEach({ route, member, incident, silences, windows, now });
  const toTell = judgement.tells.map((tell) => ({ tell, record, incident }));
  const sent = await sendTells(tx, toTell, { route, rules, labels: null }, context);
  await insertDeliveries(tx, sent.deliveries);
  const decided = judgement.decisions.map((decision) => toRow(decision, record.id, route.id, now));
  await insertDecisions(tx, [...decided, ...sent.decisions]);
  if (known !== null || judgement.next.heldBy !== null) {
    const group = await lockGroup(tx, {
      id: context.newId('grp'),
      routeId: route.id,
      ...groupOf(route, labelsOf(incident, 'incident.updated')),
    });
    const next = known === null ? { ...judgement.next, toldState: await readToldState(tx, record.id) } : judgement.next;
    await saveMember(tx, { routeId: route.id, incidentId: record.id, groupId: group.id }, next);
    await scheduleGroup(tx, group.id, { dueAt: judgement.due });
  }
  return sent.deliveries.map(({ id }) => id);
}

/** Into the group of the route; it is told at its time, which is now for the first critical alert. */
async function announceOnRoute(
  tx: Tx,
  { record, incident, rules, context }: Announcement,
  route: RouteRules,
  events: readonly WebhookEvent[],
): Promise<string[]> {
  const { now } = context;
  const key = groupOf(route, labelsOf(incident, events[0] ?? 'incident.updated'));
  const group = await lockGroup(tx, { id: context.newId('grp'), routeId: route.id, ...key });
  const member = withPending((await findMember(tx, route.id, record.id)) ?? newMember, events, now);
  const state = { notifiedAt: group.notifiedAt, ...(await readGroupState(tx, group.id)) };
  await saveMember(tx, { routeId: route.id, incidentId: record.id, groupId: group.id }, member);
  const dues = events.map((event) => ({
    event,
    ...dueAfterEvent(route, state, { event, severity: incident.severity, now }),
  }));
  const decisions = dues.flatMap(({ event, due, code }): Decision[] => [
    { stage: 'route', decision: 'pass', code: 'matched', data: { name: route.name }, event },
    { stage: 'group', decision: due > now ? 'hold' : 'pass', code, data: { until: due.toISOString() }, event },
  ]);
  await insertDecisions(
    tx,
    decisions.map((decision) => toRow(decision, record.id, route.id, now)),
  );
  const earliest = Math.min(
    ...dues.map(({ due }) => due.getTime()),
    group.dueAt?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  if (earliest <= now.getTime()) return flushGroup(tx, group, rules, context);
  await scheduleGroup(tx, group.id, { dueAt: new Date(earliest) });
  return [];
}

/** An event that waits already is not added again: what counts is that it happened, and when first. */
function withPending(member: Member, events: readonly WebhookEvent[], now: Date): Member {
  const waiting = new Set(member.pending.map(({ event }) => event));
  const added = events.filter((event) => !waiting.has(event)).map((event) => ({ event, at: now }));
  return { ...member, pending: [...member.pending, ...added] };
}
