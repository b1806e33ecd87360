// Says whether a backend gave what the reference gives: counts, extremes and offenders equal, sums within the stated tolerance.
import type { DflRecomputation } from '../../contracts/dfl.ts';
import { type DflInput, toleranceFor } from './contract.ts';
import { recomputeReference } from './reference.ts';

/**
 * The first difference from the reference in words, or null. A sum may differ by absolute + relative * the sum of its terms' magnitudes,
 * since terms may be negative (weights; the integer cast of negative targets); a null must be a null.
 */
export function findDifference(actual: DflRecomputation, input: DflInput): string | null {
  const expected = recomputeReference(input);
  const magnitudes = { ...expected, ...magnitudesOf(input) };
  const tolerance = toleranceFor(input);
  for (const key of Object.keys(expected) as (keyof DflRecomputation)[]) {
    const same = isSum(key)
      ? isClose(actual[key], expected[key], tolerance.absolute + tolerance.relative * Math.abs(magnitudes[key] ?? 0))
      : isEqual(actual[key], expected[key]);
    if (!same) return `${key} is ${JSON.stringify(actual[key])}, expected ${JSON.stringify(expected[key])}`;
  }
  return null;
}

/** The sums as they would be if every sound side and every weight added its magnitude. */
function magnitudesOf(input: DflInput): Pick<DflRecomputation, 'lossDfl' | 'lossDflValid' | 'weightSum'> {
  const single = { ...input, positives: 1, group: null, groups: 1 };
  let weightSum = 0;
  let loss = 0;
  for (let row = 0; row < input.positives; row++) {
    const weight = Math.abs(input.weight?.[row] ?? 1);
    if (!Number.isFinite(weight)) continue;
    weightSum += weight;
    for (let at = row * input.sides; at < (row + 1) * input.sides; at++) {
      const { lossDflValid } = recomputeReference({
        ...single,
        sides: 1,
        predDist: input.predDist.subarray(at * input.bins, (at + 1) * input.bins),
        target: input.target.subarray(at, at + 1),
        weight: null,
      });
      loss += (weight * Math.abs(lossDflValid ?? 0)) / input.sides;
    }
  }
  return { lossDfl: loss, lossDflValid: loss, weightSum };
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
