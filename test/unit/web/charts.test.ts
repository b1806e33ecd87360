import { describe, expect, it } from 'vitest';
import { heatLevel } from '../../../web/src/charts/heat.ts';
import { chooseScale, linearScale, roundTicks, wholeTicks } from '../../../web/src/charts/scale.ts';
import { brokenStretches, linePath, nearestPoint, toNumbers } from '../../../web/src/charts/series.ts';

describe('a scale', () => {
  it('is linear for values of one size and logarithmic for those that explode', () => {
    expect(chooseScale([1.2, 2.4, 3], 100, 0).kind).toBe('linear');
    expect(chooseScale([2.8, 3.1, 9_111_470], 100, 0).kind).toBe('log');
    expect(chooseScale([0, 2.8, 9_111_470], 100, 0).kind, 'zero has no logarithm').toBe('linear');
  });

  it('keeps every finite value between its ends, whatever else there is', () => {
    const values = [Number.NaN, 3, Number.POSITIVE_INFINITY, 700, 1];
    const scale = chooseScale(values, 200, 10);
    for (const value of [1, 3, 700]) {
      expect(scale.place(value)).toBeGreaterThan(10);
      expect(scale.place(value)).toBeLessThan(200);
    }
    expect(scale.place(700)).toBeLessThan(scale.place(1));
  });

  it('draws something for no value, one value, and values that are all the same', () => {
    for (const values of [[], [Number.NaN], [4], [4, 4], [0], [-2]]) {
      const scale = chooseScale(values, 100, 0);
      expect(scale.ticks.length).toBeGreaterThan(0);
      expect(scale.ticks.every(Number.isFinite)).toBe(true);
      expect(Number.isFinite(scale.place(4))).toBe(true);
    }
  });

  it('holds what lies outside at its ends', () => {
    const { place } = linearScale(0, 10, 0, 100);
    expect([place(-5), place(5), place(50)]).toEqual([0, 50, 100]);
  });

  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0.13, 0.19, 3, [0.14, 0.16, 0.18]],
    [-3, 3, 3, [-2, 0, 2]],
    [7, 7, 3, [7]],
  ])('puts round ticks between %d and %d', (low, high, count, ticks) => {
    expect(roundTicks(low, high, count)).toEqual(ticks);
  });

  it('has no halves where steps are counted', () => {
    expect(wholeTicks(0, 2, 6)).toEqual([0, 1, 2]);
  });
});

describe('a series', () => {
  const series = { steps: [0, 10, 20, 30, 40], values: toNumbers([1, 'NaN', 'Infinity', 2, 3]) };

  it('is broken where a value is not finite, and drawn on both sides of it', () => {
    expect(brokenStretches(series)).toEqual([{ from: 10, to: 20 }]);
    const path = linePath(
      series,
      (step) => step,
      (value) => value,
    );
    expect(path).toBe('M0.0 1.0M30.0 2.0L40.0 3.0');
  });

  it.each([
    [-5, 0],
    [4, 0],
    [6, 1],
    [26, 3],
    [99, 4],
  ])('finds the point nearest to step %d', (step, index) => {
    expect(nearestPoint(series.steps, step)).toBe(index);
  });

  it('finds none where there is none', () => {
    expect(nearestPoint([], 3)).toBe(-1);
  });
});

it('colours a cell by its share', () => {
  expect([0, 0.001, 0.05, 0.1, 0.24, 0.25, 1].map(heatLevel)).toEqual([0, 1, 2, 3, 3, 4, 4]);
});
