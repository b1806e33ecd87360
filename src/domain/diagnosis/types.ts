import type { Severity } from '../../contracts/common.ts';
import type { Finding, FindingData } from '../../contracts/findings.ts';
import type { Environment } from '../../contracts/runs.ts';
import type { ParsedException, ParsedText } from '../parsing/types.ts';

/** What is known of a run besides its observations. Everything may be missing. */
export interface RunContext {
  framework: { name: string; version?: string | undefined } | null;
  device: string | null;
  environment: Environment | null;
  config: Record<string, unknown> | null;
  worldSize: number | null;
  /** Half-open [lo, hi), from the request, the captures or the config. */
  regRange: [number, number] | null;
  numClasses: number | null;
}

/** What the analysed captures of a run say together (aggregated by the shell from the capture rows). */
export interface CaptureFacts {
  analysed: number;
  /** Captures that brought mask and target_full. */
  selectionChecked: number;
  /** Of those, captures with at least one row that is not what mask and source select. */
  selectionMismatched: number;
  mismatchedRows: number;
  /** Captures with at least one finite target outside its range. */
  outOfRange: number;
  belowRange: number;
  aboveRange: number;
  nonFiniteTargets: number;
  nonFiniteLogits: number;
  /** Over finite targets of all captures. */
  targetMin: number | null;
  targetMax: number | null;
  regRange: [number, number] | null;
  firstStep: number | null;
  lastStep: number | null;
}

/** Everything a diagnosis is made from. */
export interface DiagnosisInput {
  /** The trace (or pasted text) under diagnosis; null when only numbers speak. */
  text: ParsedText | null;
  findings: Finding[];
  captures: CaptureFacts | null;
  context: RunContext;
  /** Step the failure was reported at; left out or null when unknown. */
  step?: number | null | undefined;
}

/** A named fact with the data its sentence needs, e.g. {id: "value.packed-float32", data: {n: "4578…", first: 0.554}}. */
export interface Signal {
  id: string;
  data: FindingData;
}

export interface RankedCause {
  id: string;
  confidence: number;
  /** Signals that spoke, strongest first; negative weights spoke against. */
  evidence: { signal: string; weight: number; data: FindingData }[];
}

export interface RankedRemediation {
  id: string;
  cause: string | null;
  score: number;
}

/** Language-neutral result; presentDiagnosis() turns it into contracts/diagnosis.ts DiagnosisAnswer in one language. */
export interface Diagnosis {
  class: string;
  confidence: number;
  severity: Severity;
  exception: ParsedException | null;
  causes: RankedCause[];
  remediations: RankedRemediation[];
  alternatives: { class: string; confidence: number }[];
  /** Lines of the text that matched, 1-based. */
  matched: { line: number; text: string }[];
  /** Facts for placeholders in titles, summaries, steps and patches (n, framework_version, reg_range, target_max, ...). */
  facts: FindingData;
  fingerprint: string;
  /** Named parts the fingerprint was made of, for `grouped_by`. */
  fingerprintParts: Record<string, string>;
}
