// A person changes an incident.
import type { Severity } from '../../../contracts/common.ts';
import type { FindingData } from '../../../contracts/findings.ts';
import type { IncidentState, TimelineKind } from '../../../contracts/incidents.ts';
import type { WebhookEvent } from '../../../contracts/webhooks.ts';
import type { RunScope } from '../run-scope.ts';
import type { EscalationLimits, IncidentChange, IncidentRecord, Mute } from '../types.ts';
import { type Draft, startDraft } from './draft.ts';

export type MuteEdit =
  | { kind: 'until'; until: Date }
  | { kind: 'until-worse'; limits: EscalationLimits }
  | { kind: 'until-new-run' };

export interface IncidentEdit {
  state?: IncidentState | undefined;
  assignee?: string | null | undefined;
  severity?: Severity | undefined;
  /** Null unmutes. */
  mute?: MuteEdit | null | undefined;
  /** In the person's words. */
  note?: string | undefined;
}

const stateChange: Record<IncidentState, { kind: TimelineKind; event: WebhookEvent }> = {
  open: { kind: 'reopened', event: 'incident.updated' },
  acknowledged: { kind: 'acknowledged', event: 'incident.acknowledged' },
  resolved: { kind: 'resolved', event: 'incident.resolved' },
};

/**
 * Applies the given fields; a field that says what is so already changes nothing and writes no entry. `scopes`: those of the incident's
 * runs, kept with a resolution. A resolution ends a mute: if the failure comes back, people are told.
 */
export function onEdited(
  current: IncidentRecord,
  { edit, actor, scopes }: { edit: IncidentEdit; actor: string; scopes: RunScope[] },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, actor, now);
  const { next } = draft;
  const said: FindingData = edit.note === undefined ? {} : { note: edit.note };

  if (edit.assignee !== undefined && edit.assignee !== current.assignee) {
    next.assignee = edit.assignee;
    next.assigneeSetBy = actor;
    draft.note('assigned', 'by-hand', { from: current.assignee, to: edit.assignee, ...said });
  }
  if (edit.severity !== undefined && edit.severity !== current.severity) {
    next.severity = edit.severity;
    next.severitySetBy = actor;
    draft.note('severity-set', 'by-hand', { from: current.severity, to: edit.severity, ...said });
    draft.tell('incident.updated');
  }
  if (edit.mute !== undefined) setMute(draft, edit.mute, { by: actor, at: now }, said);
  if (edit.state !== undefined && edit.state !== current.state) {
    const isResolved = edit.state === 'resolved';
    next.state = edit.state;
    next.resolution = isResolved ? { at: now, by: actor, reason: 'by-hand', scopes } : null;
    if (isResolved) next.regressed = false;
    const { kind, event } = stateChange[edit.state];
    draft.note(kind, 'by-hand', { from: current.state, to: edit.state, ...said });
    draft.tell(event);
    if (isResolved && edit.mute === undefined) next.mute = null;
  }
  return draft.finish();
}

function setMute(draft: Draft, edit: MuteEdit | null, by: Pick<Mute, 'by' | 'at'>, said: FindingData): void {
  const { next } = draft;
  if (edit === null) draft.unmute('by-hand', said);
  if (edit === null || isSame(next.mute, edit)) return;
  next.mute = edit.kind === 'until-worse' ? { ...edit, severity: next.severity, ...by } : { ...edit, ...by };
  draft.note('muted', 'by-hand', { kind: edit.kind, ...describe(edit), ...said });
}

function isSame(mute: Mute | null, edit: MuteEdit): boolean {
  if (mute?.kind !== edit.kind) return false;
  return mute.kind !== 'until' || (edit.kind === 'until' && mute.until.getTime() === edit.until.getTime());
}

function describe(edit: MuteEdit): FindingData {
  if (edit.kind === 'until') return { until: edit.until.toISOString() };
  if (edit.kind === 'until-new-run') return {};
  return { per_hour: edit.limits.perHour, per_1000_steps: edit.limits.perKilostep };
}
