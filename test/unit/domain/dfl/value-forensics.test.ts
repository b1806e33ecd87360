import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inspectTargetValue, parseInt64 } from '../../../../src/domain/dfl/value-forensics.ts';

it.each([
  [-9223372036854775808n, 'int64-min'],
  [4294967296n, 'packed-int32'],
  [-1n, 'negative-small'],
  [460n, 'small'],
  [4578971296541297966n, 'packed-float32'],
  [-4844520860993308645n, 'packed-float32'],
  [9100000000000000001n, 'huge'],
] as const)('%s is of kind %s', (n, kind) => {
  expect(inspectTargetValue(n).kind).toBe(kind);
});

it('decodes the halves of a published value', () => {
  const [first, second] = inspectTargetValue(4578971296541297966n).halves ?? [];
  expect(first).toBeCloseTo(0.553912, 6);
  expect(second).toBeCloseTo(1.091984, 6);
});

it('finds any two ordinary floats again', () => {
  const ordinary = fc.float({ min: Math.fround(0.01), max: Math.fround(1000), noNaN: true });
  fc.assert(
    fc.property(ordinary, ordinary, fc.boolean(), (first, second, negative) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat32(0, first, true);
      view.setFloat32(4, negative ? -second : second, true);
      const value = inspectTargetValue(view.getBigInt64(0, true));
      expect(value).toEqual({ kind: 'packed-float32', halves: [first, negative ? -second : second] });
    }),
  );
});

it.each(['', 'x', '1.5', '9223372036854775808', '1e5'])('%j is no int64', (text) => {
  expect(parseInt64(text)).toBeNull();
});
