// Runs the text rules of the catalog over a parsed text. A rule looks at structure: the type, the message and the frames of one
// exception, and lines near it; all of its parts must hold.
import type { Catalog, FailureFile } from '../../contracts/catalog.ts';
import { buildPrefilter, findCandidates, type Prefilter } from '../parsing/prefilter.ts';
import type { ParsedException, ParsedText } from '../parsing/types.ts';
import type { RuleMatch } from './types.ts';

type Rule = FailureFile['rules'][number];

/** Characters of one line that are looked at. */
const maxLineLength = 4_000;

const compiled = new Map<string, RegExp>();

/** Compiles a catalog expression once, with flag "m". @throws SyntaxError when it is not valid (checkCatalog reports it before). */
export function compileExpression(source: string): RegExp {
  let regex = compiled.get(source);
  if (!regex) {
    regex = new RegExp(source, 'm');
    compiled.set(source, regex);
  }
  return regex;
}

interface LineFilter {
  expressions: string[];
  prefilter: Prefilter;
}

const filters = new WeakMap<Catalog, LineFilter>();

function filterOf(catalog: Catalog): LineFilter {
  const known = filters.get(catalog);
  if (known) return known;
  const rules = [...catalog.failures.values()].flatMap((failure) => failure.rules);
  const expressions = [...new Set(rules.flatMap(({ line }) => line ?? []))];
  const filter = { expressions, prefilter: buildPrefilter(expressions) };
  filters.set(catalog, filter);
  return filter;
}

/** A text's lines, and by line expression the numbers of those that hold what it requires; null when that may be any line. */
interface SearchedLines {
  lines: string[];
  candidates: ReadonlyMap<string, number[] | null>;
}

function searchLines(lines: string[], catalog: Catalog): SearchedLines {
  const { expressions, prefilter } = filterOf(catalog);
  const found = findCandidates(prefilter, lines);
  return { lines, candidates: new Map(expressions.map((expression, index) => [expression, found[index] ?? null])) };
}

/** Every rule of every class that holds, exceptions in the order of the text. A rule holds at most once per exception. */
export function matchRules(text: ParsedText, catalog: Catalog): RuleMatch[] {
  const exceptions = text.traces.flatMap((trace) => trace.chain);
  const searched = searchLines(text.lines, catalog);
  const matches: RuleMatch[] = [];
  for (const failure of catalog.failures.values()) {
    for (const rule of failure.rules) {
      for (const match of matchRule(rule, exceptions, searched)) {
        matches.push({
          class: failure.id,
          rule: rule.id,
          confidence: rule.confidence,
          rulesOut: rule.rules_out ?? [],
          ...match,
        });
      }
    }
  }
  return matches;
}

type Found = Pick<RuleMatch, 'captures' | 'exception' | 'lines'>;

function matchRule(rule: Rule, exceptions: ParsedException[], searched: SearchedLines): Found[] {
  const looksAtException = rule.exception !== undefined || rule.message !== undefined || rule.frame !== undefined;
  if (!looksAtException) {
    const found = matchLine(rule.line, searched);
    return found ? [{ ...found, exception: null }] : [];
  }
  const onException = exceptions.flatMap((exception) => matchException(rule, exception, searched.lines) ?? []);
  if (onException.length === 0 || rule.line === undefined) return onException;
  const onLine = matchLine(rule.line, searched);
  if (!onLine) return [];
  return onException.map((found) => ({
    ...found,
    captures: { ...onLine.captures, ...found.captures },
    lines: [...onLine.lines, ...found.lines],
  }));
}

function matchException(rule: Rule, exception: ParsedException, lines: string[]): Found | null {
  const type = match(rule.exception, exception.type);
  const message = match(rule.message, exception.message);
  if (!type || !message) return null;
  if (rule.frame !== undefined && !exception.frames.some((frame) => matchFrame(rule.frame ?? '', frame))) return null;
  return { captures: { ...type, ...message }, exception, lines: [lineOfMessage(exception, lines)] };
}

/** A frame speaks through "file:function", with forward slashes, and through its source text. */
export function matchFrame(expression: string, frame: ParsedException['frames'][number]): boolean {
  const regex = compileExpression(expression);
  return (
    regex.test(`${frame.file.replaceAll('\\', '/')}:${frame.function ?? ''}`) ||
    (frame.source !== null && regex.test(frame.source))
  );
}

/** Captured groups; an empty object for a part the rule does not have; null when it does not hold. */
function match(expression: string | undefined, subject: string): Record<string, string> | null {
  if (expression === undefined) return {};
  const found = compileExpression(expression).exec(subject);
  return found ? groupsOf(found) : null;
}

function matchLine(
  expression: string | undefined,
  { lines, candidates }: SearchedLines,
): { captures: Record<string, string>; lines: number[] } | null {
  if (expression === undefined) return null;
  const regex = compileExpression(expression);
  const following = expression.includes('\\n') ? 2 : 0;
  const textAt = (number: number) => lines[number]?.slice(0, maxLineLength) ?? '';
  for (const candidate of candidates.get(expression) ?? lines.keys()) {
    // What the expression requires may stand on a line after the one on which it begins to match.
    for (let number = Math.max(0, candidate - following); number <= candidate; number += 1) {
      let subject = textAt(number);
      for (let next = 1; next <= following && number + next < lines.length; next += 1)
        subject += `\n${textAt(number + next)}`;
      const found = regex.exec(subject);
      if (found) return { captures: groupsOf(found), lines: [number] };
    }
  }
  return null;
}

function groupsOf(found: RegExpExecArray): Record<string, string> {
  const groups = Object.entries(found.groups ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(groups);
}

/** The line that shows the message's beginning; the block's last line when wrapping or prefixes hide it. */
function lineOfMessage(exception: ParsedException, lines: string[]): number {
  const [first, last] = exception.lines;
  const start = exception.message.split('\n')[0]?.trim() || exception.type;
  for (let number = last; number >= first; number--) {
    if (lines[number]?.includes(start)) return number;
  }
  return last;
}
