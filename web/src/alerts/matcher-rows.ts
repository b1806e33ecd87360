// Matchers while they are edited: each row has a key, so that a row keeps its fields when another one goes.
import type { Matcher } from '../api/alert-rule-queries.ts';

export interface MatcherRow extends Matcher {
  key: number;
}

let lastKey = 0;

export function toRows(matchers: readonly Matcher[]): MatcherRow[] {
  return matchers.map((matcher) => {
    lastKey += 1;
    return { ...matcher, key: lastKey };
  });
}

export function fromRows(rows: readonly MatcherRow[]): Matcher[] {
  return rows.map(({ label, op, value }) => ({ label: label.trim(), op, value }));
}
