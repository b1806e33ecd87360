import type { Severity } from '../../contracts/common.ts';
import type { Finding, FindingData } from '../../contracts/findings.ts';
import type { Environment } from '../../contracts/runs.ts';
import type { LossReason, Standing } from '../classification/types.ts';
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

/** A rule that holds and speaks for the class of the diagnosis. */
export interface FiredRule {
  id: string;
  confidence: number;
  standing: Standing;
  /** 1-based numbers of the lines that made it hold. */
  lines: number[];
  source: string;
}

/** A class that rules or findings speak for and that is not the answer. */
export interface LostClass {
  class: string;
  confidence: number;
  why: LossReason;
  /** Ids of its rules that hold. */
  rules: string[];
}

/** Language-neutral result; presentDiagnosis() turns it into contracts/diagnosis.ts DiagnosisAnswer in one language. */
export interface Diagnosis {
  class: string;
  confidence: number;
  severity: Severity;
  exception: ParsedException | null;
  causes: RankedCause[];
  remediations: RankedRemediation[];
  alternatives: LostClass[];
  /** Rules that led to the class, the one that decided first; empty when findings did. */
  rules: FiredRule[];
  /** Lines of the text that matched, 1-based. */
  matched: { line: number; text: string }[];
  /** Facts for placeholders in titles, summaries, steps and patches (n, framework_version, reg_range, target_max, ...). */
  facts: FindingData;
  fingerprint: string;
  /** Named parts the fingerprint was made of, for `grouped_by`. */
  fingerprintParts: Record<string, string>;
}
