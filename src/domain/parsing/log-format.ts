// Log formats are data (catalog/formats): named regular expressions with samples. Here they are compiled, applied to lines, and checked
// against their own samples.
import type { FormatFile } from '../../contracts/catalog.ts';
import { limits } from '../../contracts/limits.ts';

export interface CompiledFormat {
  id: string;
  line: RegExp;
  /** Groups of `line` that are metrics: number and name. */
  metrics: [number, string][];
  /** Numbers of the groups that make the step: the step itself, or epoch, iterations and iteration. */
  step: number[];
  /** Number of the group of `line` that holds pairs; with the groups of a pair. */
  pairs: { group: number; regex: RegExp; name: number; value: number } | null;
  end: RegExp | null;
}

export interface LogValues {
  step: number;
  values: Record<string, number>;
}

/** @throws SyntaxError when a regular expression is not valid; checkFormat() reports it instead. */
export function compileFormat(format: FormatFile): CompiledFormat {
  const { step } = format;
  const names = groupNames(format.line);
  const inPair = groupNames(format.pairs ?? '');
  const reserved: string[] = ['pairs', ...Object.values(step)];
  const steps = 'group' in step ? [step.group] : [step.epoch, step.iterations, step.iteration];
  return {
    id: format.id,
    line: compileNumbered(format.line, 'm'),
    metrics: [...names.entries()].filter(
      (group): group is [number, string] => group[1] !== null && !reserved.includes(group[1]),
    ),
    step: steps.map((name) => names.indexOf(name)),
    pairs:
      format.pairs === undefined
        ? null
        : {
            group: names.indexOf('pairs'),
            regex: compileNumbered(format.pairs, 'gm'),
            name: inPair.indexOf('name'),
            value: inPair.indexOf('value'),
          },
    end: format.end === undefined ? null : new RegExp(format.end, 'm'),
  };
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
  const named = new RegExp(source, flags);
  if (source.includes('\\k<')) return named;
  return new RegExp(
    source.replace(/(\\[\s\S])|\(\?<[\w$]+>/g, (_, escaped) => escaped ?? '('),
    flags,
  );
}

const compiled = new WeakMap<FormatFile, CompiledFormat>();

/** compileFormat(), once per format. */
export function compiledFormat(format: FormatFile): CompiledFormat {
  const known = compiled.get(format) ?? compileFormat(format);
  compiled.set(format, known);
  return known;
}

/** The step and metric values of a line (rank prefix and colours already taken off); null when it is not a metric line. */
export function parseLine(format: CompiledFormat, text: string): LogValues | null {
  const found = format.line.exec(text);
  if (!found) return null;
  const step = stepOf(format.step, found);
  if (step === null) return null;
  const read: MetricValues = { values: {}, count: 0 };
  for (const [index, name] of format.metrics) addValue(read, name, found[index]);
  if (format.pairs) addPairs(read, format.pairs, found[format.pairs.group] ?? '');
  return read.count === 0 ? null : { step, values: read.values };
}

interface MetricValues {
  values: Record<string, number>;
  count: number;
}

function addPairs(read: MetricValues, pairs: NonNullable<CompiledFormat['pairs']>, text: string): void {
  const { regex } = pairs;
  regex.lastIndex = 0;
  for (let found = regex.exec(text); found; found = regex.exec(text)) {
    addValue(read, found[pairs.name] ?? '', found[pairs.value]);
    if (found[0] === '') regex.lastIndex += 1;
  }
}

/** The first value of a name counts. */
function addValue(read: MetricValues, name: string, printed: string | undefined): void {
  if (printed === undefined || name.length > limits.metricNameLength) return;
  if (read.count >= limits.metricNamesPerPoint || Object.hasOwn(read.values, name)) return;
  const value = parseNumber(printed);
  if (value === null) return;
  // Assigning to "__proto__" would not make a property of it.
  if (name === '__proto__') Object.defineProperty(read.values, name, { value, enumerable: true });
  else read.values[name] = value;
  read.count += 1;
}

function stepOf(groups: number[], found: RegExpExecArray): number | null {
  const [first = Number.NaN, iterations, iteration] = groups.map((group) => Number(found[group] ?? Number.NaN));
  const value = iterations === undefined || iteration === undefined ? first : first * iterations + iteration;
  return Number.isSafeInteger(value) && value >= 0 && value <= limits.maxStep ? value : null;
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
/** Python's and C's spellings; progress bars pad a NaN to "nan.0". */
const notANumber = /^['"]?[-+]?nan(?:\.0*)?['"]?$/i;
const infinite = /^['"]?([-+]?)inf(?:inity)?(?:\.0*)?['"]?$/i;

/** A printed number; NaN and infinities in any usual spelling; null when the text is not a number. */
export function parseNumber(text: string): number | null {
  if (decimal.test(text)) return Number(text);
  if (notANumber.test(text)) return Number.NaN;
  const sign = infinite.exec(text)?.[1];
  if (sign === undefined) return null;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * What is wrong with a format: expressions that do not compile, and samples that are not read as they say. A sample with neither
 * step nor values must not be read as a metric line. An empty list means the format may be used.
 */
export function checkFormat(format: FormatFile): string[] {
  let ready: CompiledFormat;
  try {
    ready = compileFormat(format);
  } catch (error) {
    return [`formats/${format.id}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return format.samples.flatMap((sample) => {
    const read = parseLine(ready, sample.text);
    const expected =
      sample.step === undefined && sample.values === undefined ? null : { step: sample.step, values: sample.values };
    const problem = compareReading(read, expected);
    return problem === null ? [] : [`formats/${format.id}: sample "${sample.text}": ${problem}`];
  });
}

type Sample = { step: number | undefined; values: Record<string, number | string> | undefined };

function compareReading(read: LogValues | null, expected: Sample | null): string | null {
  if (expected === null)
    return read === null ? null : `is read as a metric line at step ${read.step}, and has no expected values`;
  if (read === null) return 'is not read as a metric line';
  if (expected.step !== undefined && read.step !== expected.step)
    return `gives step ${read.step}, not ${expected.step}`;
  if (expected.values === undefined) return null;
  const got = describeValues(read.values);
  const want = describeValues(expected.values);
  return got === want ? null : `gives ${got}, not ${want}`;
}

function describeValues(values: Record<string, number | string>): string {
  const parts = Object.entries(values).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? value : Number(value)}`,
  );
  return parts.sort().join(' ');
}
