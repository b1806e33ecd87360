// What one line says in one format: metric values at a step, something to be remembered for later lines, or nothing.
import { limits } from '../../../contracts/limits.ts';
import type { StepRule } from '../../../contracts/log-format.ts';
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
  names: readonly string[];
  values: number[];
  /** The kind of line that it is. */
  line: CompiledLine;
  /** The step was taken over from the line before. */
  isBorrowed: boolean;
}

/** Longer lines are not metric lines; it bounds what an expression can cost. Characters. */
export const longestLine = 8_000;
/** Lists of names that are shared, by kind of line. */
const maxLists = 8;
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

/** Whether the line may say something to the format besides its values. */
export function isReminder({ remember: reminders, forget, end }: CompiledFormat, text: string): boolean {
  return reminders.some(({ regex }) => regex.test(text)) || forget?.test(text) === true || end?.test(text) === true;
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
  names: string[];
  values: number[];
  /** By printed name: numbers that rules of steps may name. */
  printed: Record<string, number>;
}

function readFound(
  format: CompiledFormat,
  line: CompiledLine,
  found: RegExpExecArray,
  context: FormatContext,
): LogValues | null {
  const read: Values = { names: [], values: [], printed: {} };
  for (const { group, printed } of line.metrics) addValue(read, format, line, printed, found[group]);
  if (line.pairs) addPairs(read, format, line, found[line.pairs.group] ?? '');
  if (line.cells !== null && !addCells(read, format, line, found[line.cells] ?? '', context.columns ?? [])) return null;
  if (read.names.length === 0) return null;
  const step = makeStep(line.step, { found, numbers: line.numbers, printed: read.printed }, context);
  if (step === null) return null;
  const { names, values } = uncoverHidden(format, read);
  return { step, names: shareNames(line, names), values, line, isBorrowed: line.step.is === 'last' };
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
  if (isNamedByStep(line.step, printed)) read.printed[printed] = value;
  if (naming === null || !isNew(read.names, naming.name)) return true;
  read.names.push(naming.name);
  read.values.push(value);
  return true;
}

/** Whether the step may be made of the value that is printed under this name. */
export function isNamedByStep(rule: StepRule, printed: string): boolean {
  return rule.is === 'column' ? printed === rule.column : rule.is === 'progress' && printed === 'epoch';
}

/** Whether a metric of the name is to be added to those of the line. */
export function isNew(names: readonly string[], name: string): boolean {
  return name.length <= limits.metricNameLength && names.length < limits.metricNamesPerPoint && !names.includes(name);
}

export function parseValue(text: string, { times, unit, isDuration }: Naming): number | null {
  if (isDuration) return parseDuration(text);
  const number = parseNumber(unit !== '' && text.endsWith(unit) ? text.slice(0, -unit.length) : text);
  return number === null || times === 1 ? number : number * times;
}

/** The list of an earlier line when it is the same. */
export function shareNames({ lists }: CompiledLine, names: readonly string[]): readonly string[] {
  const isSame = (list: readonly string[]) =>
    list.length === names.length && names.every((name, index) => name === list[index]);
  const known = lists.find(isSame);
  if (!known && lists.push(names) > maxLists) lists.shift();
  return known ?? names;
}

/** Puts NaN where the trainer printed something else for a value, or left it out. */
export function uncoverHidden({ hidden }: CompiledFormat, read: { names: readonly string[]; values: number[] }) {
  let { names } = read;
  const { values } = read;
  const valueUnder = (name: string) => values[names.indexOf(name)];
  for (const { name, printed, not_finite: notFinite, positive } of hidden) {
    const value = valueUnder(name);
    if (value !== printed) continue;
    const isKnown =
      notFinite.some((other) => !Number.isFinite(valueUnder(other) ?? 0)) ||
      (positive ?? []).some((other) => (valueUnder(other) ?? 0) > 0);
    if (!isKnown) continue;
    if (value === undefined) names = [...names, name];
    values[value === undefined ? names.length - 1 : names.indexOf(name)] = Number.NaN;
  }
  return { names, values };
}
