// Float32 numbers as integers of the same order: the kernel compares and minimises targets in integers, since a GPU may take subnormal
// numbers for zero and may assume that nothing is NaN or infinite.
import { atLeast, atMost } from '../float32.ts';

const memory = new DataView(new ArrayBuffer(4));
const signBit = 0x80000000;

/** The magnitude's bits, negative for a negative number: both zeros are 0, infinity is +-infiniteOrder, and NaN lies beyond it. */
export function orderOf(value: number): number {
  memory.setFloat32(0, value);
  const bits = memory.getUint32(0);
  return bits >= signBit ? -(bits - signBit) : bits;
}

export const infiniteOrder = 0x7f800000;

export function fromOrder(order: number): number {
  memory.setUint32(0, order < 0 ? signBit - order : order);
  return memory.getFloat32(0);
}

/** Order of the least float32 that is at least `bound`: t >= bound means orderOf(t) >= it for every float32 t. */
export function orderFrom(bound: number): number {
  return orderOf(atLeast(bound));
}

/** Order of the greatest float32 that is at most `bound`. */
export function orderUpTo(bound: number): number {
  return orderOf(atMost(bound));
}
