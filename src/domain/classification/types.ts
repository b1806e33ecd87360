import type { FailureRule } from '../../contracts/failure-rule.ts';
import type { ParsedException } from '../parsing/types.ts';

/**
 * Where a match stands in what the text reports. `first`: in the first cause. `chain`: elsewhere in its chain of exceptions. `later`: in
 * another report. `echo`: in a report that only tells of a failure elsewhere. `aside`: in a warning or a line of information. `loose`: in
 * any other line.
 */
export type Standing = 'first' | 'chain' | 'loose' | 'later' | 'echo' | 'aside';
export type Role = NonNullable<FailureRule['role']>;

/** What a rule's `environment` may ask for. */
export interface EnvironmentFacts {
  device: 'gpu' | 'cpu' | null;
  os: 'windows' | 'linux' | 'macos' | null;
}

/** One rule of one class that holds, with what it captured and where. */
export interface RuleMatch {
  class: string;
  rule: string;
  confidence: number;
  role: Role;
  standing: Standing;
  rulesOut: string[];
  implies: { cause: string; weight: number }[];
  source: string;
  /** Named groups of the rule's expressions. */
  captures: Record<string, string>;
  /** Null for rules that do not look at exceptions. */
  exception: ParsedException | null;
  /** 0-based numbers of the lines that made it hold. */
  lines: number[];
}

/** Why a class that some rule speaks for is not the answer. */
export type LossReason =
  | { kind: 'ruled-out'; by: { class: string; rule: string } }
  | { kind: 'symptom'; of: string }
  | { kind: 'consequence'; of: string }
  | { kind: 'not-first' }
  | { kind: 'weaker' };

export interface Alternative {
  class: string;
  confidence: number;
  why: LossReason;
  matches: RuleMatch[];
}

export interface Classification {
  /** `unknown` when nothing reaches the floor. */
  class: string;
  confidence: number;
  /** Other classes that rules speak for, the most convincing first. */
  alternatives: Alternative[];
  /** Matches of the chosen class, the one that decides first. */
  matches: RuleMatch[];
  /** The exception the class was read from, or the one a reader should see first; null when the text has none. */
  exception: ParsedException | null;
}
