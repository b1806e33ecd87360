// Log formats are data (catalog/formats). Here their regular expressions are made ready to be applied to many lines.
import type { FormatFile, NameRule, StepRule } from '../../../contracts/log-format.ts';
import { requiredLiterals } from '../required-literals.ts';

/** What a printed name means. */
export interface Naming {
  name: string;
  times: number;
  unit: string;
  isDuration: boolean;
}

export interface CompiledLine {
  regex: RegExp;
  /** Groups of `regex` that are metrics. */
  metrics: { group: number; printed: string }[];
  /** Groups of `regex` that make the step. */
  numbers: { group: number; name: string }[];
  pairs: { group: number; regex: RegExp; name: number; value: number } | null;
  /** Group that holds the cells of a row; null when the line is not a row. */
  cells: number | null;
  step: StepRule;
  prefix: string;
  /** Namings by printed name, as they are needed. */
  known: Map<string, Naming | null>;
  /** The expression wants certain digits somewhere ("mfu -100.00%"). */
  namesDigits: boolean;
  /** Names of the metrics of lines read lately, so that lines with the same names share their list. */
  lists: (readonly string[])[];
}

export interface CompiledReminder {
  regex: RegExp;
  numbers: { group: number; name: string }[];
  columns: number | null;
  same: string | null;
}

export interface CompiledFormat {
  id: string;
  /** Beginning of the keys of its contexts, to which a rank is put. */
  key: string;
  lines: CompiledLine[];
  remember: CompiledReminder[];
  forget: RegExp | null;
  end: RegExp | null;
  hidden: NonNullable<FormatFile['hidden']>;
  separator: RegExp;
  names: Readonly<Record<string, NameRule>>;
  ignored: ReadonlySet<string>;
  /** Its rows hold no literal: under a header every line may be one. */
  followsHeader: boolean;
}

/** Groups that are no metrics. */
const stepGroups = ['epoch', 'epochs', 'iteration', 'iterations', 'progress', 'total'];
const reserved = ['pairs', 'cells', 'columns', ...stepGroups];

/** @throws SyntaxError when a regular expression is not valid; checkFormats() reports it instead. */
export function compileFormat(format: FormatFile): CompiledFormat {
  return {
    id: format.id,
    key: `${format.id}@`,
    lines: format.lines.map(compileLine),
    remember: (format.remember ?? []).map(({ match, same }) => {
      const names = groupNames(match);
      const columns = names.indexOf('columns');
      return {
        regex: compileNumbered(match, 'm'),
        numbers: numbersOf(names, stepGroups),
        columns: columns < 0 ? null : columns,
        same: same ?? null,
      };
    }),
    forget: format.forget === undefined ? null : new RegExp(format.forget, 'm'),
    end: format.end === undefined ? null : new RegExp(format.end, 'm'),
    hidden: format.hidden ?? [],
    separator: format.separator === 'comma' ? /\s*,\s*/ : /\s+/,
    names: format.names ?? {},
    ignored: new Set(format.ignore),
    followsHeader: format.lines.some(isFollower),
  };
}

/** Every expression by which a line of the format is found; rows that only their header tells are left out. */
export function expressionsOfFormat(format: FormatFile): string[] {
  const all = [
    ...format.lines.filter((line) => !isFollower(line)).map(({ match }) => match),
    ...(format.remember ?? []).map(({ match }) => match),
    format.forget,
    format.end,
  ];
  return all.filter((expression) => expression !== undefined);
}

function isFollower({ match }: FormatFile['lines'][number]): boolean {
  return match.includes('(?<cells>') && requiredLiterals(match) === null;
}

function compileLine({ match, pairs, step, prefix }: FormatFile['lines'][number]): CompiledLine {
  const names = groupNames(match);
  const inPair = groupNames(pairs ?? '');
  const cells = names.indexOf('cells');
  return {
    regex: compileNumbered(match, 'm'),
    metrics: names.flatMap((name, group) =>
      name === null || reserved.includes(name) ? [] : [{ group, printed: name }],
    ),
    numbers: numbersOf(names, stepGroups),
    pairs:
      pairs === undefined
        ? null
        : {
            group: names.indexOf('pairs'),
            regex: compileNumbered(pairs, 'gm'),
            name: inPair.indexOf('name'),
            value: inPair.indexOf('value'),
          },
    cells: cells < 0 ? null : cells,
    step,
    prefix: prefix ?? '',
    known: new Map(),
    namesDigits: namesDigits(match) || namesDigits(pairs ?? ''),
    lists: [],
  };
}

/** Digits that are no repetition's, no class's and no group's name. */
function namesDigits(source: string): boolean {
  return /\d/.test(source.replace(/\\[\s\S]|\{\d+(?:,\d*)?\}|\(\?<[\w$]+>|\[(?:\\[\s\S]|[^\]\\])*\]/g, ''));
}

/** A name may stand in several alternatives of an expression: every group of it is listed. */
function numbersOf(names: (string | null)[], wanted: string[]): { group: number; name: string }[] {
  return names.flatMap((name, group) => (name !== null && wanted.includes(name) ? [{ group, name }] : []));
}

/** Names of an expression's groups by number (0 is the whole match); null for a group without a name. */
function groupNames(source: string): (string | null)[] {
  // Escapes and character classes are passed over, so that a bracket in them is not taken for a group.
  const parts = source.matchAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?<([\w$]+)>|(\((?!\?))/g);
  const groups = [...parts].filter(([, name, plain]) => name !== undefined || plain !== undefined);
  return [null, ...groups.map(([, name]) => name ?? null)];
}

/**
 * Groups are numbered where nothing refers to them by name: V8 builds an object of the names for every match, which costs more than the
 * match, and logs have a match on every line.
 */
function compileNumbered(source: string, flags: string): RegExp {
  if (source.includes('\\k<')) return new RegExp(source, flags);
  return new RegExp(
    source.replace(/(\\[\s\S])|\(\?<[\w$]+>/g, (_, escaped) => escaped ?? '('),
    flags,
  );
}

/** Names kept per line; a stream that makes up names is read without. */
const maxKnown = 1_000;

/** What a printed name means; null when it is no metric. */
export function namingOf(format: CompiledFormat, line: CompiledLine, printed: string): Naming | null {
  const known = line.known.get(printed);
  if (known !== undefined) return known;
  const naming = format.ignored.has(printed) ? null : toNaming(ruleOf(format, printed), line.prefix);
  if (line.known.size < maxKnown) line.known.set(printed, naming);
  return naming;
}

function ruleOf({ names }: CompiledFormat, printed: string): NameRule {
  return (Object.hasOwn(names, printed) ? names[printed] : undefined) ?? printed;
}

function toNaming(rule: NameRule, prefix: string): Naming {
  if (typeof rule === 'string') return { name: prefix + rule, times: 1, unit: '', isDuration: false };
  const { as, times, unit, duration } = rule;
  return { name: prefix + as, times: times ?? 1, unit: unit ?? '', isDuration: duration ?? false };
}
