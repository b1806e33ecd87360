// Changes of incidents. A change, its timeline and the deliveries that tell of it are one transaction.
import { changeIncidentBy, type IncidentEvent } from '../domain/incidents/change-incident.ts';
import type { IncidentChange, IncidentRecord } from '../domain/incidents/types.ts';
import type { Tx } from '../platform/db/client.ts';
import { addTimeline } from '../platform/db/incidents.ts';
import { announce } from './alerts/announce.ts';
import type { IncidentContext } from './incident-context.ts';
import { saveRecord } from './incident-records.ts';

export type { IncidentContext };

/** Lets things happen to an incident, as one change, and stores what follows. The caller holds the project's lock. Answers the deliveries to nudge. */
export async function applyEvents(
  tx: Tx,
  current: IncidentRecord,
  events: IncidentEvent[],
  context: IncidentContext,
): Promise<string[]> {
  return commitChange(tx, changeIncidentBy(current, events, context.now), context);
}

/**
 * Stores a change: the record, the timeline entries, and what is to be told of it. Parts of runs are stored before, so that what is told
 * shows them. The caller holds the project's lock. Answers the ids of the deliveries.
 */
export async function commitChange(tx: Tx, change: IncidentChange, context: IncidentContext): Promise<string[]> {
  const { next } = change;
  await saveRecord(tx, next, context.catalog);
  await addTimeline(tx, next.id, change.timeline);
  return announce(tx, next, change.events, context);
}
