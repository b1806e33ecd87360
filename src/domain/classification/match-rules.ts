// Runs the text rules of the catalog over a parsed text. A rule looks at structure: the type, the message and the frames of one
// exception, crash reports, lines and their neighbours; all of its parts must hold.
import type { Catalog } from '../../contracts/catalog.ts';
import type { FailureRule } from '../../contracts/failure-rule.ts';
import type { ParsedException, ParsedText } from '../parsing/types.ts';
import { captureGroups, compileExpression } from './expressions.ts';
import { matchReports } from './match-report.ts';
import { type LineSearch, searchLines } from './search-lines.ts';
import { compareStandings, readStandings, type StandingOf } from './standing.ts';
import type { EnvironmentFacts, RuleMatch, Standing } from './types.ts';

type Span = [number, number];

/** One place where a rule holds. */
interface Found {
  captures: Record<string, string>;
  exception: ParsedException | null;
  /** Lines to show. */
  lines: number[];
  /** What `near` is measured from. */
  span: Span;
  /** Lines where the rule's other parts hold. */
  beside?: number[];
}
interface Subject {
  text: ParsedText;
  exceptions: ParsedException[];
  search: LineSearch;
  standingOf: StandingOf;
  environment: EnvironmentFacts;
}

const nothingKnown: EnvironmentFacts = { os: null, device: null };

/** Every rule of every class that holds, exceptions in the order of the text. A rule holds at most once per exception, else once. */
export function matchRules(text: ParsedText, catalog: Catalog, environment = nothingKnown): RuleMatch[] {
  const subject: Subject = {
    text,
    exceptions: text.traces.flatMap((trace) => trace.chain),
    search: searchLines(text),
    standingOf: readStandings(text),
    environment,
  };
  return [...catalog.failures.values()].flatMap((failure) =>
    failure.rules.flatMap((rule) =>
      matchRule(rule, subject).map((match) => ({
        class: failure.id,
        rule: rule.id,
        confidence: rule.confidence,
        role: rule.role ?? ('cause' as const),
        rulesOut: rule.rules_out ?? [],
        implies: rule.implies ?? [],
        source: rule.source,
        ...match,
      })),
    ),
  );
}

type Placed = Pick<RuleMatch, 'captures' | 'exception' | 'lines' | 'standing'>;

function matchRule(rule: FailureRule, subject: Subject): Placed[] {
  if (!isIn(rule.environment, subject.environment)) return [];
  const found = findPlaces(rule, subject).filter(({ span }) => isNear(rule.near, span, subject.search));
  if (found.length === 0 || rule.unless?.some((expression) => subject.search(expression).length > 0)) return [];
  const placed = found.map((place) => ({ ...place, standing: bestStanding(place, subject) }));
  return (looksAtException(rule) ? placed : nearestToCause(placed)).map(({ captures, exception, lines, standing }) => ({
    captures,
    exception,
    lines,
    standing,
  }));
}

/** A rule of several parts stands where the part nearest to the first cause stands. */
function bestStanding({ span, exception, beside = [] }: Found, { standingOf }: Subject): Standing {
  const own = standingOf(span, exception);
  const [best = own] = [own, ...beside.map((line) => standingOf([line, line]))].sort(compareStandings);
  return best;
}

function nearestToCause<T extends { standing: Standing }>(placed: T[]): T[] {
  return [...placed].sort((a, b) => compareStandings(a.standing, b.standing)).slice(0, 1);
}

function looksAtException({ exception, message, frame, phase }: FailureRule): boolean {
  return exception !== undefined || message !== undefined || frame !== undefined || phase !== undefined;
}

/** Exceptions before reports before lines: the first of them that the rule names is where it holds, the others must hold anywhere. */
function findPlaces(rule: FailureRule, subject: Subject): Found[] {
  const parts: Found[][] = [];
  if (looksAtException(rule))
    parts.push(subject.exceptions.flatMap((each) => matchException(rule, each, subject.text) ?? []));
  if (rule.report)
    parts.push(
      matchReports(rule.report, subject.text).map(({ captures, lines }) => ({
        captures,
        exception: null,
        lines: [lines[0]],
        span: lines,
      })),
    );
  if (rule.line !== undefined)
    parts.push(
      subject.search(rule.line).map(({ line, captures }) => ({
        captures,
        exception: null,
        lines: [line],
        span: [line, line],
      })),
    );
  const [places, ...others] = parts;
  if (!places || others.some((other) => other.length === 0)) return [];
  const beside = others.flatMap((other) => other.slice(0, 1));
  return places.map((place) => ({
    ...place,
    captures: Object.assign({}, ...beside.map(({ captures }) => captures), place.captures),
    lines: [...beside.flatMap(({ lines }) => lines), ...place.lines],
    beside: beside.flatMap(({ lines }) => lines),
  }));
}

function isIn(wanted: FailureRule['environment'], known: EnvironmentFacts): boolean {
  const isAmong = <T>(value: T | null, list: readonly T[] | undefined) =>
    list === undefined || (value !== null && list.includes(value));
  return isAmong(known.os, wanted?.os) && isAmong(known.device, wanted?.device);
}

function isNear(near: FailureRule['near'], [first, last]: Span, search: LineSearch): boolean {
  return !near || search(near.line).some(({ line }) => line >= first - near.within && line <= last + near.within);
}

function matchException(rule: FailureRule, exception: ParsedException, text: ParsedText): Found | null {
  const type = captureGroups(rule.exception, exception.type);
  const message = captureGroups(rule.message, exception.message);
  if (!type || !message) return null;
  if (rule.frame !== undefined && !exception.frames.some((frame) => matchFrame(rule.frame ?? '', frame))) return null;
  if (rule.phase !== undefined && rule.phase !== phaseOf(exception)) return null;
  return {
    captures: { ...type, ...message },
    exception,
    lines: [lineOfMessage(exception, text.lines)],
    span: exception.lines,
  };
}

/** A frame speaks through "file:function", with forward slashes, and through its source text. */
export function matchFrame(expression: string, frame: ParsedException['frames'][number]): boolean {
  const regex = compileExpression(expression);
  return (
    regex.test(`${frame.file.replaceAll('\\', '/')}:${frame.function ?? ''}`) ||
    (frame.source !== null && regex.test(frame.source))
  );
}

/** The import machinery, or an import statement at the top of a module. */
const importing = /^(?:from\s+[\w.]+\s+import\b|import\s+\w)|\bimport_module\(/;

function phaseOf({ frames }: ParsedException): 'import' | 'call' {
  const isImporting = frames.some(
    ({ file, source }) => /<frozen importlib|importlib[\\/]__init__\.py/.test(file) || importing.test(source ?? ''),
  );
  return isImporting ? 'import' : 'call';
}

/** The line that shows the message's beginning; the block's last line when wrapping or prefixes hide it. */
function lineOfMessage(exception: ParsedException, lines: readonly string[]): number {
  const [first, last] = exception.lines;
  const start = exception.message.split('\n')[0]?.trim() || exception.type;
  for (let number = last; number >= first; number--) {
    if (lines[number]?.includes(start)) return number;
  }
  return last;
}
