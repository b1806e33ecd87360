import type { ParsedException } from '../parsing/types.ts';

/** One rule of one class that holds, with what it captured and where. */
export interface RuleMatch {
  class: string;
  rule: string;
  confidence: number;
  rulesOut: string[];
  /** Named groups of the rule's expressions. */
  captures: Record<string, string>;
  /** Null for rules on lines alone. */
  exception: ParsedException | null;
  /** 0-based numbers of the lines that made it hold. */
  lines: number[];
}

export interface Classification {
  /** `unknown` when nothing reaches the floor. */
  class: string;
  confidence: number;
  alternatives: { class: string; confidence: number }[];
  /** Matches of the chosen class, the one that decides first. */
  matches: RuleMatch[];
  /** The exception the class was read from, or the one a reader should see first; null when the text has none. */
  exception: ParsedException | null;
}
