// Finds the lines that the expressions of a catalog match. One pass over the text finds the lines where an expression can match at all
// (parsing/prefilter.ts); the expression itself runs only there.
import type { Catalog } from '../../contracts/catalog.ts';
import { buildPrefilter, findCandidates, type Prefilter } from '../parsing/prefilter.ts';
import { isSourceCode } from '../parsing/trace-lines.ts';
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

interface Prepared {
  prefilter: Prefilter;
  places: Map<string, number>;
}
const prepared = new WeakMap<Catalog, Prepared>();

export function searchLines(lines: readonly string[], catalog: Catalog): LineSearch {
  const { prefilter, places } = prepare(catalog);
  const candidates = findCandidates(prefilter, lines);
  const known = new Map<string, LineHit[]>();
  return (expression) => {
    let hits = known.get(expression);
    if (!hits) {
      const place = places.get(expression);
      hits = search(expression, lines, place === undefined ? null : (candidates[place] ?? null));
      known.set(expression, hits);
    }
    return hits;
  };
}

function prepare(catalog: Catalog): Prepared {
  let entry = prepared.get(catalog);
  if (!entry) {
    const expressions = [
      ...new Set([...catalog.failures.values()].flatMap(({ rules }) => rules.flatMap(lineExpressions))),
    ];
    entry = {
      prefilter: buildPrefilter(expressions),
      places: new Map(expressions.map((expression, place) => [expression, place])),
    };
    prepared.set(catalog, entry);
  }
  return entry;
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
function search(expression: string, lines: readonly string[], candidates: number[] | null): LineHit[] {
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
