import type { Severity } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { ChangeReason, IncidentState, TimelineKind } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { Diagnosis } from '../diagnosis/types.ts';
import type { RunScope } from './run-scope.ts';

/** One piece of evidence without its text, which is written in the reader's language when it is shown. */
export interface EvidenceRecord {
  kind: 'capture' | 'metric' | 'trace' | 'environment' | 'config';
  /** Where the text comes from: a finding's or a signal's sentence in the catalog, or the exception itself. */
  text: { from: 'finding' | 'signal'; id: string } | { from: 'exception' };
  data: FindingData;
  ref: string | null;
}

/** Occurrences beyond which a muted incident has worsened (escalation.ts), as they were when it was muted. */
export interface EscalationLimits {
  perHour: number;
  /** Per thousand steps of one run; null when no step was known. */
  perKilostep: number | null;
}

/** Until when an incident tells nobody. `by` and `at`: who muted it, and when. */
export type Mute = { by: string; at: Date } & (
  | { kind: 'until'; until: Date }
  | { kind: 'until-worse'; severity: Severity; limits: EscalationLimits }
  | { kind: 'until-new-run' }
);

/** How an incident came to be resolved; `scopes` are those in which the failure had been seen until then. */
export interface Resolution {
  at: Date;
  by: string;
  reason: ChangeReason;
  scopes: RunScope[];
}

/** An incident as the state machine sees it. */
export interface IncidentRecord {
  id: string;
  project: string;
  state: IncidentState;
  regressed: boolean;
  severity: Severity;
  /** Who set the severity by hand; null when evidence decides. */
  severitySetBy: string | null;
  fingerprint: string;
  diagnosis: Diagnosis;
  firstSeenAt: Date;
  lastSeenAt: Date;
  firstStep: number | null;
  lastStep: number | null;
  occurrences: number;
  assignee: string | null;
  /** Who assigned by hand; null when ownership rules decide. */
  assigneeSetBy: string | null;
  mute: Mute | null;
  /** Null unless the state is resolved. */
  resolution: Resolution | null;
}

export interface TimelineRecord {
  at: Date;
  kind: TimelineKind;
  reason: ChangeReason;
  actor: string;
  data: FindingData;
}

/** What an event does to an incident. */
export interface IncidentChange {
  next: IncidentRecord;
  timeline: TimelineRecord[];
  /** What receivers are told. */
  events: WebhookEvent[];
  /** What they would have been told had the incident not been muted. */
  withheld: WebhookEvent[];
}

/** What one run contributes to an incident. */
export interface RunPart {
  runId: string;
  diagnosis: Diagnosis;
  evidence: EvidenceRecord[];
  /** Occurrences by kind of observation. */
  captures: number;
  metrics: number;
  traces: number;
  firstStep: number | null;
  lastStep: number | null;
  /** When its latest evidence arrived. */
  observedAt: Date;
  scope: RunScope;
}

/** A stored part. `home`: the incident it came to, which may since have been merged into the one that it counts for. */
export interface PlacedPart extends RunPart {
  home: string;
}

export const systemActor = 'losswatch';
