// The sums over the bins of a quad, on which nearly all of the time is spent.
import { largestOf, productOf, sumOf, tiesOf } from './area';
import { K } from './capture';
import { fma } from './vectors';

/** Logits this far below the largest are not summed: the exponential would leave the normal numbers. */
export const WINDOW: f32 = 86;
/** The same as bits: floats that are not negative compare like the integers of their bits. */
const windowBits: i32 = 0x42ac0000;

const LOG2E: f32 = 1.44269504;
/** Adding 2^23 rounds a number from 0 on; the 2 makes up for the factor 4 of the polynomial, which keeps its exponent from going below 0. */
const ROUNDER: f32 = 8388610;

/** Bytes of sixteen bins. */
const partBytes: usize = 256;

/** exp(-d) for 0 <= d <= WINDOW, within 2.4e-7 relative; anything for other d. 2^-f by a minimax polynomial, 2^-n by the exponent. */
// @ts-ignore: decorator
@inline
function fall(d: v128): v128 {
  const n = fma(d, f32x4.splat(LOG2E), f32x4.splat(ROUNDER));
  const f = fma(d, f32x4.splat(LOG2E), f32x4.sub(f32x4.splat(ROUNDER), n));
  let p = fma(f32x4.splat(-4 * 0.0013276472454890609), f, f32x4.splat(4 * 0.009675540961325169));
  p = fma(p, f, f32x4.splat(-4 * 0.05550713092088699));
  p = fma(p, f, f32x4.splat(4 * 0.24022120237350464));
  p = fma(p, f, f32x4.splat(-4 * 0.6931469440460205));
  p = fma(p, f, f32x4.splat(4 * 1.0000001192092896));
  return i32x4.sub(p, i32x4.shl(n, 23));
}

// @ts-ignore: decorator
@inline
function isBelowLargest(d: v128): v128 {
  return v128.and(i32x4.gt_s(d, i32x4.splat(0)), i32x4.lt_s(d, i32x4.splat(windowBits)));
}

/** exp(-d), or 0 where the largest logit is left out and d is not in the window. */
// @ts-ignore: decorator
@inline
function term(d: v128, leaveOut: bool): v128 {
  return leaveOut ? v128.and(fall(d), isBelowLargest(d)) : fall(d);
}

/**
 * Stores, for the quad whose sums stand at `at` and whose transposed logits at `bin`, the sums of exp(-d) and of d exp(-d) over its bins,
 * d = largest - z. They hold for K >= 4 and all 0 <= d <= WINDOW; with `leaveOut`, which must be a constant, they are taken over 0 < d < WINDOW,
 * a lane with a logit that is not finite or a d that overflows has a product of NaN, and ties are 1 where that left out one bin only,
 * else 0.
 */
// @ts-ignore: decorator
@inline
export function sumQuad(at: usize, bin: usize, leaveOut: bool): void {
  const largest = v128.load(at, largestOf);
  let sum = f32x4.splat(0);
  let product = f32x4.splat(0);
  let inside = i32x4.splat(0);
  const end = bin + (K << 4);
  const endGrouped = bin + ((K >> 2) << 6);
  // Many small terms added to a large one lose as many roundings: terms are added in groups, and groups of groups.
  if (!leaveOut || bin < endGrouped) do {
    const endPart = min(bin + partBytes, endGrouped);
    let partSum = f32x4.splat(0);
    let partProduct = f32x4.splat(0);
    do {
      const d0 = f32x4.sub(largest, v128.load(bin));
      const d1 = f32x4.sub(largest, v128.load(bin, 16));
      const d2 = f32x4.sub(largest, v128.load(bin, 32));
      const d3 = f32x4.sub(largest, v128.load(bin, 48));
      const e0 = term(d0, leaveOut);
      const e1 = term(d1, leaveOut);
      const e2 = term(d2, leaveOut);
      const e3 = term(d3, leaveOut);
      partSum = f32x4.add(partSum, f32x4.add(f32x4.add(e0, e1), f32x4.add(e2, e3)));
      partProduct = f32x4.add(partProduct, fma(e3, d3, fma(e2, d2, fma(e1, d1, f32x4.mul(e0, d0)))));
      if (leaveOut) {
        inside = i32x4.add(inside, i32x4.add(isBelowLargest(d0), isBelowLargest(d1)));
        inside = i32x4.add(inside, i32x4.add(isBelowLargest(d2), isBelowLargest(d3)));
      }
      bin += 64;
    } while (bin < endPart);
    sum = f32x4.add(sum, partSum);
    product = f32x4.add(product, partProduct);
  } while (bin < endGrouped);
  while (bin < end) {
    const d = f32x4.sub(largest, v128.load(bin));
    const e = term(d, leaveOut);
    sum = f32x4.add(sum, e);
    product = fma(e, d, product);
    if (leaveOut) inside = i32x4.add(inside, isBelowLargest(d));
    bin += 16;
  }
  v128.store(at, sum, sumOf);
  v128.store(at, product, productOf);
  if (leaveOut) {
    const isOneLeftOut = i32x4.eq(inside, i32x4.splat(1 - <i32>K));
    v128.store(at, v128.and(isOneLeftOut, f32x4.splat(1)), tiesOf);
  }
}
