// Says whether a backend gave what the reference gives: counts, extremes and offenders equal, sums within the stated tolerance.
import type { DflRecomputation } from './contract.ts';

const sums = ['lossDfl', 'lossDflValid', 'entropyMean'] as const;

/** The first difference in words, or null. A sum may differ by absolute + relative * |expected|; a null must be a null. */
export function findDifference(
  actual: DflRecomputation,
  expected: DflRecomputation,
  tolerance: { relative: number; absolute: number },
): string | null {
  for (const key of Object.keys(expected) as (keyof DflRecomputation)[]) {
    const isSum = (sums as readonly string[]).includes(key);
    const same = isSum ? isClose(actual[key], expected[key], tolerance) : isEqual(actual[key], expected[key]);
    if (!same) return `${key} is ${JSON.stringify(actual[key])}, expected ${JSON.stringify(expected[key])}`;
  }
  return null;
}

function isClose(actual: unknown, expected: unknown, tolerance: { relative: number; absolute: number }): boolean {
  if (typeof actual !== 'number' || typeof expected !== 'number') return actual === expected;
  return Math.abs(actual - expected) <= tolerance.absolute + tolerance.relative * Math.abs(expected);
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
