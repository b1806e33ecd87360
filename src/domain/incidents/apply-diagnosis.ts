// What a diagnosis does to an incident: pure, so that every transition is a row in a table test.
import { type Severity, severities } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { TimelineKind } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { Diagnosis } from '../diagnosis/types.ts';
import { type IncidentRecord, systemActor, type TimelineRecord } from './types.ts';

export interface IncomingDiagnosis {
  diagnosis: Diagnosis;
  /** Occurrences over all runs of the incident, this diagnosis included. */
  occurrences: number;
  firstStep: number | null;
  lastStep: number | null;
  /** When the failure was last seen. */
  seenAt: Date;
  /** The run whose evidence brought the change. */
  runId: string;
  /** The run was not part of the incident before. */
  joins?: boolean;
}

export interface IncidentChange {
  next: IncidentRecord;
  timeline: TimelineRecord[];
  events: WebhookEvent[];
}

/** Opens an incident for a failure that no incident stands for yet. */
export function openIncident(id: string, project: string, incoming: IncomingDiagnosis, now: Date): IncidentChange {
  const { diagnosis } = incoming;
  const next: IncidentRecord = {
    id,
    project,
    state: 'open',
    regressed: false,
    severity: diagnosis.severity,
    severitySetBy: null,
    fingerprint: diagnosis.fingerprint,
    diagnosis,
    firstSeenAt: incoming.seenAt,
    lastSeenAt: incoming.seenAt,
    firstStep: incoming.firstStep,
    lastStep: incoming.lastStep,
    occurrences: incoming.occurrences,
    assignee: null,
    mutedUntil: null,
    resolvedAt: null,
  };
  return {
    next,
    timeline: [entry(now, 'opened', { run: incoming.runId, class: diagnosis.class, cause: likeliest(diagnosis) })],
    events: ['incident.opened', ...stallEvent(diagnosis)],
  };
}

/**
 * Brings an incident up to date with a run's diagnosis.
 * - More occurrences of a resolved incident regress it: it is open again.
 * - Another class or likeliest cause refines it.
 * - Severity follows the evidence upwards only, and not at all once a person has set it.
 * - A run that joins is told of while the incident stands.
 * Occurrences alone change the count, not the timeline: a thousand ranks must not write a thousand entries.
 */
export function applyDiagnosis(current: IncidentRecord, incoming: IncomingDiagnosis, now: Date): IncidentChange {
  const { diagnosis } = incoming;
  const timeline: TimelineRecord[] = [];
  const events = new Set<WebhookEvent>();
  const next: IncidentRecord = {
    ...current,
    diagnosis,
    fingerprint: diagnosis.fingerprint,
    occurrences: incoming.occurrences,
    firstStep: incoming.firstStep,
    lastStep: incoming.lastStep,
    lastSeenAt: incoming.occurrences > current.occurrences ? incoming.seenAt : current.lastSeenAt,
  };

  if (incoming.joins) {
    timeline.push(entry(now, 'run-joined', { run: incoming.runId }));
    if (current.state !== 'resolved') events.add('incident.updated');
    for (const event of stallEvent(diagnosis)) events.add(event);
  }
  if (current.diagnosis.class !== diagnosis.class || likeliest(current.diagnosis) !== likeliest(diagnosis)) {
    timeline.push(
      entry(now, 'refined', {
        run: incoming.runId,
        from_class: current.diagnosis.class,
        to_class: diagnosis.class,
        from_cause: likeliest(current.diagnosis),
        to_cause: likeliest(diagnosis),
      }),
    );
    if (current.state !== 'resolved') events.add('incident.updated');
  }
  if (current.severitySetBy === null && rank(diagnosis.severity) > rank(current.severity)) {
    next.severity = diagnosis.severity;
    timeline.push(entry(now, 'severity-raised', { from: current.severity, to: diagnosis.severity }));
    if (current.state !== 'resolved') events.add('incident.updated');
  }
  if (current.state === 'resolved' && incoming.occurrences > current.occurrences) {
    next.state = 'open';
    next.regressed = true;
    next.resolvedAt = null;
    timeline.push(entry(now, 'regressed', { run: incoming.runId, occurrences: incoming.occurrences }));
    events.clear();
    events.add('incident.regressed');
    for (const event of stallEvent(diagnosis)) events.add(event);
  }
  return { next, timeline, events: isMuted(next, now) ? [] : [...events] };
}

/** Receivers may subscribe to stalls alone. */
function stallEvent(diagnosis: Diagnosis): WebhookEvent[] {
  return diagnosis.class === 'run-stalled' ? ['run.stalled'] : [];
}

/** A muted incident changes but tells nobody. */
export function isMuted(incident: Pick<IncidentRecord, 'mutedUntil'>, now: Date): boolean {
  return incident.mutedUntil !== null && incident.mutedUntil > now;
}

function entry(at: Date, kind: TimelineKind, data: FindingData): TimelineRecord {
  return { at, kind, actor: systemActor, data };
}

function likeliest(diagnosis: Diagnosis): string | null {
  return diagnosis.causes[0]?.id ?? null;
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}
