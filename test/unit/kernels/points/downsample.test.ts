import { array, assert, constantFrom, double, integer, nat, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDownsampler, sketch, stretchSize } from '../../../../src/kernels/points/downsample.ts';

const value = oneof(
  double({ noNaN: true }),
  constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, 1),
);
const values = array(value, { minLength: 1, maxLength: 300 });

function downsample(given: number[], maxPoints: number, keepsAllLost: boolean, block: number | null = null) {
  const steps = given.map((_, i) => 2 * i);
  const sampler = createDownsampler({ total: given.length, maxPoints, keepsAllLost });
  if (block === null) sampler.points(steps, given);
  else {
    sampler.sketch(sketch(steps, given, block));
    const lost = steps.filter((_, i) => !Number.isFinite(given[i]));
    if (keepsAllLost)
      sampler.lost(
        lost,
        lost.map((step) => given[step / 2] as number),
      );
  }
  return sampler.finish();
}

const extremesOf = (given: number[]) => {
  const finite = given.filter(Number.isFinite);
  return finite.length === 0 ? [] : [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
};

describe('downsampling', () => {
  test('keeps points of the series only, in order, and the first, the last, both extremes and everything not finite among them', () => {
    assert(
      property(values, integer({ min: 10, max: 60 }), (given, maxPoints) => {
        const kept = downsample(given, maxPoints, true);
        expect(kept.values).toStrictEqual(kept.steps.map((step) => given[step / 2]));
        expect(kept.steps).toEqual([...new Set(kept.steps)].sort((a, b) => a - b));
        expect(kept.steps[0]).toBe(0);
        expect(kept.steps.at(-1)).toBe(2 * (given.length - 1));
        for (const extreme of extremesOf(given)) expect(kept.values.some((one) => one === extreme)).toBe(true);
        expect(kept.values.filter((one) => !Number.isFinite(one))).toStrictEqual(
          given.filter((one) => !Number.isFinite(one)),
        );
        expect(kept.values.filter(Number.isFinite).length).toBeLessThanOrEqual(maxPoints);
      }),
    );
  });

  test('keeps the first of each kind that is not finite in each stretch where there are too many', () => {
    const given = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? Number.NaN : i));
    const kept = downsample(given, 10, false);
    expect(kept.steps.length).toBeLessThanOrEqual(14);
    expect(kept.values.filter(Number.isNaN).length).toBe(2);
  });

  test('shows the same of sketches whose blocks fill its stretches as of the points', () => {
    assert(
      property(values, integer({ min: 10, max: 30 }), nat(3), (given, maxPoints, parts) => {
        const size = stretchSize({ total: given.length, maxPoints });
        const stretches = Math.floor(maxPoints / 5);
        const block = Math.max(1, Math.floor(size / (parts + 1)));
        const isAligned = given.length % stretches === 0 && size % block === 0;
        const [fromPoints, fromSketch] = [
          downsample(given, maxPoints, true),
          downsample(given, maxPoints, true, block),
        ];
        if (isAligned) expect(fromSketch).toStrictEqual(fromPoints);
        for (const extreme of extremesOf(given)) expect(fromSketch.values.some((one) => one === extreme)).toBe(true);
        expect(fromSketch.values).toStrictEqual(fromSketch.steps.map((step) => given[step / 2]));
        expect(fromSketch.steps[0]).toBe(0);
        expect(fromSketch.steps.at(-1)).toBe(2 * (given.length - 1));
      }),
    );
  });
});
