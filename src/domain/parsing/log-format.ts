// Log formats are data (catalog/formats): named regular expressions with samples. Here they are compiled, applied to lines, and checked
// against their own samples.
import type { FormatFile } from '../../contracts/catalog.ts';
import { limits } from '../../contracts/limits.ts';

export interface CompiledFormat {
  id: string;
  line: RegExp;
  pairs: RegExp | null;
  end: RegExp | null;
  step: FormatFile['step'];
  /** Groups of `line` that are not metrics. */
  reserved: Set<string>;
}

export interface LogValues {
  step: number;
  values: Record<string, number>;
}

/** @throws SyntaxError when a regular expression is not valid; checkFormat() reports it instead. */
export function compileFormat(format: FormatFile): CompiledFormat {
  return {
    id: format.id,
    line: new RegExp(format.line, 'm'),
    pairs: format.pairs === undefined ? null : new RegExp(format.pairs, 'gm'),
    end: format.end === undefined ? null : new RegExp(format.end, 'm'),
    step: format.step,
    reserved: new Set(['pairs', ...Object.values(format.step)]),
  };
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
  const groups = format.line.exec(text)?.groups;
  if (!groups) return null;
  const step = stepOf(format.step, groups);
  if (step === null) return null;
  const named = Object.entries(groups).filter(([name]) => !format.reserved.has(name));
  const found = [...named, ...pairsIn(format.pairs, groups.pairs ?? '')];
  const values = new Map<string, number>();
  for (const [name, printed] of found) {
    const value = printed === undefined ? null : parseNumber(printed);
    if (value === null || name.length > limits.metricNameLength || values.has(name)) continue;
    if (values.size < limits.metricNamesPerPoint) values.set(name, value);
  }
  return values.size === 0 ? null : { step, values: Object.fromEntries(values) };
}

function pairsIn(pairs: RegExp | null, text: string): [string, string | undefined][] {
  if (!pairs) return [];
  return [...text.matchAll(pairs)].map(({ groups }) => [groups?.name ?? '', groups?.value]);
}

function stepOf(step: FormatFile['step'], groups: Record<string, string | undefined>): number | null {
  const read = (group: string) => Number(groups[group] ?? Number.NaN);
  const value = 'group' in step ? read(step.group) : read(step.epoch) * read(step.iterations) + read(step.iteration);
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
