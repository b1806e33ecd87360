// Which lines of a text can match which of many expressions, found in one pass over the text. Most lines of a log match none.
import { buildScanner, type LiteralScanner, scanLiterals } from './literal-scan.ts';
import { requiredLiterals } from './required-literals.ts';

export interface Prefilter {
  scanner: LiteralScanner;
  /** By literal: places of the expressions that need it. */
  users: number[][];
  /** Expressions that require no literal: every line may match them. */
  unfiltered: number[];
}

/** Prepares the search for `expressions` (sources, without flag "i"); expressions are named by their place in the list. */
export function buildPrefilter(expressions: readonly string[]): Prefilter {
  const users = new Map<string, number[]>();
  const unfiltered: number[] = [];
  for (const [index, expression] of expressions.entries()) {
    const literals = requiredLiterals(expression);
    if (literals === null) unfiltered.push(index);
    for (const literal of literals ?? []) users.set(literal, [...(users.get(literal) ?? []), index]);
  }
  return {
    scanner: buildScanner([...users.keys()]),
    users: [...users.values()],
    unfiltered,
  };
}

/**
 * Calls `onCandidate` for every line that holds one of an expression's literals; it may do so more than once. Expressions without a literal
 * are left to the caller (`unfiltered`). An expression that spans lines may begin to match on a line before the one that is named.
 */
export function scanLines(
  prefilter: Prefilter,
  lines: readonly string[],
  onCandidate: (expression: number, line: number) => void,
): void {
  const last = new Int32Array(prefilter.users.length).fill(-1);
  scanLiterals(prefilter.scanner, lines, (literal, line) => {
    if (last[literal] === line) return;
    last[literal] = line;
    for (const expression of prefilter.users[literal] ?? []) onCandidate(expression, line);
  });
}
