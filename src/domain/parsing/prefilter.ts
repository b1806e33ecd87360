// Which lines of a text can match which of many expressions, found in one pass over the text. Most lines of a log match none.
import { buildScanner, type LiteralScanner, scanLiterals } from './literal-scan.ts';
import { requiredLiterals } from './required-literals.ts';

export interface Prefilter {
  scanner: LiteralScanner;
  /** By literal: places of the expressions that need it. */
  users: number[][];
  /** Expressions that require no literal: every line may match them. */
  unfiltered: number[];
  size: number;
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
    size: expressions.length,
  };
}

/**
 * Per expression the numbers of the lines that hold one of its literals, ascending, each once; null for an expression that must be tried
 * on every line. An expression that spans lines may begin to match on a line before the one that is named.
 */
export function findCandidates(prefilter: Prefilter, lines: readonly string[]): (number[] | null)[] {
  const found: (Set<number> | null)[] = Array.from({ length: prefilter.size }, () => new Set<number>());
  for (const index of prefilter.unfiltered) found[index] = null;
  const lineAt = lineFinder(lines);
  scanLiterals(prefilter.scanner, lines.join('\n'), (literal, place) => {
    const number = lineAt(place);
    for (const index of prefilter.users[literal] ?? []) found[index]?.add(number);
  });
  return found.map((numbers) => (numbers === null ? null : [...numbers].sort((a, b) => a - b)));
}

/** From a place in the joined lines to a line's number; fast when places come in order. */
function lineFinder(lines: readonly string[]): (place: number) => number {
  let number = 0;
  let start = 0;
  return (place) => {
    if (place < start) {
      number = 0;
      start = 0;
    }
    let length = lines[number]?.length ?? 0;
    while (place > start + length) {
      start += length + 1;
      number += 1;
      length = lines[number]?.length ?? 0;
    }
    return number;
  };
}
