// The reference against figures worked out elsewhere, and against the formula written in another way.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Formulation } from '../../../../src/contracts/capture.ts';
import type { DflInput } from '../../../../src/kernels/dfl/contract.ts';
import { distributionFocalLoss, recomputeReference } from '../../../../src/kernels/dfl/reference.ts';
import {
  anyInput,
  inFloat32,
  oneDistribution,
  under,
  workedExamples,
} from '../../../conformance/kernels/dfl-inputs.ts';

const floorFromZero = { lo: 0, rounding: 'floor' } as const;

describe('recomputeReference', () => {
  it.each(workedExamples)('computes example $name', ({ input, loss }) => {
    expect(Math.abs((recomputeReference(input).lossDfl as number) - loss)).toBeLessThanOrEqual(1e-12);
  });

  it('gives the per-positive means of example E', () => {
    const example = workedExamples.find(({ name }) => name.startsWith('E')) as { input: DflInput };
    const { predDist, target } = example.input;
    const sides = Array.from(target, (t, at) =>
      distributionFocalLoss(Array.from(predDist.subarray(at * 5, at * 5 + 5)), t, floorFromZero),
    );
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / 4;
    expect(mean(sides.slice(0, 4))).toBeCloseTo(1.9520808829414529, 14);
    expect(mean(sides.slice(4))).toBeCloseTo(2.1573723576058077, 14);
  });

  it('agrees with the loss as cross entropy of a soft label on log-softmax', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const expected = softLabelLoss(input);
        const { lossDfl, lossDflValid } = recomputeReference(input);
        if (Number.isFinite(expected)) {
          expect(Math.abs((lossDfl as number) - expected)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(expected)));
          expect(lossDflValid).toBe(lossDfl);
        } else {
          expect(lossDfl).toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });

  it('lies between the entropy of the two-bin label and max - min + ln K', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (logits, share) => {
          const target = share * (logits.length - 1);
          const wr = target - Math.floor(target);
          const least = [wr, 1 - wr].reduce((total, p) => total - (p > 0 ? p * Math.log(p) : 0), 0);
          const loss = distributionFocalLoss(logits, target, floorFromZero);
          expect(loss).toBeGreaterThanOrEqual(least - 1e-12);
          expect(loss).toBeLessThanOrEqual(Math.max(...logits) - Math.min(...logits) + Math.log(logits.length) + 1e-12);
        },
      ),
    );
  });

  it('counts both edges of the range as the contract says', () => {
    const input = { ...oneDistribution(new Array(17).fill(0), 0), positives: 2, predDist: new Float32Array(136) };
    const result = recomputeReference({
      ...input,
      target: Float32Array.of(0, -1e-7, 16, 15.9999, 15.99, Number.NaN, 460, -37),
    });
    expect(result).toMatchObject({ belowRange: 2, aboveRange: 2, nonFiniteTargets: 1, atLowerClip: 1, atUpperClip: 1 });
    expect(result).toMatchObject({ lossDfl: null, targetMin: -37, targetMax: 460, distributions: 8 });
    expect(result.lossDflValid).toBeCloseTo((3 * Math.log(17)) / 4, 14);
    expect(result.binHistogram).toEqual([1, ...new Array(14).fill(0), 2, 0]);
    expect(result.offenders.map(({ row, side, target }) => [row, side, target])).toEqual([
      [1, 1, Number.NaN],
      [1, 2, 460],
      [1, 3, -37],
      [0, 1, Math.fround(-1e-7)],
      [0, 2, 16],
    ]);
  });

  it('finds the upper clip of each formulation in float32', () => {
    const atClip = (formulation: Formulation, target: number) =>
      recomputeReference(under(formulation, inFloat32(oneDistribution(new Array(17).fill(0), target)))).atUpperClip;
    expect([atClip('ppyoloe', 15.99), atClip('ultralytics', 15.99), atClip('gfl', 15.9)]).toEqual([4, 4, 4]);
    expect([atClip('ppyoloe', 15.9), atClip('ultralytics', 15.98), atClip('gfl', 15.99)]).toEqual([0, 0, 0]);
  });

  it('leaves a distribution with a non-finite logit out of the valid loss and the entropy, and counts each such logit', () => {
    const input = oneDistribution(new Array(4).fill(0), 1.5);
    input.predDist.set([Number.NaN, Number.NEGATIVE_INFINITY], 4);
    const result = recomputeReference(input);
    expect(result).toMatchObject({ lossDfl: null, nonFiniteLogits: 2, offenders: [], aboveRange: 0 });
    expect(result.lossDflValid).toBeCloseTo((3 * Math.log(4)) / 4, 14);
    expect(result.entropyMean).toBeCloseTo(Math.log(4), 14);
  });

  it('leaves a row with a non-finite weight out of the valid loss and counts it', () => {
    const one = oneDistribution(new Array(4).fill(0), 1.5);
    const two = { ...one, positives: 2, predDist: new Float32Array(32), target: new Float32Array(8).fill(1.5) };
    const result = recomputeReference({ ...two, weight: Float32Array.of(Number.NaN, 0.5) });
    expect(result).toMatchObject({ lossDfl: null, nonFiniteWeights: 1, nonFiniteLogits: 0, nonFiniteTargets: 0 });
    expect(result.lossDflValid).toBeCloseTo(0.5 * Math.log(4), 14);
  });

  it('gives nulls where nothing finite is left', () => {
    const result = recomputeReference(oneDistribution(new Array(4).fill(Number.NaN), Number.POSITIVE_INFINITY));
    expect(result).toMatchObject({
      lossDfl: null,
      lossDflValid: 0,
      targetMin: null,
      targetMax: null,
      entropyMean: null,
      nonFiniteLogits: 16,
    });
  });

  it('gives the entropy of a known distribution', () => {
    const probabilities = [0.5, 0.25, 0.125, 0.125];
    const { entropyMean } = recomputeReference(oneDistribution(probabilities.map(Math.log), 0));
    expect(entropyMean).toBeCloseTo(1.75 * Math.LN2, 14);
  });
});

/**
 * Whole-capture loss written independently: cross entropy -sum_k y_k logp_k of the label y that has the mass 1 - f at bin l and f at
 * bin l + 1, f = t - l, averaged over sides first. NaN where the trainer's loss would raise or not be finite.
 */
function softLabelLoss({ positives, sides, bins, lo, rounding, divisor, predDist, target, weight }: DflInput): number {
  let total = 0;
  for (let i = 0; i < positives; i++) {
    let mean = 0;
    for (let side = 0; side < sides; side++) {
      const at = sides * i + side;
      const logits = [...predDist.slice(at * bins, (at + 1) * bins)];
      const t = target[at] as number;
      if (!(t >= lo && t < lo + bins - 1) || !logits.every(Number.isFinite)) return Number.NaN;
      const shift = logits.reduce((a, b) => Math.max(a, b));
      const logSum = Math.log(logits.reduce((s, z) => s + Math.exp(z - shift), 0));
      const left = t < 0 && rounding === 'truncate' ? Math.ceil(t) : Math.floor(t);
      const label = new Array<number>(bins).fill(0);
      label[left - lo] = 1 - (t - left);
      label[left - lo + 1] = t - left;
      for (const [k, y] of label.entries()) if (y !== 0) mean -= (y * ((logits[k] as number) - shift - logSum)) / sides;
    }
    total += mean * (weight ? (weight[i] as number) : 1);
  }
  return total / divisor;
}
