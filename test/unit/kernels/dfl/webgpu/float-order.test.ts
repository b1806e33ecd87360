import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromOrder,
  infiniteOrder,
  orderFrom,
  orderOf,
  orderUpTo,
} from '../../../../../src/kernels/dfl/webgpu/float-order.ts';

const float32 = fc.float({ noNaN: true });

describe('order of float32 numbers', () => {
  it('compares as the numbers do', () => {
    fc.assert(
      fc.property(float32, float32, (a, b) => {
        expect(Math.sign(orderOf(a) - orderOf(b))).toBe(a === b ? 0 : a < b ? -1 : 1);
      }),
    );
  });

  it('leads back to the number', () => {
    fc.assert(
      fc.property(float32, (a) => {
        expect(fromOrder(orderOf(a))).toBe(a === 0 ? 0 : a);
      }),
    );
    expect(fromOrder(infiniteOrder)).toBe(Number.POSITIVE_INFINITY);
    expect(fromOrder(-infiniteOrder)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('turns bounds in float64 into bounds in float32 that say the same', () => {
    const bound = fc.oneof(fc.double({ min: -300, max: 300, noNaN: true }), fc.integer({ min: -300, max: 300 }));
    fc.assert(
      fc.property(bound, fc.integer({ min: -2, max: 2 }), (limit, steps) => {
        const order = orderOf(Math.fround(limit)) + steps;
        const t = fromOrder(order);
        expect(order >= orderFrom(limit)).toBe(t >= limit);
        expect(order <= orderUpTo(limit)).toBe(t <= limit);
      }),
    );
  });
});
