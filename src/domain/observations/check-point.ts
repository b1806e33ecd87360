// Judges one metric point as the caller sent it, so that a bad point is rejected by index and its neighbours are kept.
import { limits } from '../../contracts/limits.ts';
import { nonFiniteTokens } from '../../contracts/runs.ts';
import { parseRequestTime, requestTimeRule } from './request-time.ts';

/** A point fit to be stored: a name and a value per metric, in the order in which they came. */
export interface CheckedPoint {
  step: number;
  rank: number;
  /** When it was measured, Unix milliseconds. */
  at: number;
  names: readonly string[];
  values: number[];
}

export type PointVerdict = { kind: 'ok'; point: CheckedPoint } | { kind: 'rejected'; reason: string };

const tokens: ReadonlySet<unknown> = new Set(nonFiniteTokens);
/** Control characters, line separators and lone surrogates: nothing a metric's name can be read, stored or listed with. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/**
 * Checks a value of `points` against contracts/runs.ts MetricPoint. Bare NaN, Infinity and -Infinity of the body are strings by now; a
 * number that is not finite here was a literal too large for a 64-bit float (1e400) and is refused. `reason` names field and limit.
 * @param now when a point was measured that does not say it, Unix milliseconds
 * @param known names of a point that was accepted, mostly the one before: a point of the same names gets this very list, unread
 */
export function checkPoint(value: unknown, now: number, known: readonly string[]): PointVerdict {
  if (!isObject(value)) return rejected('a point must be an object {step, values, time?, rank?}');
  const { step, rank = 0, time, values } = value;
  if (!isCount(step, limits.maxStep)) return rejected(`step must be an integer from 0 to ${limits.maxStep}`);
  if (!isCount(rank, limits.maxRank)) return rejected(`rank must be an integer from 0 to ${limits.maxRank}`);
  const at = time === undefined || time === null ? now : parseRequestTime(time)?.getTime();
  if (at === undefined) return rejected(`time ${requestTimeRule}`);
  if (!isObject(values)) return rejected('values must be an object {name: number}');
  const names = Object.keys(values);
  const numbers: unknown[] = Object.values(values);
  if (names.length === 0) return rejected('values must name at least one metric');
  if (names.length > limits.metricNamesPerPoint)
    return rejected(`values may name at most ${limits.metricNamesPerPoint} metrics`);
  const areKnown = areSame(names, known);
  for (let i = 0; i < names.length; i++) {
    const [name, given] = [names[i] as string, numbers[i]];
    const problem = (areKnown ? null : nameProblem(name)) ?? valueProblem(given);
    if (problem !== null) return rejected(`values/${quote(name)} ${problem}`);
    if (typeof given !== 'number') numbers[i] = Number(given);
  }
  return { kind: 'ok', point: { step, rank, at, names: areKnown ? known : names, values: numbers as number[] } };
}

function areSame(names: readonly string[], known: readonly string[]): boolean {
  if (names.length !== known.length) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== known[i]) return false;
  return true;
}

function nameProblem(name: string): string | null {
  if (name.length === 0 || name.length > limits.metricNameLength)
    return `: a name must have 1 to ${limits.metricNameLength} characters`;
  if (name === '__proto__') return ': this name is not allowed';
  return unprintable.test(name) ? ': a name must be printable text' : null;
}

function valueProblem(value: unknown): string | null {
  if (Number.isFinite(value) || tokens.has(value)) return null;
  if (typeof value !== 'number') return 'must be a number or one of "NaN", "Infinity", "-Infinity"';
  return 'is too large for a 64-bit float (at most 1.8e308); send "Infinity" if it is infinite';
}

function isCount(value: unknown, maximum: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name in a message: short and printable. */
function quote(name: string): string {
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return shown.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '\uFFFD');
}

function rejected(reason: string): PointVerdict {
  return { kind: 'rejected', reason };
}
