// A log repeats a few lines with other numbers in them. When a format has read a line, one regular expression is made of that very line: its
// text, with numbers for its numbers. Lines of the same form are then read by it alone, many times faster than by the format's own
// expressions and with the same result, since those do not look at which digits a number has.
import { anyFigures, escaped } from '../line-shapes.ts';
import { type CompiledFormat, type CompiledLine, type Naming, namingOf } from './compile-format.ts';
import { type FormatContext, makeStep } from './make-step.ts';
import { parseDuration, parseNumber } from './numbers.ts';
import { isNamedByStep, isNew, type LogValues, parseValue, shareNames, uncoverHidden } from './read-format-line.ts';

export interface LineForm {
  format: CompiledFormat;
  line: CompiledLine;
  regex: RegExp;
  /** Groups of `regex` that make the step. */
  numbers: { group: number; name: string }[];
  /** Groups of `regex` that a rule of steps names. */
  printed: { group: number; name: string }[];
  names: readonly string[];
  /** By place in `names`. */
  values: FormValue[];
}

/** A group of the form's expression, or what all lines of the form print. */
interface FormValue {
  group: number;
  times: number;
  isDuration: boolean;
  constant: number | null;
}

/** A stretch of the line that the format's expressions took out of it. */
interface Part {
  is: 'name' | 'step' | 'value';
  /** As the format calls it, or as it is printed. */
  name: string;
  start: number;
  end: number;
}

/** The step and values of a line of the form; null when it is none. `context` is changed when it is one. */
export function readForm(form: LineForm, text: string, context: FormatContext): LogValues | null {
  const { format, line, names } = form;
  const found = form.regex.exec(text);
  if (!found) return null;
  const values: number[] = [];
  for (const { group, times, isDuration, constant } of form.values) {
    const own = found[group] as string;
    values.push(constant ?? (isDuration ? (parseDuration(own) ?? Number.NaN) : times * Number(own)));
  }
  const printed: Record<string, number> = {};
  for (const { group, name } of form.printed) printed[name] = Number(found[group]);
  const step = makeStep(line.step, { found, numbers: form.numbers, printed }, context);
  if (step === null) return null;
  const isBorrowed = line.step.is === 'last';
  if (format.hidden.length === 0) return { step, names, values, line, isBorrowed };
  const shown = uncoverHidden(format, { names, values });
  return { step, names: shareNames(line, shown.names), values: shown.values, line, isBorrowed };
}

/** The form of a line that a format has read as `read`; null when it has none. */
export function learnForm(
  format: CompiledFormat,
  text: string,
  read: LogValues,
  context: FormatContext,
): LineForm | null {
  const parts = partsOf(read.line, text);
  const form = parts && makeForm(format, read.line, text, parts);
  const again = form && readForm(form, text, structuredClone(context));
  return again && isSame(again, read) ? form : null;
}

function isSame(one: LogValues, other: LogValues): boolean {
  const spell = ({ names, values }: LogValues) => names.map((name, place) => `${name}=${values[place]}`).join('\n');
  return spell(one) === spell(other);
}

/** In the order of the line; null when the line is not made of parts that stand beside each other. */
function partsOf({ regex, numbers, metrics, pairs, cells }: CompiledLine, text: string): Part[] | null {
  const found = withIndices(regex).exec(text);
  if (!found?.indices || cells !== null) return null;
  const { indices } = found;
  const parts: Part[] = [
    ...numbers.flatMap(({ group, name }) => partAt('step', name, indices[group])),
    ...metrics.flatMap(({ group, printed }) => partAt('value', printed, indices[group])),
  ];
  const from = pairs ? indices[pairs.group]?.[0] : undefined;
  if (pairs && from !== undefined) {
    for (const pair of (found[pairs.group] ?? '').matchAll(withIndices(pairs.regex))) {
      const name = pair[pairs.name] ?? '';
      parts.push(...partAt('name', name, pair.indices?.[pairs.name], from));
      parts.push(...partAt('value', name, pair.indices?.[pairs.value], from));
    }
  }
  parts.sort((a, b) => a.start - b.start);
  return parts.some(({ start }, place) => start < (parts[place - 1]?.end ?? 0)) ? null : parts;
}

function partAt(is: Part['is'], name: string, span: [number, number] | undefined, from = 0): Part[] {
  return span ? [{ is, name, start: from + span[0], end: from + span[1] }] : [];
}

function withIndices({ source, flags }: RegExp): RegExp {
  return new RegExp(source, `${flags}d`);
}

/** As many digits as every format allows for a step. */
const stepNumber = /^\d{1,9}$/;
const decimal = /^[-+]?(?:\d{1,9}(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

function makeForm(format: CompiledFormat, line: CompiledLine, text: string, parts: readonly Part[]): LineForm | null {
  const numbers: LineForm['numbers'] = [];
  const printed: LineForm['printed'] = [];
  const names: string[] = [];
  const values: FormValue[] = [];
  let source = '';
  let groups = 0;
  let end = 0;
  for (const { is, name, start, end: next } of parts) {
    const own = text.slice(start, next);
    source += anyDigits(text.slice(end, start));
    end = next;
    if (is === 'name') source += escaped(own);
    else if (is === 'step') {
      if (!stepNumber.test(own)) return null;
      source += String.raw`(\d{1,9})`;
      groups += 1;
      numbers.push({ group: groups, name });
    } else {
      const naming = namingOf(format, line, name);
      const value = spellValue(own, naming);
      source += value.source;
      if (value.isGroup) groups += 1;
      if (isNamedByStep(line.step, name)) printed.push({ group: groups, name });
      if (naming === null || value.parsed === null || !isNew(names, naming.name)) continue;
      const { times, isDuration } = naming;
      names.push(naming.name);
      values.push({ group: groups, times, isDuration, constant: value.isGroup ? null : value.parsed });
    }
  }
  source += anyDigits(text.slice(end));
  return { format, line, regex: new RegExp(`^${source}$`), numbers, printed, names: shareNames(line, names), values };
}

/** Fits the values that other lines of the form print in this one's place; a group when they may be other ones. */
function spellValue(text: string, naming: Naming | null): { source: string; isGroup: boolean; parsed: number | null } {
  const parsed = naming === null ? parseNumber(text) : parseValue(text, naming);
  // A number with a unit that nobody named; words such as "nan.5" are taken as they are.
  if (parsed === null) return { source: /^\d/.test(text) ? anyDigits(text) : escaped(text), isGroup: false, parsed };
  if (naming?.isDuration) return { source: `(${anyDigits(text)})`, isGroup: true, parsed };
  const unit = naming && text.endsWith(naming.unit) ? naming.unit : '';
  const own = text.slice(0, text.length - unit.length);
  const isGroup = decimal.test(own);
  return { source: isGroup ? `(${numberLike(own)})${escaped(unit)}` : escaped(text), isGroup, parsed };
}

/** Fits numbers of the same look: with point, sign and exponent where this one has them, since some expressions tell lines apart by these. */
function numberLike(text: string): string {
  return escaped(text).replace(/(\.?)\d+/g, (_, point) => (point === '' ? String.raw`\d{1,9}` : String.raw`.\d+`));
}

/** As many digits as there are. */
function anyDigits(text: string): string {
  return anyFigures(text, (length) => String.raw`\d{${length}}`);
}
