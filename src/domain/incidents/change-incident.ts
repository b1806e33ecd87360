// The state machine of incidents. Everything that happens to one, by people and by workers, goes through changeIncident: what the record is
// afterwards, what the timeline says (what, why, who), and what receivers are told.
//
//   open -> acknowledged -> resolved -> open (regressed), with the ways back: acknowledged -> open when the evidence gets worse or tells
//   another class, resolved -> open by hand, any -> resolved by hand, by recovery, or by ending in another incident.
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { type Diagnosed, onDiagnosed } from './transitions/on-diagnosed.ts';
import { onEdited } from './transitions/on-edited.ts';
import { onMuteDue, onRecovered } from './transitions/on-its-own.ts';
import { onMerged, onMergedAway, onRunLeft, onSplitOff, onUnmerged } from './transitions/on-merged.ts';
import { onCommented, onFeedback } from './transitions/on-said.ts';
import type { IncidentChange, IncidentRecord } from './types.ts';

type Details<F> = F extends (current: IncidentRecord, details: infer D, now: Date) => IncidentChange ? D : never;

/** What can happen to an incident once it is open (openIncident opens one). */
export type IncidentEvent =
  | ({ kind: 'diagnosed' } & Diagnosed)
  | ({ kind: 'edited' } & Details<typeof onEdited>)
  | ({ kind: 'recovered' } & Details<typeof onRecovered>)
  | { kind: 'mute-due' }
  | ({ kind: 'merged' } & Details<typeof onMerged>)
  | ({ kind: 'merged-away' } & Details<typeof onMergedAway>)
  | ({ kind: 'split-off' } & Details<typeof onSplitOff>)
  | ({ kind: 'unmerged' } & Details<typeof onUnmerged>)
  | ({ kind: 'run-left' } & Details<typeof onRunLeft>)
  | ({ kind: 'commented' } & Details<typeof onCommented>)
  | ({ kind: 'feedback' } & Details<typeof onFeedback>);

/** Pure: `current` is not changed. */
export function changeIncident(current: IncidentRecord, event: IncidentEvent, now: Date): IncidentChange {
  switch (event.kind) {
    case 'diagnosed':
      return onDiagnosed(current, event, now);
    case 'edited':
      return onEdited(current, event, now);
    case 'recovered':
      return onRecovered(current, event, now);
    case 'mute-due':
      return onMuteDue(current, now);
    case 'merged':
      return onMerged(current, event, now);
    case 'merged-away':
      return onMergedAway(current, event, now);
    case 'split-off':
      return onSplitOff(current, event, now);
    case 'unmerged':
      return onUnmerged(current, event, now);
    case 'run-left':
      return onRunLeft(current, event, now);
    case 'commented':
      return onCommented(current, event, now);
    case 'feedback':
      return onFeedback(current, event, now);
  }
}

/** Several events at one moment, as one change: receivers are told of each kind of event once, and not of an update beside a regression. */
export function changeIncidentBy(current: IncidentRecord, events: readonly IncidentEvent[], now: Date): IncidentChange {
  const start: IncidentChange = { next: current, timeline: [], events: [], withheld: [] };
  const all = events.reduce((before, event) => {
    const change = changeIncident(before.next, event, now);
    return {
      next: change.next,
      timeline: [...before.timeline, ...change.timeline],
      events: [...before.events, ...change.events],
      withheld: [...before.withheld, ...change.withheld],
    };
  }, start);
  return { ...all, events: once(all.events), withheld: once(all.withheld) };
}

function once(events: WebhookEvent[]): WebhookEvent[] {
  const regressed = events.includes('incident.regressed');
  return [...new Set(events)].filter((event) => !(regressed && event === 'incident.updated'));
}
