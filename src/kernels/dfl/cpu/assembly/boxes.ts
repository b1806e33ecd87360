// Ordinary boxes, by far the most: all targets in range and at neither clip, finite logits that lie within a window of each other, a finite
// weight, and a loss and an entropy large enough for plain float32 sums to give them. Boxes that are not go to quads.ts.
//
// A box is a long chain of dependent operations. The processor stays busy because each step is a loop of its own over up to 32 boxes, in
// which the next ones do not wait for the one before; and because the loops test at their end, which lets the engine's compiler keep the
// constants in registers.
import {
  area,
  countsOf,
  entropyOf,
  entropySumOf,
  finiteDistributionsOf,
  lanesOf,
  largestOf,
  logOf,
  lossOf,
  othersOf,
  productOf,
  sheetOf,
  soundSidesOf,
  spreadOf,
  sumOf,
  weightSumOf,
} from './area';
import { add, clipFrom, grouped, K, lo, sideBytes, sides, stretch, top, truncate, weighted } from './capture';
import { sumAll, WINDOW } from './exponentials';
import { countAt } from './targets';
import { fma, logOfSum, MAGIC } from './vectors';

/** Bins are taken from the low bits of 1.5 * 2^23 + 4 (target - lo): that is exact for so large a lo. */
const largestLo: f32 = 262144;

/** Whether a capture may have ordinary boxes. */
export function mayHaveOrdinaryBoxes(): bool {
  return sides == 4 && K >= 4 && abs(lo) <= largestLo && !(truncate && lo < 0);
}

/**
 * Computes the ordinary ones of `boxes` boxes with transposed logits, targets t, weights w and groups g. Gives how many are left; their
 * numbers are listed in `othersOf`.
 */
export function computeBoxes(x: usize, t: usize, w: usize, g: usize, boxes: usize): usize {
  sumExponentials(boxes);
  takeLogarithms(boxes);
  return sumBoxes(x, t, w, g, boxes);
}

function sumExponentials(quads: usize): void {
  const quadBytes = K << 4;
  let bin = area + sheetOf;
  let at = area;
  const last = at + (quads << 4);
  do {
    sumAll(at, bin);
    bin += quadBytes;
    at += 16;
  } while (at < last);
}

function takeLogarithms(quads: usize): void {
  let at = area;
  const last = at + (quads << 4);
  do {
    const sum = v128.load(at, sumOf);
    const inverse = f32x4.div(f32x4.splat(1), sum);
    const logSum = logOfSum(sum, f32x4.splat(0), inverse);
    v128.store(at, logSum, logOf);
    v128.store(at, fma(v128.load(at, productOf), inverse, logSum), entropyOf);
    at += 16;
  } while (at < last);
}

