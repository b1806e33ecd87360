// Logarithm of the sum of the exponentials, and entropy, of quads with any logits. The largest logit is left out of the sum, so that log1p
// keeps the digits of a small loss.
import { area, entropyOf, finiteOf, largestOf, logOf, nonFiniteLogitsOf, productOf, sheetOf, sumOf, tiesOf } from './area';
import { add, K } from './capture';
import { sumBelowLargest } from './exponentials';
import { firstLanes, fma, logOfSum } from './vectors';

/** For the quads of the block listed at `list`; the logits of the block lie at x and `distributions` of them are left of the capture. */
export function sumQuads(list: usize, quads: usize, x: usize, distributions: usize): void {
  const end = list + (quads << 2);
  sumBins(list, end);
  for (let entry = list; entry < end; entry += 4) judge(load<u32>(entry), x, distributions);
  takeLogarithms(list, end);
}

function sumBins(list: usize, end: usize): void {
  const sheet = area + sheetOf;
  const quadBytes = K << 4;
  do {
    const quad: usize = load<u32>(list);
    sumBelowLargest(area + (quad << 4), sheet + quad * quadBytes);
    list += 4;
  } while (list < end);
}

/** Counts the logits that are not finite, and the bins in which the largest logit stands where that may be more than one. */
function judge(quad: usize, x: usize, distributions: usize): void {
  const at = area + (quad << 4);
  const present = min(<usize>4, distributions - (quad << 2));
  const finite = v128.load(at, finiteOf);
  if (!i32x4.all_true(finite)) countNonFinite(x + quad * (K << 4), i32x4.bitmask(finite), present);
  if (present < 4) v128.store(at, v128.and(finite, firstLanes(present)), finiteOf);
  if (!i32x4.all_true(v128.load(at, tiesOf))) v128.store(at, countLargest(quad), tiesOf);
}

function takeLogarithms(list: usize, end: usize): void {
  do {
    const at = area + (<usize>load<u32>(list) << 4);
    const ties = v128.load(at, tiesOf);
    const rest = v128.load(at, sumOf);
    const total = f32x4.add(ties, rest);
    const inverse = f32x4.div(f32x4.splat(1), total);
    const logSum = logOfSum(total, f32x4.add(f32x4.sub(ties, total), rest), inverse);
    v128.store(at, logSum, logOf);
    v128.store(at, fma(v128.load(at, productOf), inverse, logSum), entropyOf);
    list += 4;
  } while (list < end);
}

/** How many logits of each lane equal the largest. */
function countLargest(quad: usize): v128 {
  const largest = v128.load(area + (quad << 4), largestOf);
  let equal = i32x4.splat(0);
  let bin = area + sheetOf + quad * (K << 4);
  const end = bin + (K << 4);
  for (; bin < end; bin += 16) equal = i32x4.sub(equal, f32x4.eq(v128.load(bin), largest));
  return f32x4.convert_i32x4_s(equal);
}

/** In the first `present` distributions of the quad at x, but for those that are `finite`. */
function countNonFinite(x: usize, finite: i32, present: usize): void {
  let total: u32 = 0;
  for (let lane: usize = 0; lane < present; lane++) {
    if (!((finite >> <i32>lane) & 1)) total += countNonFiniteOf(x + lane * (K << 2));
  }
  add(nonFiniteLogitsOf, <f64>total);
}

/** Logits of one distribution that are NaN or infinite. */
function countNonFiniteOf(x: usize): u32 {
  const exponent = i32x4.splat(0x7f800000);
  let found = i32x4.splat(0);
  let at = x;
  const last = x + (K << 2);
  for (; at + 16 <= last; at += 16) {
    found = i32x4.sub(found, i32x4.eq(v128.and(v128.load(at), exponent), exponent));
  }
  let count = i32x4.extract_lane(found, 0) + i32x4.extract_lane(found, 1) + i32x4.extract_lane(found, 2) + i32x4.extract_lane(found, 3);
  for (; at < last; at += 4) if ((load<u32>(at) & 0x7f800000) == 0x7f800000) count++;
  return count;
}
