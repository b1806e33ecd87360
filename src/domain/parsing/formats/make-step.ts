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

/** What the line itself says. */
export interface StepParts {
  found: RegExpExecArray;
  /** Groups of `found` that are numbers. */
  numbers: readonly { group: number; name: string }[];
  /** Values by printed name, for the rules that name one. */
  printed: Readonly<Record<string, number>>;
}

/** The step of a line, null when there is none; what later steps depend on is noted in `context`. */
export function makeStep(rule: StepRule, parts: StepParts, context: FormatContext): number | null {
  const step = compute(rule, parts, context);
  if (!Number.isSafeInteger(step) || step < 0 || step > limits.maxStep) return null;
  if (rule.is !== 'last') context.step = step;
  return step;
}

function compute(rule: StepRule, parts: StepParts, context: FormatContext): number {
  if (rule.is === 'epochs') {
    const epoch = numberOf('epoch', parts, context);
    const epochs = Number.isNaN(epoch) ? 0 : epoch - rule.from;
    return epochs * numberOf('iterations', parts, context) + numberOf('iteration', parts, context);
  }
  if (rule.is === 'column') return parts.printed[rule.column] ?? Number.NaN;
  if (rule.is === 'learned')
    return learn(numberOf('epoch', parts, context), numberOf('iteration', parts, context), context);
  if (rule.is === 'progress') return followProgress(parts, context);
  if (rule.is === 'last') return context.step ?? 0;
  return rule.is === 'next' ? (context.step ?? 0) + 1 : numberOf(rule.is, parts, context);
}

/** What the line says, else what was remembered; NaN when neither does. */
function numberOf(wanted: string, { found, numbers }: StepParts, context: FormatContext): number {
  for (const { group, name } of numbers) {
    const text = name === wanted ? found[group] : undefined;
    if (text !== undefined) return Number(text);
  }
  return context.numbers[wanted] ?? Number.NaN;
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
  const epoch = parts.printed.epoch;
  const byEpoch = ((epoch ?? Number.NaN) * (numbers.total ?? Number.NaN)) / (numbers.epochs ?? Number.NaN);
  const known = numbers.progress ?? (Number.isFinite(byEpoch) ? Math.round(byEpoch) : next);
  return Math.max(known, next);
}
