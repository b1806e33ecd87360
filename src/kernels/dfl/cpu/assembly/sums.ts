// Logarithm of the sum of the exponentials, and entropy, of quads with any logits. The largest logit is left out of the sum, so that log1p
// keeps the digits of a small loss.
import { area, entropyOf, finiteOf, largestOf, logOf, nonFiniteLogitsOf, productOf, sheetOf, sumOf, tiesOf } from './area';
import { add, K } from './capture';
import { sumQuad } from './exponentials';
import { firstLanes, fma, logOfSum } from './vectors';

/** For the quads of the block listed at `list`; the logits of the block lie at x and `distributions` of them are left of the capture. */
export function sumQuads(list: usize, quads: usize, x: usize, distributions: usize): void {
  const end = list + (quads << 2);
  sumBelowLargest(list, end);
  for (let entry = list; entry < end; entry += 4) judge(load<u32>(entry), entry, x, distributions);
  takeLogarithms(list, end);
}

function sumBelowLargest(list: usize, end: usize): void {
  const sheet = area + sheetOf;
  const quadBytes = K << 4;
  do {
    const quad: usize = load<u32>(list);
    sumQuad(area + (quad << 4), sheet + quad * quadBytes, true);
    list += 4;
  } while (list < end);
}

/** Finds out which lanes are finite, and in how many bins the largest logit stands where that is unknown. */
function judge(quad: usize, entry: usize, x: usize, distributions: usize): void {
  const at = area + (quad << 4);
  const product = v128.load(at, productOf);
  const present = min(<usize>4, distributions - (quad << 2));
  let finite = f32x4.eq(product, product);
  if (!i32x4.all_true(finite)) finite = examine(x + quad * (K << 4), finite, present, quad, entry);
  if (present < 4) finite = v128.and(finite, firstLanes(present));
  v128.store(at, finite, finiteOf);
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

/**
 * Looks at the lanes of quad x whose product is NaN. They hold logits that are NaN or infinite, which are counted, or finite ones whose
 * difference overflows, for which the sums are made anew. Gives the lanes that are finite.
 */
function examine(x: usize, finite: v128, present: usize, quad: usize, entry: usize): v128 {
  const lanes = i32x4.bitmask(finite);
  let mask = lanes;
  let total: u32 = 0;
  for (let lane: usize = 0; lane < present; lane++) {
    if ((lanes >> <i32>lane) & 1) continue;
    const count = countNonFinite(x + lane * (K << 2));
    total += count;
    if (count == 0) mask |= 1 << <i32>lane;
  }
  add(nonFiniteLogitsOf, <f64>total);
  if (mask != lanes) {
    lift(quad);
    sumBelowLargest(entry, entry + 4);
  }
  const bits = i32x4(1, 2, 4, 8);
  return i32x4.eq(v128.and(i32x4.splat(mask), bits), bits);
}

/** Logits of one distribution that are NaN or infinite. */
function countNonFinite(x: usize): u32 {
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

/** Raises all logits to largest - 1e38 at least: they add nothing either way, but the difference to the largest cannot overflow. */
function lift(quad: usize): void {
  const least = f32x4.sub(v128.load(area + (quad << 4), largestOf), f32x4.splat(1e38));
  let bin = area + sheetOf + quad * (K << 4);
  const end = bin + (K << 4);
  for (; bin < end; bin += 16) v128.store(bin, f32x4.pmax(least, v128.load(bin)));
}
