// Which state changes an incident offers, by the state it is in.
import type { IncidentState } from '../../../src/contracts/incidents.ts';

export type StateAction = 'acknowledge' | 'resolve' | 'reopen';

/** The state that each action asks `PATCH /v1/incidents/{id}` for. */
export const stateAfter: Record<StateAction, IncidentState> = {
  acknowledge: 'acknowledged',
  resolve: 'resolved',
  reopen: 'open',
};

const offered: Record<IncidentState, readonly StateAction[]> = {
  open: ['acknowledge', 'resolve'],
  acknowledged: ['resolve', 'reopen'],
  resolved: ['reopen'],
};

export function stateActions(state: IncidentState): readonly StateAction[] {
  return offered[state];
}
