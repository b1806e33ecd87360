// Rules of alerting changed: what is held back is looked at anew, and what a route had yet to tell finds another way when the route is gone.
import { readPendingOfRoute, removeGroupsOfRoute, wakeHeldGroups } from '../../platform/db/alert-groups.ts';
import { removeRoute } from '../../platform/db/alert-rules.ts';
import type { Tx } from '../../platform/db/client.ts';
import type { IncidentContext } from '../incident-context.ts';
import { loadRecord } from '../incident-records.ts';
import { announce } from './announce.ts';

/** Incidents of a removed route that are announced again at once. */
const maxPending = 1_000;

export async function reviewHeld(tx: Tx, now: Date): Promise<void> {
  await wakeHeldGroups(tx, now);
}

/** Answers the ids of deliveries that come of it. */
export async function deleteRoute(tx: Tx, id: string, context: IncidentContext): Promise<string[]> {
  const pending = await readPendingOfRoute(tx, id, maxPending);
  await removeRoute(tx, id);
  await removeGroupsOfRoute(tx, id);
  const ids: string[] = [];
  for (const { incidentId, member } of pending) {
    const record = await loadRecord(tx, incidentId);
    if (record)
      ids.push(
        ...(await announce(
          tx,
          record,
          member.pending.map(({ event }) => event),
          context,
        )),
      );
  }
  return ids;
}
