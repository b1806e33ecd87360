// Looks at a group of alerts: lets every incident of it go through the stages, tells what is to be told in as few messages as possible, and
// notes when to look again. The caller holds the group's lock.
import { judgeMember } from '../../domain/alerts/pipeline.ts';
import type { Decision } from '../../domain/alerts/types.ts';
import {
  type GroupRow,
  insertDecisions,
  type NewDecision,
  readBusyMembers,
  saveMember,
  scheduleGroup,
} from '../../platform/db/alert-groups.ts';
import type { Tx } from '../../platform/db/client.ts';
import { insertDeliveries } from '../../platform/db/deliveries.ts';
import type { IncidentContext } from '../incident-context.ts';
import { loadRecord } from '../incident-records.ts';
import { type AlertRules, loadAlerted, routeOf } from './rules.ts';
import { sendTells, type ToTell } from './send-tells.ts';

/** Incidents of one group that are looked at at once; the rest a moment later. */
const maxMembers = 500;

/** Answers the ids of the deliveries. */
export async function flushGroup(
  tx: Tx,
  group: GroupRow,
  rules: AlertRules,
  context: IncidentContext,
): Promise<string[]> {
  const { now } = context;
  const route = routeOf(rules, group.routeId);
  if (route === null) {
    await scheduleGroup(tx, group.id, { dueAt: null });
    return [];
  }
  const members = await readBusyMembers(tx, group.id, maxMembers);
  const toTell: ToTell[] = [];
  const decisions: NewDecision[] = [];
  const due: number[] = members.length === maxMembers ? [now.getTime()] : [];
  for (const { incidentId, member } of members) {
    const record = await loadRecord(tx, incidentId);
    if (!record) continue;
    const incident = await loadAlerted(tx, record, rules, now);
    const { silences, windows } = rules;
    const judgement = judgeMember({ route, member, incident, silences, windows, now });
    if (judgement.next !== member)
      await saveMember(tx, { routeId: route.id, incidentId, groupId: group.id }, judgement.next);
    toTell.push(...judgement.tells.map((tell) => ({ tell, record, incident })));
    decisions.push(...judgement.decisions.map((decision) => toRow(decision, incidentId, route.id, now)));
    if (judgement.due !== null) due.push(judgement.due.getTime());
  }
  const labels = group.labels as Record<string, string>;
  const sent = await sendTells(tx, toTell, { route, rules, labels }, context);
  await insertDeliveries(tx, sent.deliveries);
  await insertDecisions(tx, [...decisions, ...sent.decisions]);
  await scheduleGroup(tx, group.id, {
    dueAt: due.length === 0 ? null : new Date(Math.min(...due)),
    ...(toTell.length > 0 ? { notifiedAt: now } : {}),
  });
  return sent.deliveries.map(({ id }) => id);
}

export function toRow(
  { stage, decision, code, data, event }: Decision,
  incidentId: string,
  routeId: string | null,
  now: Date,
): NewDecision {
  return { incidentId, at: now, event, stage, decision, code, data, endpointId: null, routeId };
}
