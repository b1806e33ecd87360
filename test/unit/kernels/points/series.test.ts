import { array, assert, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatSeries, firstAtLeast, mergeSeries, sortSeries } from '../../../../src/kernels/points/series.ts';

const steps = array(nat(30), { maxLength: 60 });

function series(given: number[], firstValue = 0) {
  return { steps: Float64Array.from(given), values: Float64Array.from(given, (_, i) => firstValue + i) };
}

/** What a map from step to the first value holds. */
function firsts(...given: { steps: Float64Array; values: Float64Array }[]): [number, number][] {
  const found = new Map<number, number>();
  for (const { steps: all, values } of given) {
    all.forEach((step, i) => {
      if (!found.has(step)) found.set(step, values[i] as number);
    });
  }
  return [...found].sort(([a], [b]) => a - b);
}

const pairs = (of: { steps: Float64Array; values: Float64Array }) =>
  Array.from(of.steps, (step, i) => [step, of.values[i]]);

describe('a series', () => {
  test('is put in the order of its steps, and of a step that comes twice the first stays', () => {
    assert(
      property(steps, (given) => {
        expect(pairs(sortSeries(series(given)))).toEqual(firsts(series(given)));
      }),
    );
  });

  test('joined with another keeps its own values where both have a step', () => {
    assert(
      property(steps, steps, (left, right) => {
        const [before, added] = [sortSeries(series(left)), sortSeries(series(right, 1_000))];
        expect(pairs(mergeSeries(before, added))).toEqual(firsts(before, added));
      }),
    );
  });

  test('is found by step', () => {
    assert(
      property(steps, nat(40), (given, step) => {
        const sorted = sortSeries(series(given)).steps;
        expect(firstAtLeast(sorted, step)).toBe(sorted.filter((other) => other < step).length);
      }),
    );
  });

  test('is laid one after the other as it is', () => {
    expect(pairs(concatSeries([series([3, 1]), series([2], 9)]))).toEqual([
      [3, 0],
      [1, 1],
      [2, 9],
    ]);
  });
});