/** Loss = logSum + wl (largest - z_l) + wr (largest - z_r), in all boxes; the ordinary ones are added up and counted. */
function sumBoxes(x: usize, t: usize, w: usize, g: usize, boxes: usize): usize {
  const stride = K << 2;
  const groupBytes = sideBytes << 2;
  const cells = area + countsOf;
  const lanes = area + lanesOf;
  // Of the loss and of the entropy of a box: sums that hold the largest logit are off by some 2e-7, and more for more bins.
  const enough = f32x4.splat(<f32>(2 + <f64>K / 64));
  const bottom = f32x4.splat(lo);
  const unclipped = f32x4.splat(min(top, clipFrom));
  const toBin = f32x4.splat(MAGIC - 4 * lo);
  const weightBytes: usize = weighted ? 4 : 0;
  const groupStep: usize = grouped ? 1 : 0;
  // Without weights or groups, one of each is read again and again.
  if (!weighted) {
    w = lanes + 16;
    store<f32>(w, 1);
  }
  if (!grouped) {
    g = lanes + 20;
    store<u8>(g, 0);
  }
  let sums = f64x2.splat(0);
  let weights: f64 = 0;
  let smallest = f32x4.splat(Infinity);
  let largestTarget = f32x4.splat(-Infinity);
  let others = area + othersOf;
  let at = area;
  const last = at + (boxes << 4);
  do {
    const target = v128.load(t);
    const left = f32x4.floor(target);
    // Byte offsets of the left bins. Whatever the target, they stay within the largest distribution.
    v128.store(lanes, v128.and(fma(left, f32x4.splat(4), toBin), i32x4.splat(0x3fc)));
    const bin0: usize = load<u32>(lanes);
    const bin1: usize = load<u32>(lanes, 4);
    const bin2: usize = load<u32>(lanes, 8);
    const bin3: usize = load<u32>(lanes, 12);
    const x1 = x + stride;
    const x2 = x1 + stride;
    const x3 = x2 + stride;
    const z01 = v128.shuffle<i32>(v128.load64_zero(x + bin0), v128.load64_zero(x1 + bin1), 0, 4, 1, 5);
    const z23 = v128.shuffle<i32>(v128.load64_zero(x2 + bin2), v128.load64_zero(x3 + bin3), 0, 4, 1, 5);
    const largest = v128.load(at, largestOf);
    const dl = f32x4.sub(largest, v128.shuffle<i64>(z01, z23, 0, 2));
    const dr = f32x4.sub(largest, v128.shuffle<i64>(z01, z23, 1, 3));
    const wr = f32x4.sub(target, left);
    const wl = f32x4.sub(f32x4.splat(1), wr);
    const loss = f32x4.add(v128.load(at, logOf), fma(wl, dl, f32x4.mul(wr, dr)));
    const entropy = v128.load(at, entropyOf);
    // Summed over the sides: loss, entropy, loss, entropy.
    const half = f32x4.add(v128.shuffle<i64>(loss, entropy, 0, 2), v128.shuffle<i64>(loss, entropy, 1, 3));
    const both = f32x4.add(v128.shuffle<i32>(half, half, 0, 2, 0, 2), v128.shuffle<i32>(half, half, 1, 3, 1, 3));
    const weight = v128.load32_splat(w);
    const inRange = v128.and(f32x4.gt(target, bottom), f32x4.lt(target, unclipped));
    const inWindow = f32x4.lt(v128.load(at, spreadOf), f32x4.splat(WINDOW));
    const isUsable = v128.and(
      f32x4.ge(both, enough),
      f32x4.eq(f32x4.sub(weight, weight), f32x4.splat(0)),
    );
    if (i32x4.bitmask(v128.and(v128.and(inRange, inWindow), isUsable)) == 15) {
      const weight64 = f64x2.promote_low_f32x4(weight);
      weights += f64x2.extract_lane(weight64, 0);
      const factors = f64x2.replace_lane(weight64, 1, 1);
      sums = f64x2.add(sums, f64x2.mul(f64x2.promote_low_f32x4(both), factors));
      smallest = f32x4.pmin(smallest, target);
      largestTarget = f32x4.pmax(largestTarget, target);
      let side = cells + <usize>load<u8>(g) * groupBytes;
      countAt(side + bin0);
      side += sideBytes;
      countAt(side + bin1);
      side += sideBytes;
      countAt(side + bin2);
      side += sideBytes;
      countAt(side + bin3);
    } else {
      store<u32>(others, <u32>((at - area) >> 4));
      others += 4;
    }
    x = x3 + stride;
    t += 16;
    w += weightBytes;
    g += groupStep;
    at += 16;
  } while (at < last);
  const otherBoxes = (others - area - othersOf) >> 2;
  const sidesDone = <f64>(4 * (boxes - otherBoxes));
  add(lossOf, f64x2.extract_lane(sums, 0));
  add(entropySumOf, f64x2.extract_lane(sums, 1));
  add(soundSidesOf, sidesDone);
  add(finiteDistributionsOf, sidesDone);
  if (weighted) add(weightSumOf, weights);
  stretch(smallest, largestTarget);
  return otherBoxes;
}
