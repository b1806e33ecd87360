import type { Severity } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { IncidentState, TimelineKind } from '../../contracts/incidents.ts';
import type { Diagnosis } from '../diagnosis/types.ts';

/** One piece of evidence without its text, which is written in the reader's language when it is shown. */
export interface EvidenceRecord {
  kind: 'capture' | 'metric' | 'trace' | 'environment' | 'config';
  /** Where the text comes from: a finding's or a signal's sentence in the catalog, or the exception itself. */
  text: { from: 'finding' | 'signal'; id: string } | { from: 'exception' };
  data: FindingData;
  ref: string | null;
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
  mutedUntil: Date | null;
  resolvedAt: Date | null;
}

export interface TimelineRecord {
  at: Date;
  kind: TimelineKind;
  actor: string;
  data: FindingData;
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
}

export const systemActor = 'losswatch';
