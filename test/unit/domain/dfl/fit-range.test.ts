import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../../src/contracts/limits.ts';
import { fitRange } from '../../../../src/domain/dfl/fit-range.ts';
import { lossRuleOf } from '../../../../src/kernels/dfl/loss-rule.ts';
import { recomputeReference } from '../../../../src/kernels/dfl/reference.ts';

/** Targets [P,4] clipped as a PP-YOLOE head of [lo, hi) clips them, measured by the reference. */
function measureFit(distances: readonly number[], [lo, hi]: [number, number] = [0, 17]) {
  const bins = hi - lo;
  const positives = distances.length / 4;
  const clipped = distances.map((t) => Math.min(Math.max(t, lo), hi - 1 - 0.01));
  const measured = recomputeReference({
    ...lossRuleOf('ppyoloe', { positives, hi, normalizer: 1 }),
    positives,
    bins,
    lo,
    predDist: new Float64Array(positives * 4 * bins),
    target: Float64Array.from(clipped),
    weight: null,
    group: null,
    groups: 1,
  });
  return fitRange(measured, { bins, regRange: { lo, hi }, positives });
}

/** n quantiles of an exponential distribution of the given mean: their 99.9th percentile is mean * ln(1000). */
const exponential = (n: number, mean: number) =>
  Array.from({ length: n }, (_, i) => -mean * Math.log(1 - (i + 0.5) / n));

describe('fitRange', () => {
  it('finds that a range fits when nearly all targets are inside', () => {
    expect(measureFit(Array.from({ length: 4000 }, (_, i) => (i % 1500) / 100))).toMatchObject({
      verdict: 'fits',
      smallest: { lo: 0, hi: 16 },
      censored: false,
      cost: null,
    });
  });

  it('gives the range that the 99.9th percentile itself needs', () => {
    // 1 of 1000 may lie beyond: 4 of 4000 at 14.5 do not count, 5 do.
    const base = Array.from({ length: 4000 }, (_, i) => 3 + (i % 10) / 10);
    expect(measureFit([...base.slice(4), ...Array(4).fill(14.5)]).smallest).toEqual({ lo: 0, hi: 5 });
    expect(measureFit([...base.slice(5), ...Array(5).fill(14.5)]).smallest).toEqual({ lo: 0, hi: 16 });
  });

  it('estimates the range of clipped targets from their tail, and says so', () => {
    const mean = 8;
    const found = measureFit(exponential(4000, mean));
    expect(found).toMatchObject({ verdict: 'too-narrow', censored: true, estimated: true });
    expect(found.clipRate.upper).toBeCloseTo(Math.exp(-15.99 / mean), 2);
    const needed = mean * Math.log(1000) + 2;
    expect(found.smallest?.hi).toBeGreaterThan(0.85 * needed);
    expect(found.smallest?.hi).toBeLessThan(1.15 * needed);
    const bins = found.smallest?.hi ?? 0;
    expect(found.cost).toEqual({
      extraBins: bins - 17,
      channels: { now: 68, after: 4 * bins },
      percent: expect.closeTo(100 * (bins / 17 - 1), 1),
    });
  });

  it('suggests nothing where all targets are clipped, or where no head could have the bins', () => {
    expect(measureFit(Array(400).fill(1000))).toMatchObject({ verdict: 'too-narrow', smallest: null, cost: null });
    const flat = [...Array(3990).fill(1000), ...Array(10).fill(13)];
    expect(measureFit(flat)).toMatchObject({ verdict: 'too-narrow', smallest: null });
  });

  it('suggests a narrower range only when half of the bins are idle, and targets are many', () => {
    const narrow = (n: number) => Array.from({ length: n }, (_, i) => (i % 50) / 10);
    expect(measureFit(narrow(4000))).toMatchObject({
      verdict: 'too-wide',
      smallest: { lo: 0, hi: 6 },
      cost: { extraBins: -11, channels: { now: 68, after: 24 }, percent: -64.7 },
    });
    expect(measureFit(narrow(400)).verdict).toBe('fits');
  });

  it('suggests no range for an angle', () => {
    const measured = recomputeReference({
      ...lossRuleOf('ppyoloe-r', { positives: 50, hi: 91, normalizer: 1 }),
      positives: 50,
      bins: 91,
      lo: 0,
      predDist: new Float64Array(50 * 91),
      target: new Float64Array(50).fill(89.99),
      weight: null,
      group: null,
      groups: 1,
    });
    expect(fitRange(measured, { bins: 91, regRange: { lo: 0, hi: 91 }, positives: 50 })).toMatchObject({
      verdict: 'unknown',
      smallest: null,
      clipRate: { upper: 1 },
    });
  });

  it('always suggests a range that holds 99.9 % of targets that are not censored', () => {
    const distances = fc.array(fc.double({ min: -2, max: 15.9, noNaN: true }), { minLength: 8, maxLength: 400 });
    fc.assert(
      fc.property(distances, (all) => {
        const used = all.slice(0, all.length - (all.length % 4));
        const { smallest, censored } = measureFit(used, [-3, 18]);
        expect(censored).toBe(false);
        if (!smallest) throw new Error('no range');
        const inside = used.filter((t) => t >= smallest.lo && t < smallest.hi - 1).length;
        expect(used.length - inside).toBeLessThanOrEqual(2 * Math.floor(0.001 * used.length));
        expect(smallest.hi - smallest.lo).toBeLessThanOrEqual(limits.maxBins);
      }),
    );
  });
});
