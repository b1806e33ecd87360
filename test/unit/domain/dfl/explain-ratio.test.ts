import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLoss, lossTolerance } from '../../../../src/domain/dfl/compare-loss.ts';
import { explainRatio, type RatioFacts } from '../../../../src/domain/dfl/explain-ratio.ts';

const facts: RatioFacts = {
  formulation: 'ppyoloe',
  positives: 90,
  sides: 4,
  divisor: 37.5,
  normalizer: 37.5,
  normalizerGiven: true,
  weightSum: 22,
  images: 7,
  worldSize: 3,
};
const tolerance = lossTolerance('F32', 0);
const reasonsOf = (ratio: number, parts: Partial<RatioFacts> = {}) =>
  explainRatio(ratio, { ...facts, ...parts }, tolerance).map(({ reason }) => reason);

describe('explainRatio', () => {
  it.each<[string, number, Partial<RatioFacts>, string[]]>([
    ['S left out', 37.5, {}, ['not-divided']],
    ['S divided by twice', 1 / 37.5, {}, ['divided-twice']],
    ['an S below 1 that was not clipped', 1 / 0.3, { normalizer: 0.3, divisor: 1 }, ['normalizer-not-clipped']],
    ['the sum of the weights instead of S', 37.5 / 22, {}, ['divided-by-weights']],
    ['a capture without S', 1 / 22, { normalizer: 1, divisor: 1, normalizerGiven: false }, ['divided-by-weights']],
    ['the number of positives instead of S', 37.5 / 90, {}, ['divided-by-positives']],
    ['a loss summed over ranks', 3, {}, ['summed-over-ranks']],
    ['an S summed over ranks', 1 / 3, {}, ['normalizer-summed-over-ranks']],
    ['a sum over the sides', 4, {}, ['summed-over-sides']],
    ['a mean over the sides taken twice', 0.25, {}, ['averaged-twice', 'weight-applied']],
    ['the loss weight of mmyolo', 0.5, {}, ['weight-applied']],
    ['the gain of Ultralytics', 1.5, { formulation: 'ultralytics' }, ['weight-applied']],
    ['the loss weight of GFL', 0.25, { formulation: 'gfl' }, ['weight-applied', 'averaged-twice']],
    ['an auxiliary head', 2, {}, ['auxiliary-head']],
    ['an auxiliary head or two ranks', 2, { worldSize: 2 }, ['summed-over-ranks', 'auxiliary-head']],
    ['four ranks or four sides', 4, { worldSize: 4 }, ['summed-over-ranks', 'summed-over-sides']],
    ['the batch size', 7, {}, ['times-batch-size']],
    ['the weight of the angle', 0.05, { formulation: 'ppyoloe-r', sides: 1 }, ['weight-applied']],
    ['nothing of this', 1.234, {}, []],
    ['a negative ratio', -37.5, {}, []],
  ])('names %s', (_, ratio, parts, reasons) => {
    expect(reasonsOf(ratio, parts)).toEqual(reasons);
  });

  it('does not take an angle for four sides', () => {
    expect(reasonsOf(4, { formulation: 'ppyoloe-r', sides: 1 })).toEqual([]);
  });

  it('calls a ratio near 2 an auxiliary head only roughly, and only when nothing else fits', () => {
    expect(explainRatio(1.9, facts, tolerance)).toMatchObject([{ reason: 'auxiliary-head', approximate: true }]);
    expect(reasonsOf(1.9, { worldSize: null, images: null, weightSum: 37.5 / 1.9 })).toEqual(['divided-by-weights']);
    expect(reasonsOf(1.7)).toEqual([]);
  });

  it('takes no divisor that would change nothing for an explanation', () => {
    expect(reasonsOf(1.003, { divisor: 1.003, normalizer: 1.003, weightSum: 1, worldSize: 1 })).toEqual([]);
  });

  it('always lists the planted divisor, likeliest first', () => {
    const positive = fc.double({ min: 1.5, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(positive, (divisor) => {
        const found = explainRatio(divisor, { ...facts, divisor, normalizer: divisor }, tolerance);
        expect(found.map(({ reason }) => reason)).toContain('not-divided');
        expect(found.map(({ likelihood }) => likelihood)).toEqual(
          found.map(({ likelihood }) => likelihood).sort((a, b) => b - a),
        );
      }),
    );
  });
});

describe('lossTolerance', () => {
  it.each([
    ['F64', 1e-5],
    ['F32', 1e-4],
    ['F16', 1e-2],
    ['BF16', 1e-2],
  ] as const)('fits %s', (precision, relative) => {
    const within = compareLoss(2.5 * (1 + 0.9 * relative), 2.5, lossTolerance(precision, 0));
    const beyond = compareLoss(2.5 * (1 + 1.1 * relative), 2.5, lossTolerance(precision, 0));
    expect([within.mismatch, beyond.mismatch]).toEqual([false, true]);
  });

  it('leaves room for the decimals that were not printed', () => {
    expect(compareLoss(2.83, 2.8332133, lossTolerance('F64', 0.005)).mismatch).toBe(false);
    expect(compareLoss(2.83, 2.836, lossTolerance('F64', 0.005)).mismatch).toBe(true);
    expect(compareLoss(2.83, 2.8332133, lossTolerance('F64', 0)).mismatch).toBe(true);
  });

  it('compares nothing that is missing, and takes NaN beside a finite loss for a mismatch', () => {
    expect(compareLoss(null, 1, tolerance)).toMatchObject({ mismatch: false, ratio: null });
    expect(compareLoss(1, null, tolerance)).toMatchObject({ mismatch: false, relativeDifference: null });
    expect(compareLoss(Number.NaN, 1, tolerance)).toMatchObject({ mismatch: true, ratio: null });
    expect(compareLoss(0.5, 0, tolerance)).toMatchObject({ mismatch: true, ratio: null, relativeDifference: 5e5 });
  });
});
