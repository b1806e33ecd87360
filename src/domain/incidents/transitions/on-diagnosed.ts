// A run's evidence opens an incident, or changes one.
import type { WebhookEvent } from '../../../contracts/webhooks.ts';
import type { Diagnosis } from '../../diagnosis/types.ts';
import type { PartsTotal } from '../count-occurrences.ts';
import { type CurrentVolume, exceeds } from '../escalation.ts';
import { judgeRecurrence } from '../judge-recurrence.ts';
import type { RunScope } from '../run-scope.ts';
import { isWorse } from '../severity.ts';
import { type EscalationLimits, type IncidentChange, type IncidentRecord, systemActor } from '../types.ts';
import { type Draft, hasPassed, startDraft } from './draft.ts';

/** What a run's diagnosis says of the incident it was placed in. */
export interface Diagnosed {
  /** Over all runs of the incident, this one's evidence included. */
  total: PartsTotal;
  runId: string;
  /** The run was not part of the incident before. */
  joins: boolean;
  /** Occurrences in this run that the incident did not know of. */
  added: number;
  /** When the latest evidence of the run arrived. */
  observedAt: Date;
  scope: RunScope;
  isFixedInMachine: boolean;
  /** Whom the project's rules make responsible; null when no rule matches. */
  owner: string | null;
  /** Needed only where the incident is muted until it worsens. */
  volume: CurrentVolume | null;
}

/** Opens an incident for a failure that no incident stands for yet. */
export function openIncident(
  id: string,
  project: string,
  { total, runId, owner }: Pick<Diagnosed, 'total' | 'runId' | 'owner'>,
  reason: 'first-seen' | 'told-apart',
  now: Date,
): IncidentChange {
  const { diagnosis, occurrences, firstStep, lastStep } = total;
  const record: IncidentRecord = {
    id,
    project,
    state: 'open',
    regressed: false,
    severity: diagnosis.severity,
    severitySetBy: null,
    fingerprint: diagnosis.fingerprint,
    diagnosis,
    firstSeenAt: now,
    lastSeenAt: now,
    firstStep,
    lastStep,
    occurrences,
    assignee: null,
    assigneeSetBy: null,
    mute: null,
    resolution: null,
  };
  const draft = startDraft(record, systemActor, now);
  draft.note('opened', reason, { run: runId, class: diagnosis.class, cause: likeliest(diagnosis) });
  assign(draft, owner);
  draft.tell('incident.opened');
  for (const event of stallEvent(diagnosis)) draft.tell(event);
  return draft.finish();
}

/**
 * - Occurrences alone change the count, not the timeline: a thousand ranks must not write a thousand entries.
 * - Another class or likeliest cause refines the incident; a run that joins is told of while it stands.
 * - Severity follows the evidence upwards only. One that a person set is raised only by evidence worse than what the person had seen.
 * - An acknowledgement ends when the failure turns out to be another one, or worse, than what was acknowledged.
 * - More occurrences of a resolved incident are judged by judgeRecurrence.
 * - A mute ends when what it waits for has come.
 */
export function onDiagnosed(current: IncidentRecord, event: Diagnosed, now: Date): IncidentChange {
  const { diagnosis, occurrences, firstStep, lastStep } = event.total;
  const draft = startDraft(current, systemActor, now);
  Object.assign(draft.next, { diagnosis, fingerprint: diagnosis.fingerprint, occurrences, firstStep, lastStep });
  if (event.added > 0) draft.next.lastSeenAt = now;

  const tellStanding = (name: WebhookEvent) => {
    if (current.state !== 'resolved') draft.tell(name);
  };
  if (event.joins) {
    draft.note('run-joined', 'same-fingerprint', { run: event.runId });
    tellStanding('incident.updated');
    for (const name of stallEvent(diagnosis)) draft.tell(name);
  }
  const isOtherClass = current.diagnosis.class !== diagnosis.class;
  if (isOtherClass || likeliest(current.diagnosis) !== likeliest(diagnosis)) {
    noteRefinement(draft, current.diagnosis, diagnosis, event.runId);
    tellStanding('incident.updated');
  }
  const isRaised = raiseSeverity(draft, current, diagnosis);
  if (isRaised) tellStanding('incident.updated');
  if (current.state === 'acknowledged' && (isRaised || isOtherClass)) {
    draft.next.state = 'open';
    draft.note('acknowledgement-cleared', isRaised ? 'worse-evidence' : 'other-class', { run: event.runId });
  }
  const regresses = current.state === 'resolved' && event.added > 0 && recur(draft, current, event);
  assign(draft, event.owner);
  const cameBack = regresses && current.resolution?.by !== systemActor;
  endMute(draft, { ...event, isRaised, cameBack }, now);
  if (current.mute !== null && draft.next.mute === null && !regresses) tellStanding('incident.updated');
  return draft.finish();
}

