// What every transition is written with: a copy of the record, and what is said of the change.
import type { FindingData } from '../../../contracts/findings.ts';
import type { ChangeReason, TimelineKind } from '../../../contracts/incidents.ts';
import type { WebhookEvent } from '../../../contracts/webhooks.ts';
import type { IncidentChange, IncidentRecord, Mute, TimelineRecord } from '../types.ts';

export interface Draft {
  /** Changed in place; the record it was made from is not. */
  readonly next: IncidentRecord;
  note(kind: TimelineKind, reason: ChangeReason, data?: FindingData): void;
  /** Told of at the end, once; not told when the incident is muted then. */
  tell(event: WebhookEvent): void;
  /** Drops what was to be told so far: a regression says all of it. */
  tellInstead(event: WebhookEvent): void;
  unmute(reason: ChangeReason, data?: FindingData): void;
  finish(): IncidentChange;
}

export function startDraft(current: IncidentRecord, actor: string, now: Date): Draft {
  const next: IncidentRecord = { ...current };
  const timeline: TimelineRecord[] = [];
  const events = new Set<WebhookEvent>();
  const note: Draft['note'] = (kind, reason, data = {}) => timeline.push({ at: now, kind, reason, actor, data });
  return {
    next,
    note,
    tell: (event) => events.add(event),
    tellInstead: (event) => {
      events.clear();
      events.add(event);
    },
    unmute: (reason, data = {}) => {
      if (next.mute === null) return;
      next.mute = null;
      note('unmuted', reason, data);
    },
    finish: () => {
      const told = [...events];
      const muted = isMuted(next, now);
      return { next, timeline, events: muted ? [] : told, withheld: muted ? told : [] };
    },
  };
}

/** A muted incident changes but tells nobody. */
export function isMuted({ mute }: IncidentRecord, now: Date): boolean {
  return mute !== null && !hasPassed(mute, now);
}

export function hasPassed(mute: Mute, now: Date): boolean {
  return mute.kind === 'until' && mute.until <= now;
}
