// Finds the lines that the expressions of a catalog match. The pass that reads the text finds the lines where an expression can match at
// all (parsing/prefilter.ts); the expression itself runs only there.
import type { Catalog } from '../../contracts/catalog.ts';
import { parseText } from '../parsing/parse-text.ts';
import { isSourceCode } from '../parsing/trace-lines.ts';
import type { ParsedText } from '../parsing/types.ts';
import { compileExpression, groupsOf } from './expressions.ts';

/** Characters of one line that are looked at. */
const maxLineLength = 4_000;
/** Lines kept per expression: a flood of the same words tells no more than a few of them. */
const maxHits = 50;
/** How many lines after its first an expression that contains "\n" sees. */
const following = 2;

export interface LineHit {
  /** 0-based. */
  line: number;
  captures: Record<string, string>;
}
/** The first lines, at most 50, that match an expression of the catalog. Each expression is searched for once. */
export type LineSearch = (expression: string) => LineHit[];

/** Looks through a text for all that the catalog may ask of it. */
export function readText(text: string, catalog: Catalog): ParsedText {
  return parseText(text, catalog.formats, expressionsOf(catalog));
}

export function searchLines({ lines, candidates }: ParsedText): LineSearch {
  const known = new Map<string, LineHit[]>();
  return (expression) => {
    let hits = known.get(expression);
    if (!hits) {
      hits = search(expression, lines, candidates.get(expression) ?? null);
      known.set(expression, hits);
    }
    return hits;
  };
}

const expressions = new WeakMap<Catalog, string[]>();

function expressionsOf(catalog: Catalog): string[] {
  const rules = () => [...catalog.failures.values()].flatMap((failure) => failure.rules);
  const known = expressions.get(catalog) ?? [...new Set(rules().flatMap(lineExpressions))];
  expressions.set(catalog, known);
  return known;
}

/** The expressions of a rule that are tried on lines. */
function lineExpressions({
  line,
  near,
  unless,
}: {
  line?: string;
  near?: { line: string };
  unless?: string[];
}): string[] {
  return [...(line === undefined ? [] : [line]), ...(near ? [near.line] : []), ...(unless ?? [])];
}

/** `candidates` null: every line must be tried. */
function search(expression: string, lines: readonly string[], candidates: readonly number[] | null): LineHit[] {
  const regex = compileExpression(expression);
  const spans = expression.includes('\\n');
  const hits: LineHit[] = [];
  const attempt = (line: number): boolean => {
    const found = regex.exec(spans ? block(lines, line) : (lines[line] ?? '').slice(0, maxLineLength));
    if (found && !isSourceCode(lines[line] ?? '')) hits.push({ line, captures: groupsOf(found) });
    return hits.length >= maxHits;
  };
  if (candidates === null) {
    for (let line = 0; line < lines.length; line += 1) if (attempt(line)) break;
    return hits;
  }
  let tried = -1;
  for (const candidate of candidates) {
    for (let line = Math.max(tried + 1, spans ? candidate - following : candidate); line <= candidate; line += 1) {
      tried = line;
      if (attempt(line)) return hits;
    }
  }
  return hits;
}

function block(lines: readonly string[], first: number): string {
  return lines
    .slice(first, first + 1 + following)
    .map((line) => line.slice(0, maxLineLength))
    .join('\n');
}
