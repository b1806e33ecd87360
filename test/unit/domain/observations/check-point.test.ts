import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPoint } from '../../../../src/domain/observations/check-point.ts';
import { parseRequestTime } from '../../../../src/domain/observations/request-time.ts';

describe('checkPoint', () => {
  test('takes a full point, with tokens as numbers', () => {
    const verdict = checkPoint({
      step: 3,
      rank: 1,
      time: 1.5,
      values: { loss: 1, a: 'NaN', b: '-Infinity' },
      extra: true,
    });
    expect(verdict).toEqual({
      kind: 'ok',
      point: {
        step: 3,
        rank: 1,
        time: new Date(1500),
        values: [
          ['loss', 1],
          ['a', Number.NaN],
          ['b', Number.NEGATIVE_INFINITY],
        ],
      },
    });
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
    expect(checkPoint(value)).toEqual({ kind: 'rejected', reason: expect.stringMatching(reason) });
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
          const verdict = checkPoint(point);
          if (verdict.kind === 'rejected') return verdict.reason.length > 0;
          return verdict.point.values.every(([name, value]) =>
            Object.is(value, Number((point.values as Record<string, unknown>)[name])),
          );
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
