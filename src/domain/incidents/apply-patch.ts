// What a person's change does to an incident: pure.
import type { Severity } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { IncidentState, TimelineKind } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { IncidentChange } from './apply-diagnosis.ts';
import { isMuted } from './apply-diagnosis.ts';
import type { IncidentRecord, TimelineRecord } from './types.ts';

export interface IncidentEdit {
  state?: IncidentState | undefined;
  assignee?: string | null | undefined;
  severity?: Severity | undefined;
  mutedUntil?: Date | null | undefined;
}

const stateChange: Record<IncidentState, { kind: TimelineKind; event: WebhookEvent }> = {
  open: { kind: 'reopened', event: 'incident.updated' },
  acknowledged: { kind: 'acknowledged', event: 'incident.acknowledged' },
  resolved: { kind: 'resolved', event: 'incident.resolved' },
};

/** Applies the given fields; a field that says what is so already changes nothing and writes no entry. */
export function applyPatch(current: IncidentRecord, edit: IncidentEdit, actor: string, now: Date): IncidentChange {
  const next: IncidentRecord = { ...current };
  const timeline: TimelineRecord[] = [];
  const events: WebhookEvent[] = [];
  const note = (kind: TimelineKind, data: FindingData) => timeline.push({ at: now, kind, actor, data });

  if (edit.assignee !== undefined && edit.assignee !== current.assignee) {
    next.assignee = edit.assignee;
    note('assigned', { from: current.assignee, to: edit.assignee });
  }
  if (edit.severity !== undefined && edit.severity !== current.severity) {
    next.severity = edit.severity;
    next.severitySetBy = actor;
    note('severity-set', { from: current.severity, to: edit.severity });
    events.push('incident.updated');
  }
  if (edit.mutedUntil !== undefined && edit.mutedUntil?.getTime() !== current.mutedUntil?.getTime()) {
    next.mutedUntil = edit.mutedUntil;
    note('muted', { until: edit.mutedUntil?.toISOString() ?? null });
  }
  if (edit.state !== undefined && edit.state !== current.state) {
    next.state = edit.state;
    next.resolvedAt = edit.state === 'resolved' ? now : null;
    if (edit.state === 'resolved') next.regressed = false;
    const { kind, event } = stateChange[edit.state];
    note(kind, { from: current.state, to: edit.state });
    events.push(event);
  }
  return { next, timeline, events: isMuted(next, now) ? [] : [...new Set(events)] };
}
