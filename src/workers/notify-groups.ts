// Tells of groups of alerts whose time has come (domain/alerts). Each group is a transaction of its own; the row says when it is due.
import { flushGroup } from '../flows/alerts/flush-group.ts';
import { loadRules } from '../flows/alerts/rules.ts';
import { findDueGroups, lockGroupById } from '../platform/db/alert-groups.ts';
import type { Tx } from '../platform/db/client.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Groups looked at per round; the rest is the next round's. */
const limit = 500;

export async function notifyGroups(deps: WorkerDependencies): Promise<void> {
  for (const id of await findDueGroups(deps.database.client, deps.clock.now(), limit)) {
    const deliveryIds = await deps.database.transaction((tx) => notify(tx, deps, id));
    for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
  }
}

async function notify(tx: Tx, deps: WorkerDependencies, id: string): Promise<string[]> {
  const group = await lockGroupById(tx, id);
  const now = deps.clock.now();
  if (group === null || group.dueAt === null || group.dueAt > now) return [];
  const context = { catalog: deps.catalog, now, newId: deps.newId, publicUrl: deps.publicUrl() };
  return flushGroup(tx, group, await loadRules(tx, now), context);
}