function noteRefinement(draft: Draft, from: Diagnosis, to: Diagnosis, run: string): void {
  draft.note('refined', 'new-evidence', {
    run,
    from_class: from.class,
    to_class: to.class,
    from_cause: likeliest(from),
    to_cause: likeliest(to),
  });
}

function raiseSeverity({ next, note }: Draft, current: IncidentRecord, { severity }: Diagnosis): boolean {
  const seen = current.severitySetBy === null ? current.severity : current.diagnosis.severity;
  if (!isWorse(severity, current.severity) || !isWorse(severity, seen)) return false;
  next.severity = severity;
  next.severitySetBy = null;
  note('severity-raised', 'worse-evidence', { from: current.severity, to: severity });
  return true;
}

/** A resolved failure was seen again. Answers whether the incident is open again. */
function recur(draft: Draft, current: IncidentRecord, event: Diagnosed): boolean {
  const { resolution } = current;
  const { commit, dataset, framework } = event.scope;
  const data = { run: event.runId, occurrences: event.total.occurrences, commit, dataset, framework };
  const verdict =
    resolution === null ? { regresses: true, reason: 'seen-again' as const } : judgeRecurrence(resolution, event);
  if (!verdict.regresses) {
    if (verdict.reason === 'unchanged-code' && event.joins) {
      draft.note('occurred', verdict.reason, data);
      draft.tell('incident.updated');
    }
    return false;
  }
  Object.assign(draft.next, { state: 'open', regressed: true, resolution: null });
  draft.note('regressed', verdict.reason, data);
  draft.tellInstead('incident.regressed');
  for (const name of stallEvent(event.total.diagnosis)) draft.tell(name);
  return true;
}

type MuteInput = Pick<Diagnosed, 'joins' | 'runId' | 'volume'> & { isRaised: boolean; cameBack: boolean };

function endMute(draft: Draft, { joins, runId, volume, isRaised, cameBack }: MuteInput, now: Date): void {
  const { mute, severity } = draft.next;
  if (mute === null) return;
  if (hasPassed(mute, now)) draft.unmute('time-passed');
  else if (mute.kind === 'until-new-run' && joins) draft.unmute('new-run', { run: runId });
  else if (mute.kind === 'until-worse') {
    if (isRaised && isWorse(severity, mute.severity))
      draft.unmute('worse-evidence', { from: mute.severity, to: severity });
    else if (cameBack) draft.unmute('came-back', { run: runId });
    else if (volume !== null) endByVolume(draft, volume, mute.limits);
  }
}

function endByVolume(draft: Draft, volume: CurrentVolume, limits: EscalationLimits): void {
  const clock = exceeds(volume, limits);
  if (clock === 'more-per-hour') draft.unmute(clock, { count: volume.hour, limit: limits.perHour });
  if (clock === 'more-per-step') draft.unmute(clock, { count: volume.kilostep, limit: limits.perKilostep });
}

/** By the project's rules, unless a person has assigned. A rule that no longer matches takes nobody off. */
function assign({ next, note }: Draft, owner: string | null): void {
  if (owner === null || next.assigneeSetBy !== null || next.assignee === owner) return;
  note('assigned', 'ownership-rule', { from: next.assignee, to: owner });
  next.assignee = owner;
}

/** Receivers may subscribe to stalls alone. */
function stallEvent(diagnosis: Diagnosis): WebhookEvent[] {
  return diagnosis.class === 'run-stalled' ? ['run.stalled'] : [];
}

function likeliest(diagnosis: Diagnosis): string | null {
  return diagnosis.causes[0]?.id ?? null;
}
