// Fifth stage: of everything that happened since a route last told of an incident, the one event that says how it is now; nothing when that
// was told already, or is over before it was told.
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { flappingUntil, flapRules } from './flapping.ts';
import type { Ruling, Weighing } from './types.ts';

const stateEvents: WebhookEvent[] = ['incident.opened', 'incident.regressed', 'incident.resolved'];

export function dedup({ member, incident, now }: Weighing): Ruling {
  const events = new Set(member.pending.map(({ event }) => event));
  const heldSince = member.pending[0]?.at ?? now;
  const flapping = stateEvents.some((event) => events.has(event))
    ? flappingUntil(incident.stateChanges, heldSince, now)
    : null;
  if (flapping !== null) {
    const data = {
      changes: incident.stateChanges.length,
      minutes: flapRules.windowMs / 60_000,
      until: flapping.toISOString(),
    };
    return { kind: 'hold', code: 'flapping', data, until: flapping };
  }
  const { toldState } = member;
  switch (incident.state) {
    case 'open':
      return { kind: 'tell', event: openEvent(toldState, events) };
    case 'acknowledged':
      if (toldState === null) return { kind: 'drop', code: 'acknowledged-before-told', data: {} };
      return { kind: 'tell', event: toldState === 'acknowledged' ? 'incident.updated' : 'incident.acknowledged' };
    case 'resolved':
      if (toldState === null) return { kind: 'drop', code: 'resolved-before-told', data: {} };
      if (toldState === 'resolved') return { kind: 'drop', code: 'told-already', data: {} };
      return { kind: 'tell', event: 'incident.resolved' };
  }
}

function openEvent(toldState: Weighing['member']['toldState'], events: Set<WebhookEvent>): WebhookEvent {
  if (events.has('incident.regressed') && toldState !== null) return 'incident.regressed';
  if (toldState === null) return events.has('incident.regressed') ? 'incident.regressed' : 'incident.opened';
  return 'incident.updated';
}
