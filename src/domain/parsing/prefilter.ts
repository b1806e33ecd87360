// Which lines of a text can match which of many expressions, found in one pass over the text. Most lines of a log match none.
import { barFill, type LineShapes, learnShape, noShapes, shapeOfLine } from './line-shapes.ts';
import { buildScanner, type LiteralScanner, scanLiterals } from './literal-scan.ts';
import { requiredLiterals } from './required-literals.ts';

export interface Prefilter {
  scanner: LiteralScanner;
  literals: readonly string[];
  /** By literal: places of the expressions that need it. */
  users: number[][];
  /** Expressions that require no literal: every line may match them. */
  unfiltered: number[];
  /** Lines that came before; null when a literal could lie in the part of a progress bar that moves. */
  shapes: LineShapes<Candidates> | null;
}

/** Expressions that lines of one shape may match, each once. */
interface Candidates {
  expressions: number[];
  /** Where a literal has digits, as some lines of the shape hold it and others do not. */
  withDigits: { literal: string; expressions: number[] }[];
}

/** Lines that are looked through together: few at first, since the first ones teach the shapes of those that follow. */
const blocks = { first: 16, longest: 512 };

/** Prepares the search for `expressions` (sources, without flag "i"); expressions are named by their place in the list. */
export function buildPrefilter(expressions: readonly string[]): Prefilter {
  const users = new Map<string, number[]>();
  const unfiltered: number[] = [];
  for (const [index, expression] of expressions.entries()) {
    const needed = requiredLiterals(expression);
    if (needed === null) unfiltered.push(index);
    for (const literal of needed ?? []) users.set(literal, [...(users.get(literal) ?? []), index]);
  }
  const literals = [...users.keys()];
  const inBar = new RegExp(String.raw`\||^[${barFill}]+$`);
  return {
    scanner: buildScanner(literals),
    literals,
    users: [...users.values()],
    unfiltered,
    shapes: literals.some((literal) => inBar.test(literal)) ? null : noShapes(),
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
  let size = blocks.first;
  for (let first = 0; first < lines.length; first += size, size = Math.min(2 * size, blocks.longest))
    scanBlock(prefilter, lines, { first, end: Math.min(first + size, lines.length) }, onCandidate);
}

function scanBlock(
  { scanner, literals, users, shapes }: Prefilter,
  lines: readonly string[],
  { first, end }: { first: number; end: number },
  onCandidate: (expression: number, line: number) => void,
): void {
  const known: (Candidates | null)[] = [];
  const unknown: string[] = [];
  for (let line = first; line < end; line += 1) {
    const text = lines[line] as string;
    const candidates = shapes && shapeOfLine(shapes, text);
    known.push(candidates);
    if (candidates === null) unknown.push(text);
  }
  const hits: (number[] | undefined)[] = [];
  scanLiterals(scanner, unknown, (literal, place) => {
    const ofLine = hits[place];
    if (!ofLine) hits[place] = [literal];
    else if (!ofLine.includes(literal)) ofLine.push(literal);
  });
  let place = 0;
  for (let line = first; line < end; line += 1) {
    const text = lines[line] as string;
    const candidates = known[line - first];
    if (candidates) {
      for (const expression of candidates.expressions) onCandidate(expression, line);
      for (const { literal, expressions } of candidates.withDigits)
        if (text.includes(literal)) for (const expression of expressions) onCandidate(expression, line);
      continue;
    }
    const found = hits[place] ?? [];
    for (const literal of found) for (const expression of users[literal] as number[]) onCandidate(expression, line);
    if (shapes) learnShape(shapes, text, () => candidatesOf(text, found, { literals, users }));
    place += 1;
  }
}

const digit = /\d/;

function candidatesOf(
  text: string,
  found: readonly number[],
  { literals, users }: Pick<Prefilter, 'literals' | 'users'>,
): Candidates {
  const always = found.filter((literal) => !digit.test(literals[literal] as string));
  const shape = withoutFigures(text);
  return {
    expressions: [...new Set(always.flatMap((literal) => users[literal] as number[]))],
    withDigits: literals.flatMap((literal, place) =>
      digit.test(literal) && shape.includes(withoutFigures(literal))
        ? [{ literal, expressions: users[place] as number[] }]
        : [],
    ),
  };
}

/** Where a text stands in another, it does so without the figures in both. */
function withoutFigures(text: string): string {
  return text.replace(/\d+/g, '0');
}
