// Curves as they are drawn: gaps, marks, smoothing, envelopes, and what the chart is told of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelopeOf, isDrawable, marksOf, smooth, summariseCurve } from '../../../web/src/charts/series-data.ts';

const curve = (values: number[]) => ({ steps: values.map((_, index) => index * 10), values });

describe('marksOf', () => {
  it('marks NaN and infinities where they are, by the way they point', () => {
    expect(marksOf(curve([1, Number.NaN, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY]))).toEqual([
      { step: 10, kind: 'nan' },
      { step: 20, kind: 'up' },
      { step: 40, kind: 'down' },
    ]);
  });
});

describe('smooth', () => {
  it('changes nothing without weight', () => {
    expect(smooth([3, Number.NaN, 5], 0)).toEqual([3, Number.NaN, 5]);
  });

  it('begins at the first value, not at zero', () => {
    expect(smooth([8, 8, 8], 0.9)).toEqual([8, 8, 8].map((value) => expect.closeTo(value, 9)));
  });

  it('keeps values that are not finite and smooths past them', () => {
    const smoothed = smooth([4, Number.NaN, 4, Number.POSITIVE_INFINITY, 4], 0.5);
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[3]).toBe(Number.POSITIVE_INFINITY);
    expect(smoothed[4]).toBeCloseTo(4, 9);
  });

  it('stays between the lowest and the highest value', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (given, weight) => {
        for (const value of smooth(given, weight)) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...given) - 1e-3);
          expect(value).toBeLessThanOrEqual(Math.max(...given) + 1e-3);
        }
      }),
    );
  });
});

describe('envelopeOf', () => {
  it('keeps a spike of one step in the stretch it belongs to', () => {
    const values = Array.from({ length: 1000 }, (_, index) => (index === 555 ? 99 : 1));
    const envelope = envelopeOf({ steps: values.map((_, index) => index), values }, 10);
    expect(envelope.steps).toHaveLength(10);
    expect(envelope.high.filter((value) => value === 99)).toHaveLength(1);
    expect(envelope.high[5]).toBe(99);
    expect(envelope.middle[5]).toBe(1);
    expect(envelope.low.every((value) => value === 1)).toBe(true);
  });

  it('leaves out stretches without a finite value', () => {
    const envelope = envelopeOf({ steps: [0, 1, 2, 3], values: [1, Number.NaN, Number.NaN, 2] }, 4);
    expect(envelope.steps).toEqual([0, 3]);
  });

  it('holds every finite value, whatever the curve', () => {
    const points = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 80 }).chain((steps) =>
      fc.record({
        steps: fc.constant([...steps].sort((a, b) => a - b)),
        values: fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constant(Number.NaN)), {
          minLength: steps.length,
          maxLength: steps.length,
        }),
      }),
    );
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 40 }), (given, stretches) => {
        const { low, high } = envelopeOf(given, stretches);
        const finite = given.values.filter(Number.isFinite);
        expect(low.length).toBeLessThanOrEqual(stretches + 1);
        if (finite.length > 0) {
          expect(Math.min(...low)).toBe(Math.min(...finite));
          expect(Math.max(...high)).toBe(Math.max(...finite));
        }
      }),
    );
  });
});

describe('summariseCurve', () => {
  it('tells the last, lowest and highest point and counts what is not finite', () => {
    expect(summariseCurve(curve([3, Number.NaN, 1, Number.POSITIVE_INFINITY, 2]))).toEqual({
      points: 5,
      last: { step: 40, value: 2 },
      lowest: { step: 20, value: 1 },
      highest: { step: 0, value: 3 },
      nan: 1,
      infinite: 1,
    });
  });

  it('tells a NaN as the last point when the run ended with it', () => {
    expect(summariseCurve(curve([3, Number.NaN])).last).toEqual({ step: 10, value: Number.NaN });
  });
});

describe('isDrawable', () => {
  it.each([
    [1, false, true],
    [-1, false, true],
    [-1, true, false],
    [0, true, false],
    [Number.NaN, false, false],
    [Number.POSITIVE_INFINITY, true, false],
  ])('%d on a logarithmic axis (%s): %s', (value, logScale, expected) => {
    expect(isDrawable(value, logScale)).toBe(expected);
  });
});
