// Judges one metric point as the caller sent it, so that a bad point is rejected by index and its neighbours are kept.
import { limits } from '../../contracts/limits.ts';
import { nonFiniteTokens } from '../../contracts/runs.ts';
import { parseRequestTime, requestTimeRule } from './request-time.ts';

/** A point fit to be stored: one entry of `values` per metric. */
export interface CheckedPoint {
  step: number;
  rank: number;
  /** When the caller says it was measured; null when it does not say. */
  time: Date | null;
  values: [name: string, value: number][];
}

export type PointVerdict = { kind: 'ok'; point: CheckedPoint } | { kind: 'rejected'; reason: string };

const tokens: ReadonlySet<unknown> = new Set(nonFiniteTokens);
/** Control characters, line separators and lone surrogates: nothing a metric's name can be read, stored or listed with. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/**
 * Checks a value of `points` against contracts/runs.ts MetricPoint. Bare NaN, Infinity and -Infinity of the body are strings by now; a
 * number that is not finite here was a literal too large for a 64-bit float (1e400) and is refused. `reason` names field and limit.
 */
export function checkPoint(value: unknown): PointVerdict {
  if (!isObject(value)) return rejected('a point must be an object {step, values, time?, rank?}');
  const { step, rank = 0, time, values } = value;
  if (!isCount(step, limits.maxStep)) return rejected(`step must be an integer from 0 to ${limits.maxStep}`);
  if (!isCount(rank, limits.maxRank)) return rejected(`rank must be an integer from 0 to ${limits.maxRank}`);
  const at = time === undefined || time === null ? null : parseRequestTime(time);
  if (at === null && time !== undefined && time !== null) return rejected(`time ${requestTimeRule}`);
  if (!isObject(values)) return rejected('values must be an object {name: number}');
  const entries = Object.entries(values);
  if (entries.length === 0) return rejected('values must name at least one metric');
  if (entries.length > limits.metricNamesPerPoint)
    return rejected(`values may name at most ${limits.metricNamesPerPoint} metrics`);
  const checked: [string, number][] = [];
  for (const [name, given] of entries) {
    const problem = nameProblem(name) ?? valueProblem(given);
    if (problem !== null) return rejected(`values/${quote(name)} ${problem}`);
    checked.push([name, Number(given)]);
  }
  return { kind: 'ok', point: { step, rank, time: at, values: checked } };
}

function nameProblem(name: string): string | null {
  if (name.length === 0 || name.length > limits.metricNameLength)
    return `: a name must have 1 to ${limits.metricNameLength} characters`;
  if (name === '__proto__') return ': this name is not allowed';
  return unprintable.test(name) ? ': a name must be printable text' : null;
}

function valueProblem(value: unknown): string | null {
  if (tokens.has(value)) return null;
  if (typeof value !== 'number') return 'must be a number or one of "NaN", "Infinity", "-Infinity"';
  return Number.isFinite(value)
    ? null
    : 'is too large for a 64-bit float (at most 1.8e308); send "Infinity" if it is infinite';
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
