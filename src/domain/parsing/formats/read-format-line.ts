// What one line says in one format: metric values at a step, something to be remembered for later lines, or nothing.
import { limits } from '../../../contracts/limits.ts';
import {
  type CompiledFormat,
  type CompiledLine,
  type CompiledReminder,
  type Naming,
  namingOf,
} from './compile-format.ts';
import { emptyContext, type FormatContext, makeStep } from './make-step.ts';
import { parseDuration, parseNumber } from './numbers.ts';

export interface LogValues {
  step: number;
  values: Record<string, number>;
  /** The step was taken over from the line before. */
  isBorrowed: boolean;
}

/** Longer lines are not metric lines; it bounds what an expression can cost. Characters. */
const longestLine = 8_000;
const maxColumns = 2 * limits.metricNamesPerPoint;

/** The step and values of a metric line; null when it is none. `context` is changed when it is one. */
export function readMetrics(format: CompiledFormat, text: string, context: FormatContext): LogValues | null {
  if (text.length > longestLine) return null;
  for (const line of format.lines) {
    if (line.cells !== null && context.columns === null) continue;
    const found = line.regex.exec(text);
    const read = found ? readFound(format, line, found, context) : null;
    if (read) return read;
  }
  return null;
}

/** Notes in `context` what the line says for later ones; answers whether it does. */
export function readReminders(format: CompiledFormat, text: string, context: FormatContext): boolean {
  if (format.remember.length === 0 || text.length > longestLine) return false;
  return format.remember.some((reminder) => remember(format, reminder, text, context));
}

/** Empties `context` at a line after which it no longer holds; answers whether the line is one. */
export function forgetsAt(format: CompiledFormat, text: string, context: FormatContext): boolean {
  if (format.forget === null || text.length > longestLine || !format.forget.test(text)) return false;
  Object.assign(context, emptyContext());
  return true;
}

function remember(format: CompiledFormat, reminder: CompiledReminder, text: string, context: FormatContext): boolean {
  const found = reminder.regex.exec(text);
  if (!found) return false;
  const numbers = Object.fromEntries(numbersIn(reminder.numbers, found));
  const { same, columns } = reminder;
  if (same !== null && isAnother(context.numbers, same, numbers[same])) return false;
  Object.assign(context.numbers, numbers);
  if (columns === null) return true;
  const names = (found[columns] ?? '').trim().split(format.separator);
  if (names.length > maxColumns || names.some((name) => name.length > limits.metricNameLength)) return false;
  context.columns = names;
  return true;
}

/** A bar within the one that is remembered and not full yet: an evaluation's. */
function isAnother(known: FormatContext['numbers'], name: string, value: number | undefined): boolean {
  const before = known[name];
  return before !== undefined && before !== value && (known.progress ?? 0) < before;
}

function numbersIn(groups: CompiledReminder['numbers'], found: RegExpExecArray): [string, number][] {
  return groups.flatMap(({ group, name }) => {
    const text = found[group];
    return text === undefined ? [] : [[name, Number(text.replaceAll(',', ''))]];
  });
}

interface Values {
  values: Record<string, number>;
  count: number;
  /** By printed name: numbers that rules of steps may name. */
  printed: Record<string, number>;
}

function readFound(
  format: CompiledFormat,
  line: CompiledLine,
  found: RegExpExecArray,
  context: FormatContext,
): LogValues | null {
  const read: Values = { values: {}, count: 0, printed: {} };
  for (const { group, printed } of line.metrics) addValue(read, format, line, printed, found[group]);
  if (line.pairs) addPairs(read, format, line, found[line.pairs.group] ?? '');
  if (line.cells !== null && !addCells(read, format, line, found[line.cells] ?? '', context.columns ?? [])) return null;
  if (read.count === 0) return null;
  const step = makeStep(line.step, { found, numbers: line.numbers, printed: read.printed }, context);
  if (step === null) return null;
  if (format.hidden.length > 0) uncoverHidden(format, read.values);
  return { step, values: read.values, isBorrowed: line.step.is === 'last' };
}

function addPairs(read: Values, format: CompiledFormat, line: CompiledLine, text: string): void {
  if (!line.pairs) return;
  const { regex, name, value } = line.pairs;
  regex.lastIndex = 0;
  for (let found = regex.exec(text); found; found = regex.exec(text)) {
    addValue(read, format, line, found[name] ?? '', found[value]);
    if (found[0] === '') regex.lastIndex += 1;
  }
}

/** Answers whether the row fits the header: as many cells, and each a number or nothing. */
function addCells(
  read: Values,
  format: CompiledFormat,
  line: CompiledLine,
  text: string,
  columns: readonly string[],
): boolean {
  const cells = text.trim().split(format.separator);
  if (cells.length !== columns.length) return false;
  return columns.every((column, index) => {
    const cell = cells[index] ?? '';
    return cell === '' || addValue(read, format, line, column, cell);
  });
}

/** The first value of a name counts. Answers whether the text is a value. */
function addValue(
  read: Values,
  format: CompiledFormat,
  line: CompiledLine,
  printed: string,
  text: string | undefined,
): boolean {
  if (text === undefined) return false;
  const naming = namingOf(format, line, printed);
  const value = naming === null ? parseNumber(text) : parseValue(text, naming);
  if (value === null) return false;
  if (line.step.is === 'column' || line.step.is === 'progress') read.printed[printed] = value;
  if (naming === null || naming.name.length > limits.metricNameLength) return true;
  if (read.count >= limits.metricNamesPerPoint || Object.hasOwn(read.values, naming.name)) return true;
  // Assigning to "__proto__" would not make a property of it.
  if (naming.name === '__proto__') Object.defineProperty(read.values, naming.name, { value, enumerable: true });
  else read.values[naming.name] = value;
  read.count += 1;
  return true;
}

function parseValue(text: string, { times, unit, isDuration }: Naming): number | null {
  if (isDuration) return parseDuration(text);
  const number = parseNumber(unit !== '' && text.endsWith(unit) ? text.slice(0, -unit.length) : text);
  return number === null || times === 1 ? number : number * times;
}

/** Puts NaN where the trainer printed something else for it, or left it out. */
function uncoverHidden({ hidden }: CompiledFormat, values: Record<string, number>): void {
  for (const { name, printed, not_finite: notFinite, positive } of hidden) {
    const isOpen = printed === undefined ? !Object.hasOwn(values, name) : values[name] === printed;
    if (!isOpen) continue;
    const isKnown =
      notFinite.some((other) => Object.hasOwn(values, other) && !Number.isFinite(values[other])) ||
      (positive ?? []).some((other) => (values[other] ?? 0) > 0);
    if (isKnown) values[name] = Number.NaN;
  }
}
