import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPoint } from '../../../../src/domain/observations/check-point.ts';
import { parseRequestTime } from '../../../../src/domain/observations/request-time.ts';

const now = 1_764_000_000_000;

describe('checkPoint', () => {
  test('takes a full point, with tokens as numbers', () => {
    const values = { loss: 1, a: 'NaN', b: '-Infinity' };
    const verdict = checkPoint({ step: 3, rank: 1, time: 1.5, values, extra: true }, now, []);
    expect(verdict).toEqual({
      kind: 'ok',
      point: {
        step: 3,
        rank: 1,
        at: 1500,
        names: ['loss', 'a', 'b'],
        values: [1, Number.NaN, Number.NEGATIVE_INFINITY],
      },
    });
  });

  test('takes a point without a time as measured now', () => {
    expect(checkPoint({ step: 3, time: null, values: { loss: 1 } }, now, [])).toMatchObject({ point: { at: now } });
  });

  test('shares the names of a point of the same names in the same order only', () => {
    const known = ['loss', 'lr'];
    const namesOf = (values: object) => {
      const verdict = checkPoint({ step: 0, values }, now, known);
      return verdict.kind === 'ok' ? verdict.point.names : verdict.reason;
    };
    expect(namesOf({ loss: 1, lr: 2 })).toBe(known);
    expect(namesOf({ lr: 2, loss: 1 })).toEqual(['lr', 'loss']);
    expect(namesOf({ loss: 1 })).toEqual(['loss']);
    expect(namesOf({ loss: 1, lr: 2, acc: 3 })).toEqual(['loss', 'lr', 'acc']);
    expect(namesOf({ loss: 1, 'l\nr': 2 })).toMatch(/printable/);
    expect(known).toEqual(['loss', 'lr']);
  });

  test.each([
    [{ values: { a: 1 } }, /^step/],
    [{ step: -1, values: { a: 1 } }, /^step.*9007199254740991/],
    [{ step: 0.5, values: { a: 1 } }, /^step/],
    [{ step: 2 ** 53, values: { a: 1 } }, /^step/],
    [{ step: 0, rank: 1_000_001, values: { a: 1 } }, /^rank.*1000000/],
    [{ step: 0, time: '2026-01-01', values: { a: 1 } }, /^time.*RFC 3339/],
    [{ step: 0 }, /^values/],
    [{ step: 0, values: [1] }, /^values/],
    [{ step: 0, values: {} }, /at least one/],
    [{ step: 0, values: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`m${index}`, 1])) }, /at most 64/],
    [{ step: 0, values: { '': 1 } }, /1 to 128/],
    [{ step: 0, values: { ['n'.repeat(129)]: 1 } }, /1 to 128/],
    [{ step: 0, values: { 'a\nb': 1 } }, /printable/],
    [{ step: 0, values: { '\ud800': 1 } }, /printable/],
    [{ step: 0, values: { a: null } }, /values\/a must be a number/],
    [{ step: 0, values: { a: 'nan' } }, /values\/a must be a number/],
    [{ step: 0, values: { a: Number.POSITIVE_INFINITY } }, /64-bit float/],
    [[], /object/],
    ['x', /object/],
  ])('refuses %j and says why', (value, reason) => {
    expect(checkPoint(value, now, [])).toEqual({ kind: 'rejected', reason: expect.stringMatching(reason) });
  });

  test('never throws, and every accepted value is the number that was given', () => {
    fc.assert(
      fc.property(
        fc.record({
          step: fc.oneof(fc.nat(), fc.anything()),
          rank: fc.option(fc.nat(9), { nil: undefined }),
          values: fc.oneof(fc.dictionary(fc.string(), fc.double()), fc.anything()),
        }),
        (point) => {
          const verdict = checkPoint(point, now, []);
          if (verdict.kind === 'rejected') return verdict.reason.length > 0;
          const { names, values } = verdict.point;
          const given = point.values as Record<string, unknown>;
          return values.every((value, i) => Object.is(value, Number(given[names[i] as string])));
        },
      ),
    );
  });
});

describe('parseRequestTime', () => {
  test.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T20:00:00.123456+08:00', '2026-01-31T12:00:00.123Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [1.0005, '1970-01-01T00:00:01.001Z'],
  ])('reads %j', (given, expected) => {
    expect(parseRequestTime(given)?.toISOString()).toBe(expected);
  });

  test.each([
    -1,
    1e15,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-13-31T12:00:00Z',
    '',
    null,
    {},
  ])('refuses %j', (given) => {
    expect(parseRequestTime(given)).toBeNull();
  });
});
