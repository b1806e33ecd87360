// The sums over the bins of a quad, on which nearly all of the time is spent.
import { finiteOf, largestOf, productOf, sumOf, tiesOf } from './area';
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

/**
 * Stores, for the quad whose sums stand at `at` and whose transposed logits at `bin`, the sums of exp(-d) and of d exp(-d) over its bins,
 * d = largest - z. They hold for K >= 4 and all 0 <= d <= WINDOW.
 */
// @ts-ignore: decorator
@inline
export function sumAll(at: usize, bin: usize): void {
  const largest = v128.load(at, largestOf);
  let sum = f32x4.splat(0);
  let product = f32x4.splat(0);
  const end = bin + (K << 4);
  const endGrouped = bin + ((K >> 2) << 6);
  // Many small terms added to a large one lose as many roundings: terms are added in groups, and groups of groups.
  do {
    const endPart = min(bin + partBytes, endGrouped);
    let partSum = f32x4.splat(0);
    let partProduct = f32x4.splat(0);
    do {
      const d0 = f32x4.sub(largest, v128.load(bin));
      const d1 = f32x4.sub(largest, v128.load(bin, 16));
      const d2 = f32x4.sub(largest, v128.load(bin, 32));
      const d3 = f32x4.sub(largest, v128.load(bin, 48));
      const e0 = fall(d0);
      const e1 = fall(d1);
      const e2 = fall(d2);
      const e3 = fall(d3);
      partSum = f32x4.add(partSum, f32x4.add(f32x4.add(e0, e1), f32x4.add(e2, e3)));
      partProduct = f32x4.add(partProduct, fma(e3, d3, fma(e2, d2, fma(e1, d1, f32x4.mul(e0, d0)))));
      bin += 64;
    } while (bin < endPart);
    sum = f32x4.add(sum, partSum);
    product = f32x4.add(product, partProduct);
  } while (bin < endGrouped);
  while (bin < end) {
    const d = f32x4.sub(largest, v128.load(bin));
    const e = fall(d);
    sum = f32x4.add(sum, e);
    product = fma(e, d, product);
    bin += 16;
  }
  v128.store(at, sum, sumOf);
  v128.store(at, product, productOf);
}

// @ts-ignore: decorator
@inline
function isBelowLargest(d: v128): v128 {
  return v128.and(i32x4.gt_s(d, i32x4.splat(0)), i32x4.lt_s(d, i32x4.splat(windowBits)));
}

/**
 * The same over the bins with 0 < d < WINDOW, for any K and any logits. Also stores which lanes are finite, and as ties 1 in the lanes in
 * which one bin only was left out, else 0.
 */
// @ts-ignore: decorator
@inline
export function sumBelowLargest(at: usize, bin: usize): void {
  const largest = v128.load(at, largestOf);
  let sum = f32x4.splat(0);
  let product = f32x4.splat(0);
  let inside = i32x4.splat(0);
  /** Becomes NaN where a logit is not finite. */
  let zero = f32x4.splat(0);
  const end = bin + (K << 4);
  const endPairs = end - ((K & 1) << 4);
  do {
    const endPart = min(bin + partBytes, endPairs);
    let partSum = f32x4.splat(0);
    let partProduct = f32x4.splat(0);
    do {
      const z0 = v128.load(bin);
      const z1 = v128.load(bin, 16);
      const d0 = f32x4.sub(largest, z0);
      const d1 = f32x4.sub(largest, z1);
      const in0 = isBelowLargest(d0);
      const in1 = isBelowLargest(d1);
      const e0 = v128.and(fall(d0), in0);
      const e1 = v128.and(fall(d1), in1);
      partSum = f32x4.add(partSum, f32x4.add(e0, e1));
      partProduct = f32x4.add(partProduct, fma(e1, v128.and(d1, in1), f32x4.mul(e0, v128.and(d0, in0))));
      inside = i32x4.add(inside, i32x4.add(in0, in1));
      zero = fma(z0, f32x4.splat(0), fma(z1, f32x4.splat(0), zero));
      bin += 32;
    } while (bin < endPart);
    sum = f32x4.add(sum, partSum);
    product = f32x4.add(product, partProduct);
  } while (bin < endPairs);
  if (bin < end) {
    const z = v128.load(bin);
    const d = f32x4.sub(largest, z);
    const isIn = isBelowLargest(d);
    const e = v128.and(fall(d), isIn);
    sum = f32x4.add(sum, e);
    product = fma(e, v128.and(d, isIn), product);
    inside = i32x4.add(inside, isIn);
    zero = fma(z, f32x4.splat(0), zero);
  }
  v128.store(at, sum, sumOf);
  v128.store(at, product, productOf);
  v128.store(at, f32x4.eq(zero, zero), finiteOf);
  v128.store(at, v128.and(i32x4.eq(inside, i32x4.splat(1 - <i32>K)), f32x4.splat(1)), tiesOf);
}
