import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  maxSafeNat,
  nat,
  oneof,
  property,
  record,
  string,
  uniqueArray,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BatchPoint,
  encodeBatch,
  type PointRow,
  pointsOfBatch,
  seriesOfBatch,
} from '../../../../src/kernels/points/batch.ts';

const value = oneof(
  double(),
  double().map(Math.fround),
  constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 5e-324, 0.1),
);
const names = uniqueArray(oneof(constantFrom('loss', 'lr', '损失'), string({ unit: 'binary' })), { maxLength: 6 });
const row = record({
  step: oneof(nat(1_000), maxSafeNat(), constant(Number.MAX_SAFE_INTEGER)),
  rank: nat(1_000_000),
  at: oneof(integer({ min: -8.64e15, max: 8.64e15 }), constant(1_764_000_000_000)),
  names,
}).chain(({ names: given, ...rest }) =>
  record({
    values: array(value, { minLength: given.length, maxLength: given.length }),
    windowed: oneof(constant(undefined), array(boolean(), { minLength: given.length, maxLength: given.length })),
  }).map(({ values, windowed }): PointRow => {
    return { ...rest, names: given, values, ...(windowed ? { windowed } : {}) };
  }),
);
const rows = array(row, { maxLength: 40 });

function flat(given: PointRow[]): BatchPoint[] {
  return given.flatMap(({ step, rank, names, values, windowed }) =>
    values.map((of, i) => ({ step, rank, name: names[i] as string, value: of, windowed: windowed?.[i] ?? false })),
  );
}

describe('a batch', () => {
  test('gives back every point in its order, bit for bit, from any place on', () => {
    assert(
      property(rows, nat(50), nat(50), (given, from, limit) => {
        const { data, points } = encodeBatch(given);
        const expected = flat(given);
        expect(points).toBe(expected.length);
        expect(pointsOfBatch(data)).toStrictEqual(expected);
        expect(pointsOfBatch(data, from, limit)).toStrictEqual(expected.slice(from, from + limit));
      }),
    );
  });

  test('comes apart into series whose points know their place, step and time', () => {
    assert(
      property(rows, (given) => {
        const found = seriesOfBatch(encodeBatch(given).data).flatMap((series) =>
          Array.from(series.ordinals, (ordinal, i) => ({
            ordinal,
            at: series.ats[i],
            point: {
              step: series.steps[i],
              rank: series.rank,
              name: series.name,
              value: series.values[i],
              windowed: series.isWindowed,
            },
          })),
        );
        const ats = given.flatMap(({ at, values }) => values.map(() => at));
        const expected = flat(given).map((point, ordinal) => ({ ordinal, at: ats[ordinal], point }));
        expect(found.sort((a, b) => a.ordinal - b.ordinal)).toStrictEqual(expected);
      }),
    );
  });

  test('knows its lowest and highest step', () => {
    const steps = [7, 3, 9].map((step) => ({ step, rank: 0, at: 0, names: ['loss'], values: [1] }));
    expect(encodeBatch(steps)).toMatchObject({ lowStep: 3, highStep: 9 });
  });

  test('of even steps takes four bytes for a value of 32 bits and hardly anything for the rest', () => {
    const values = Array.from({ length: 100 }, (_, i) => Math.fround(1 / (i + 1)));
    const given = values.map((loss, step) => ({
      step,
      rank: 0,
      at: 1_764_000_000_000,
      names: ['loss', 'lr'],
      values: [loss, 0.01],
    }));
    expect(encodeBatch(given).data.length).toBeLessThan(460);
  });

  test('that is cut off or of another version is refused', () => {
    const { data } = encodeBatch([{ step: 1, rank: 0, at: 0, names: ['loss'], values: [1.5] }]);
    for (let end = 0; end < data.length; end += 1) expect(() => pointsOfBatch(data.subarray(0, end))).toThrow(/early/);
    expect(() => pointsOfBatch(Buffer.from([9, ...data.subarray(1)]))).toThrow(/version 9/);
  });
});
