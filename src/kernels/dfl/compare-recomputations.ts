// Says whether a backend gave what the reference gives: counts, extremes and offenders equal, sums within the stated tolerance.
import type { DflRecomputation } from '../../contracts/dfl.ts';
import { type DflInput, toleranceFor } from './contract.ts';
import { recomputeReference } from './reference.ts';

/**
 * The first difference from the reference in words, or null. A sum may differ by absolute + relative * the sum of its terms' magnitudes,
 * since weights may be negative; a null must be a null.
 */
export function findDifference(actual: DflRecomputation, input: DflInput): string | null {
  const expected = recomputeReference(input);
  const magnitudes = recomputeReference({ ...input, weight: input.weight?.map(Math.abs) ?? null });
  const tolerance = toleranceFor(input);
  for (const key of Object.keys(expected) as (keyof DflRecomputation)[]) {
    const same = isSum(key)
      ? isClose(actual[key], expected[key], tolerance.absolute + tolerance.relative * (magnitudes[key] ?? 0))
      : isEqual(actual[key], expected[key]);
    if (!same) return `${key} is ${JSON.stringify(actual[key])}, expected ${JSON.stringify(expected[key])}`;
  }
  return null;
}

const sums = ['lossDfl', 'lossDflValid', 'entropyMean', 'weightSum'] as const;

function isSum(key: keyof DflRecomputation): key is (typeof sums)[number] {
  return (sums as readonly string[]).includes(key);
}

function isClose(actual: number | null, expected: number | null, tolerance: number): boolean {
  if (actual === null || expected === null) return actual === expected;
  return Math.abs(actual - expected) <= tolerance;
}

/** Deep equality of numbers, arrays and plain objects; NaN equals NaN and 0 equals -0. */
function isEqual(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number')
    return actual === expected || (Number.isNaN(actual) && Number.isNaN(expected));
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null)
    return actual === expected;
  const keys = Object.keys(expected);
  if (Object.keys(actual).length !== keys.length) return false;
  return keys.every((key) =>
    isEqual((actual as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]),
  );
}
