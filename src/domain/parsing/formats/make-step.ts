// From what a line prints to the run's global step. Each format says which rule holds (contracts/log-format.ts StepRule).

import { limits } from '../../../contracts/limits.ts';
import type { StepRule } from '../../../contracts/log-format.ts';

/** What a format remembers of one rank's lines; JSON-safe, bounded. */
export interface FormatContext {
  /** Step of the last line that had one of its own; null before. */
  step: number | null;
  /** Numbers by the name of their group, and those from which `learned` steps are made. */
  numbers: Record<string, number>;
  /** Columns of the last header. */
  columns: string[] | null;
}

export function emptyContext(): FormatContext {
  return { step: null, numbers: {}, columns: null };
}

/** What the line itself says: numbers of its groups, and its values by printed name. */
export interface StepParts {
  number(name: string): number | undefined;
  value(name: string): number | undefined;
}

/** The step of a line, null when there is none; what later steps depend on is noted in `context`. */
export function makeStep(rule: StepRule, parts: StepParts, context: FormatContext): number | null {
  const step = compute(rule, parts, context);
  if (!Number.isSafeInteger(step) || step < 0 || step > limits.maxStep) return null;
  if (rule.is !== 'last') context.step = step;
  return step;
}

function compute(rule: StepRule, parts: StepParts, context: FormatContext): number {
  const number = (name: string) => parts.number(name) ?? context.numbers[name] ?? Number.NaN;
  if (rule.is === 'epochs') return (number('epoch') - rule.from) * number('iterations') + number('iteration');
  if (rule.is === 'column') return parts.value(rule.column) ?? Number.NaN;
  if (rule.is === 'learned') return learn(number('epoch'), number('iteration'), context);
  if (rule.is === 'progress') return followProgress(parts, context);
  if (rule.is === 'last') return context.step ?? 0;
  return rule.is === 'next' ? (context.step ?? 0) + 1 : number(rule.is);
}

/**
 * `base` is the steps of the epochs before, `longest` the largest iteration seen in any of them. A trainer that counts iterations over all
 * epochs goes on counting where an epoch begins, and needs no base.
 */
function learn(epoch: number, iteration: number, { numbers }: FormatContext): number {
  const before = numbers.epoch ?? epoch;
  const longest = numbers.longest ?? 0;
  const epochs = iteration > longest ? Math.min(0, epoch - before) : epoch - before;
  numbers.base = Math.max(0, (numbers.base ?? 0) + epochs * longest);
  numbers.epoch = epoch;
  numbers.longest = Math.max(longest, iteration);
  return numbers.base + iteration;
}

/** A bar may lag behind the line that it frames, so a step is at least one more than the one before. */
function followProgress(parts: StepParts, { step, numbers }: FormatContext): number {
  const next = (step ?? 0) + 1;
  const epoch = parts.value('epoch');
  const byEpoch = ((epoch ?? Number.NaN) * (numbers.total ?? Number.NaN)) / (numbers.epochs ?? Number.NaN);
  const known = numbers.progress ?? (Number.isFinite(byEpoch) ? Math.round(byEpoch) : next);
  return Math.max(known, next);
}
