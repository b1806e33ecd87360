// What changes an incident without new evidence and without a person: time, and runs that go on.
import type { ChangeReason } from '../../../contracts/incidents.ts';
import type { RunScope } from '../run-scope.ts';
import { type IncidentChange, type IncidentRecord, systemActor } from '../types.ts';
import { hasPassed, startDraft } from './draft.ts';

export interface Recovery {
  reason: Extract<ChangeReason, 'recovered' | 'finished' | 'heard-again'>;
  runs: string[];
  /** Steps that the runs went on without the failure, the fewest of all; null where steps do not count. */
  steps: number | null;
}

/** The failure is over: resolved, and an acknowledgement goes with it, so that the next occurrence is nobody's yet. */
export function onRecovered(
  current: IncidentRecord,
  { recovery, scopes }: { recovery: Recovery; scopes: RunScope[] },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, systemActor, now);
  if (current.state === 'resolved') return draft.finish();
  const { reason, runs, steps } = recovery;
  if (current.state === 'acknowledged') draft.note('acknowledgement-cleared', reason, { runs });
  draft.note('resolved', reason, { runs, steps, from: current.state });
  draft.tell('incident.resolved');
  Object.assign(draft.next, { state: 'resolved', regressed: false });
  draft.next.resolution = { at: now, by: systemActor, reason, scopes };
  return draft.finish();
}

/** The time of a mute has passed: people hear of the incident again if it still stands. */
export function onMuteDue(current: IncidentRecord, now: Date): IncidentChange {
  const draft = startDraft(current, systemActor, now);
  if (current.mute === null || !hasPassed(current.mute, now)) return draft.finish();
  draft.unmute('time-passed');
  if (current.state !== 'resolved') draft.tell('incident.updated');
  return draft.finish();
}
