// The DFL kernel of the cpu backend in AssemblyScript, compiled to WebAssembly SIMD by scripts/build-kernel.mjs (not by tsc). The rules
// are those of ../../reference.ts; the layout of memory and results is that of ../float32-pass.ts.
//
// Four distributions, a quad, are computed side by side, one in each lane of a vector: the four sides of a box, or four angles. Their
// logits are transposed into scratch, bin by bin, and the largest of each lane is found; then every bin adds exp(z - max) and its product
// with z - max to the lane. The largest itself is left out of the sum s, so that log1p(s) keeps the digits of a small loss, and no logit
// can overflow. Lanes whose sums are not finite are looked at one by one.
//
// A quad is a long chain of dependent operations. The processor stays busy because the next quad is transposed while one is summed, and
// because every step that would wait for the one before is a loop of its own: the exponentials of a quad, their sums, then for up to 64
// quads the logarithms, then losses and counts. Boxes with nothing out of the ordinary take a shorter way through the last of them.

const maxBins: usize = 256;
const maxGroups: usize = 16;
const countCells: usize = 5;

/** z - max below this adds nothing: exp would leave the normal float32 numbers. As bits, for comparing integers. */
const windowBits: i32 = 0xc2ac0000; // -86

const LOG2E: f32 = 1.44269504;
/** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
const MAGIC: f32 = 12582912;
const LN2: f32 = 0.693147182;
const FLOAT_MAX: f32 = 3.4028235e38;

// Offsets in the area of this instance: scratch of two quads and of the exponentials of one, sums of a block of quads, counts, results. The
// threads of the backend share one memory, so every instance is told where its area lies.
const scratchBytes: usize = maxBins * 16;
const blockQuads: usize = 64;
const scratch: usize = 0;
const powers: usize = 2 * scratchBytes;
const largestOf: usize = powers + scratchBytes;
const restOf: usize = largestOf + blockQuads * 16;
const productOf: usize = restOf + blockQuads * 16;
const insideOf: usize = productOf + blockQuads * 16;
const logOf: usize = insideOf + blockQuads * 16;
const entropyOf: usize = logOf + blockQuads * 16;
const counts: usize = entropyOf + blockQuads * 16;
const results: usize = counts + maxGroups * 4 * (maxBins + countCells) * 4;
const areaEnd: usize = results + 128;

// Results: float64 each.
const lossAt: usize = results;
const soundSidesAt: usize = results + 8;
const entropyAt: usize = results + 16;
const finiteDistributionsAt: usize = results + 24;
const nonFiniteLogitsAt: usize = results + 32;
const nonFiniteWeightsAt: usize = results + 40;
const weightSumAt: usize = results + 48;
const targetMinAt: usize = results + 56;
const targetMaxAt: usize = results + 64;

/** Bytes of an area. */
export function areaBytes(): usize {
  return areaEnd;
}

let area: usize = 0;

/** Gives this instance its area, at an address divisible by 16. */
export function takeArea(address: usize): void {
  area = address;
}
/** Where the counts of the ended capture lie: uint32 [groups, sides, K + 5]. */
export function countsAddress(): usize {
  return area + counts;
}
/** Where the results of the ended capture lie: nine float64 in the order of KernelSums. */
export function resultsAddress(): usize {
  return area + results;
}

let K: usize = 0;
let sides: usize = 4;
let lo: f32 = 0;
let top: f32 = 0;
let clipFrom: f32 = 0;
let clipTo: f32 = 0;
let truncate: bool = false;
let weighted: bool = false;
let grouped: bool = false;

// Sums of the quads since the last flush.
let lossSum: v128 = f64x2.splat(0);
let entropySum: v128 = f64x2.splat(0);
let minimum: v128 = f32x4.splat(0);
let maximum: v128 = f32x4.splat(0);

/**
 * Begins a capture. `from` and `to` bound the targets that count as clipped, both inclusive; a target t is in range when
 * low <= t < high = low + bins - 1.
 */
export function begin(
  bins: u32,
  sidesPerRow: u32,
  low: f32,
  from: f32,
  to: f32,
  takeTruncated: bool,
  hasWeight: bool,
  hasGroup: bool,
  groups: u32,
): void {
  K = bins;
  sides = sidesPerRow;
  lo = low;
  top = low + <f32>(bins - 1);
  clipFrom = from;
  clipTo = to;
  truncate = takeTruncated;
  weighted = hasWeight;
  grouped = hasGroup;
  memory.fill(area + counts, 0, <usize>groups * sides * (K + countCells) * 4);
  memory.fill(area + results, 0, 128);
  lossSum = f64x2.splat(0);
  entropySum = f64x2.splat(0);
  minimum = f32x4.splat(Infinity);
  maximum = f32x4.splat(-Infinity);
}

/** Ends a capture: folds the lanes into the results. */
export function end(): void {
  store<f64>(area + lossAt, f64x2.extract_lane(lossSum, 0) + f64x2.extract_lane(lossSum, 1));
  store<f64>(area + entropyAt, f64x2.extract_lane(entropySum, 0) + f64x2.extract_lane(entropySum, 1));
  store<f64>(area + targetMinAt, <f64>min(min(f32x4.extract_lane(minimum, 0), f32x4.extract_lane(minimum, 1)), min(f32x4.extract_lane(minimum, 2), f32x4.extract_lane(minimum, 3))));
  store<f64>(area + targetMaxAt, <f64>max(max(f32x4.extract_lane(maximum, 0), f32x4.extract_lane(maximum, 1)), max(f32x4.extract_lane(maximum, 2), f32x4.extract_lane(maximum, 3))));
}

// @ts-ignore: decorator
@inline
function add(result: usize, value: f64): void {
  store<f64>(area + result, load<f64>(area + result) + value);
}

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** exp(d) for -86 < d <= 0, within 2.4e-7 relative; anything for other d. 2^f by a minimax polynomial, 2^n by the exponent. */
// @ts-ignore: decorator
@inline
function exponential(d: v128): v128 {
  const shifted = fma(d, f32x4.splat(LOG2E), f32x4.splat(MAGIC));
  const minusN = f32x4.sub(f32x4.splat(MAGIC), shifted);
  const f = fma(d, f32x4.splat(LOG2E), minusN);
  let p = fma(f32x4.splat(0.0013276472454890609), f, f32x4.splat(0.009675540961325169));
  p = fma(p, f, f32x4.splat(0.05550713092088699));
  p = fma(p, f, f32x4.splat(0.24022120237350464));
  p = fma(p, f, f32x4.splat(0.6931469440460205));
  p = fma(p, f, f32x4.splat(1.0000001192092896));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/**
 * log(total) for total = m + rest rounded, m >= 1, rest >= 0, with `lost` what the rounding lost and `inverse` = 1 / total: as exact for a
 * small log (m = 1, tiny rest) as for a large one.
 */
// @ts-ignore: decorator
@inline
function logOfSum(total: v128, lost: v128, inverse: v128): v128 {
  // total = 2^e * (1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1]
  const e = i32x4.shr_s(i32x4.sub(total, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(total, i32x4.shl(e, 23)), f32x4.splat(1));
  let p = fma(f32x4.splat(0.08700434118509293), f, f32x4.splat(-0.14267490804195404));
  p = fma(p, f, f32x4.splat(0.14914768934249878));
  p = fma(p, f, f32x4.splat(-0.1657758355140686));
  p = fma(p, f, f32x4.splat(0.19963063299655914));
  p = fma(p, f, f32x4.splat(-0.2500133812427521));
  p = fma(p, f, f32x4.splat(0.3333390951156616));
  const square = f32x4.mul(f, f);
  const small = f32x4.add(f, fma(f32x4.mul(square, f), p, f32x4.mul(square, f32x4.splat(-0.5))));
  return fma(f32x4.convert_i32x4_s(e), f32x4.splat(LN2), fma(lost, inverse, small));
}

/** Transposes the k logits of the four distributions at x to `out`; gives the largest logit of each lane, NaN passed over. */
// @ts-ignore: decorator
@inline
function transpose(x: usize, k: usize, out: usize): v128 {
  const stride = k << 2;
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  let largest = f32x4.splat(-Infinity);
  let at: usize = 0;
  const full = (k >> 2) << 4;
  for (; at < full; at += 16, out += 64) {
    const a = v128.load(x + at);
    const b = v128.load(x1 + at);
    const c = v128.load(x2 + at);
    const d = v128.load(x3 + at);
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    const r0 = v128.shuffle<i64>(ab, cd, 0, 2);
    const r1 = v128.shuffle<i64>(ab, cd, 1, 3);
    const r2 = v128.shuffle<i64>(ab2, cd2, 0, 2);
    const r3 = v128.shuffle<i64>(ab2, cd2, 1, 3);
    v128.store(out, r0);
    v128.store(out, r1, 16);
    v128.store(out, r2, 32);
    v128.store(out, r3, 48);
    largest = f32x4.pmax(f32x4.pmax(largest, r0), f32x4.pmax(f32x4.pmax(r1, r2), r3));
  }
  for (; at < stride; at += 4, out += 16) {
    let r = v128.load32_zero(x + at);
    r = v128.load_lane<u32>(x1 + at, r, 1);
    r = v128.load_lane<u32>(x2 + at, r, 2);
    r = v128.load_lane<u32>(x3 + at, r, 3);
    v128.store(out, r);
    largest = f32x4.pmax(largest, r);
  }
  return largest;
}

/**
 * Sums of a quad over its k bins at `at`, kept for quad number `quad` of the block: exp(d), d exp(d) and the number of bins with
 * -86 < d < 0, for d = z - largest, which takes the place of z.
 */
// @ts-ignore: decorator
@inline
function sumBins(at: usize, k: usize, largest: v128, quad: usize): void {
  const even = at + ((k >> 1) << 5);
  const last = at + (k << 4);
  raise(at, even, last, largest);
  addUp(at, even, last, quad);
}

/** Replaces z by d = z - largest and stores exp(d), which holds for -86 < d <= 0 alone, in `powers`. */
// @ts-ignore: decorator
@inline
function raise(at: usize, even: usize, last: usize, largest: v128): void {
  let power = area + powers;
  for (; at < even; at += 32, power += 32) {
    const d0 = f32x4.sub(v128.load(at), largest);
    const d1 = f32x4.sub(v128.load(at, 16), largest);
    v128.store(at, d0);
    v128.store(at, d1, 16);
    v128.store(power, exponential(d0));
    v128.store(power, exponential(d1), 16);
  }
  if (at < last) {
    const d = f32x4.sub(v128.load(at), largest);
    v128.store(at, d);
    v128.store(power, exponential(d));
  }
}

// @ts-ignore: decorator
@inline
function addUp(at: usize, even: usize, last: usize, quad: usize): void {
  const window = i32x4.splat(windowBits);
  let power = area + powers;
  let rest0 = f32x4.splat(0);
  let rest1 = f32x4.splat(0);
  let product0 = f32x4.splat(0);
  let product1 = f32x4.splat(0);
  let inside = i32x4.splat(0);
  for (; at < even; at += 32, power += 32) {
    const d0 = v128.load(at);
    const d1 = v128.load(at, 16);
    const in0 = i32x4.lt_s(d0, window);
    const in1 = i32x4.lt_s(d1, window);
    const e0 = v128.and(v128.load(power), in0);
    const e1 = v128.and(v128.load(power, 16), in1);
    rest0 = f32x4.add(rest0, e0);
    rest1 = f32x4.add(rest1, e1);
    product0 = fma(e0, d0, product0);
    product1 = fma(e1, d1, product1);
    inside = i32x4.add(inside, i32x4.add(in0, in1));
  }
  if (at < last) {
    const d = v128.load(at);
    const isInside = i32x4.lt_s(d, window);
    const e = v128.and(v128.load(power), isInside);
    rest0 = f32x4.add(rest0, e);
    product0 = fma(e, d, product0);
    inside = i32x4.add(inside, isInside);
  }
  const offset = area + (quad << 4);
  v128.store(restOf + offset, f32x4.add(rest0, rest1));
  v128.store(productOf + offset, f32x4.add(product0, product1));
  v128.store(insideOf + offset, i32x4.neg(inside));
}

/** sumBins of `quads` quads at x, each transposed while the one before it is summed. */
function sumQuads(x: usize, quads: usize, k: usize): void {
  const quadBytes = k << 4;
  let here = area + scratch;
  let there = here + scratchBytes;
  let largest = transpose(x, k, here);
  for (let quad: usize = 0; quad < quads; quad++) {
    x += quadBytes;
    // The last quad is transposed once too often, from where it stands: nothing may be read behind the tensor.
    const next = transpose(quad + 1 < quads ? x : x - quadBytes, k, there);
    v128.store(area + (quad << 4), largest, largestOf);
    sumBins(here, k, largest, quad);
    largest = next;
    const swapped = here;
    here = there;
    there = swapped;
  }
}

/** How many logits of each lane equal the largest. */
function countLargest(x: usize, largest: v128): v128 {
  const first = area + scratch;
  transpose(x, K, first);
  let equal = i32x4.splat(0);
  const last = first + (K << 4);
  for (let at = first; at < last; at += 16) equal = i32x4.sub(equal, f32x4.eq(v128.load(at), largest));
  return f32x4.convert_i32x4_s(equal);
}

/** Sums a quad anew with all logits raised to largest - 1e38 at least: they add nothing either way, but z - largest cannot overflow. */
function sumLifted(x: usize, largest: v128, quad: usize): void {
  const first = area + scratch;
  transpose(x, K, first);
  const least = f32x4.sub(largest, f32x4.splat(1e38));
  const last = first + (K << 4);
  for (let at = first; at < last; at += 16) v128.store(at, f32x4.pmax(least, v128.load(at)));
  sumBins(first, K, largest, quad);
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

// @ts-ignore: decorator
@inline
function countAt(cell: usize): void {
  store<u32>(cell, load<u32>(cell) + 1);
}

/**
 * Computes `rows` rows of the begun capture: logits x [rows,sides,K] float32, targets t [rows,sides] float32, weights w [rows] float32,
 * groups g [rows] uint8. With one side per row, rows must be a multiple of 4 but in the last call of a capture, and the areas must be
 * readable to the next multiple of 4 rows.
 */
export function accumulate(x: usize, t: usize, w: usize, g: usize, rows: u32): void {
  const distributions: usize = <usize>rows * sides;
  const quads = (distributions + 3) >> 2;
  const quadBytes = K << 4;
  const mayBeOrdinary = sides == 4 && !(truncate && lo < 0);
  for (let quad: usize = 0; quad < quads; quad += blockQuads) {
    const row = sides == 4 ? quad : quad << 2;
    const block = min(blockQuads, quads - quad);
    sumQuads(x + quad * quadBytes, block, K);
    const logits = x + quad * quadBytes;
    const targets = t + (quad << 4);
    if (mayBeOrdinary) finishBoxes(logits, targets, w + (row << 2), g + row, block);
    else finishQuads(logits, targets, w + (row << 2), g + row, 0, block, distributions - (quad << 2));
  }
  if (!weighted) add(weightSumAt, <f64>rows);
}

/** Logarithm of the sum and entropy of quads each of whose lanes has one largest logit. */
function takeLogarithms(quads: usize): void {
  const one = f32x4.splat(1);
  const last = area + (quads << 4);
  for (let at = area; at < last; at += 16) {
    const rest = v128.load(at + restOf);
    const total = f32x4.add(one, rest);
    const inverse = f32x4.div(one, total);
    const logSum = logOfSum(total, f32x4.add(f32x4.sub(one, total), rest), inverse);
    v128.store(at + logOf, logSum);
    v128.store(at + entropyOf, f32x4.sub(logSum, f32x4.mul(v128.load(at + productOf), inverse)));
  }
}

/**
 * finishQuads for boxes. Most boxes are ordinary: every target in range and at neither clip, one largest logit on each side and all others
 * in the window. Ordinary boxes take a short way, the others are given to finishQuads one by one.
 */
function finishBoxes(x: usize, t: usize, w: usize, g: usize, boxes: usize): void {
  const stride = K << 2;
  const sideBytes: usize = (K + countCells) << 2;
  const bottom = f32x4.splat(lo);
  const unclipped = f32x4.splat(min(top, clipFrom));
  const others = i32x4.splat(<i32>K - 1);
  const one = f32x4.splat(1);
  const toBin = f32x4.splat(MAGIC - lo);
  const magic = f32x4.splat(MAGIC);
  let loss = f64x2.splat(0);
  let entropy = f64x2.splat(0);
  let least = minimum;
  let most = maximum;
  let weights: f64 = 0;
  let ordinary: u32 = 0;
  takeLogarithms(boxes);
  for (let box: usize = 0; box < boxes; box++, x += stride << 2, t += 16) {
    const offset = area + (box << 4);
    const target = v128.load(t);
    const product = v128.load(productOf + offset);
    const isOrdinary = v128.and(
      v128.and(f32x4.gt(target, bottom), f32x4.lt(target, unclipped)),
      v128.and(f32x4.eq(product, product), i32x4.eq(v128.load(insideOf + offset), others)),
    );
    const weight: f32 = weighted ? load<f32>(w + (box << 2)) : 1;
    if (!i32x4.all_true(isOrdinary) || !(abs(weight) <= FLOAT_MAX)) {
      finishQuads(x, t, w + (box << 2), g + box, box, 1, 4);
      continue;
    }
    ordinary++;
    weights += <f64>weight;
    least = f32x4.pmin(least, target);
    most = f32x4.pmax(most, target);
    const left = f32x4.floor(target);
    const bin = i32x4.shl(i32x4.sub(f32x4.add(left, toBin), magic), 2);
    const bin0: usize = i32x4.extract_lane(bin, 0);
    const bin1: usize = i32x4.extract_lane(bin, 1);
    const bin2: usize = i32x4.extract_lane(bin, 2);
    const bin3: usize = i32x4.extract_lane(bin, 3);
    let side = area + counts + (grouped ? <usize>load<u8>(g + box) * 4 * sideBytes : 0);
    countAt(side + bin0);
    side += sideBytes;
    countAt(side + bin1);
    side += sideBytes;
    countAt(side + bin2);
    side += sideBytes;
    countAt(side + bin3);
    const p01 = v128.shuffle<i32>(v128.load64_zero(x + bin0), v128.load64_zero(x + stride + bin1), 0, 4, 1, 5);
    const p23 = v128.shuffle<i32>(v128.load64_zero(x + 2 * stride + bin2), v128.load64_zero(x + 3 * stride + bin3), 0, 4, 1, 5);
    const largest = v128.load(largestOf + offset);
    const logSum = v128.load(logOf + offset);
    entropy = addLanes(entropy, v128.load(entropyOf + offset));
    const dl = f32x4.sub(largest, v128.shuffle<i64>(p01, p23, 0, 2));
    const dr = f32x4.sub(largest, v128.shuffle<i64>(p01, p23, 1, 3));
    const wr = f32x4.sub(target, left);
    const sides4 = f32x4.add(logSum, fma(f32x4.sub(one, wr), dl, f32x4.mul(wr, dr)));
    loss = f64x2.add(loss, f64x2.mul(f64x2.splat(<f64>weight), addLanes(f64x2.splat(0), sides4)));
  }
  lossSum = f64x2.add(lossSum, loss);
  entropySum = f64x2.add(entropySum, entropy);
  minimum = f32x4.pmin(minimum, least);
  maximum = f32x4.pmax(maximum, most);
  if (weighted) add(weightSumAt, weights);
  add(soundSidesAt, <f64>(4 * ordinary));
  add(finiteDistributionsAt, <f64>(4 * ordinary));
}

/** The second half for `quads` quads that sumQuads has summed, from quad `first` of the block on; `distributions` are left of the call from there on. */
function finishQuads(x: usize, t: usize, w: usize, g: usize, first: usize, quads: usize, distributions: usize): void {
  const k = K;
  const quadBytes = k << 4;
  const stride = k << 2;
  const bottom = f32x4.splat(lo);
  const high = f32x4.splat(top);
  const others = i32x4.splat(<i32>k - 1);
  const lastLeft = f32x4.splat(<f32>(k - 2));
  const floatMax = f32x4.splat(FLOAT_MAX);
  const four = sides == 4;
  let loss = lossSum;
  let entropy = entropySum;
  let least = minimum;
  let most = maximum;
  let soundCount: u32 = 0;
  let finiteCount: u32 = 0;
  for (let nth: usize = 0; nth < quads; nth++, x += quadBytes, t += 16) {
    const quad = first + nth;
    const present = min(<usize>4, distributions - (nth << 2));
    const target = v128.load(t);

    // Targets: which are in range, their left bins, their counts.
    const floor = f32x4.floor(target);
    let inRange = v128.and(f32x4.ge(target, bottom), f32x4.lt(target, high));
    const bin = binOf(floor, bottom, lastLeft);
    const left = truncate ? f32x4.trunc(target) : floor;
    const leftBin = truncate ? binOf(left, bottom, lastLeft) : bin;
    countTargets(target, inRange, bin, four ? g + nth : g + (nth << 2), present);
    if (i32x4.all_true(inRange) && present == 4) {
      least = f32x4.pmin(least, target);
      most = f32x4.pmax(most, target);
    } else {
      const here = firstLanes(present);
      inRange = v128.and(inRange, here);
      const isFinite = v128.and(f32x4.le(f32x4.abs(target), floatMax), here);
      least = f32x4.pmin(least, v128.bitselect(target, f32x4.splat(Infinity), isFinite));
      most = f32x4.pmax(most, v128.bitselect(target, f32x4.splat(-Infinity), isFinite));
    }

    // Logits: the logarithm of the sum, and the entropy.
    const offset = area + (quad << 4);
    const largest = v128.load(largestOf + offset);
    let product = v128.load(productOf + offset);
    let finite = f32x4.eq(product, product);
    if (!i32x4.all_true(finite)) {
      finite = examine(x, largest, finite, present, quad);
      product = v128.load(productOf + offset);
    }
    if (present < 4) finite = v128.and(finite, firstLanes(present));
    const rest = v128.load(restOf + offset);
    // One bin is the largest and all others lie in the window; or bins share the largest value, or lie below the window.
    let ties = f32x4.splat(1);
    if (!i32x4.all_true(i32x4.eq(v128.load(insideOf + offset), others))) ties = countLargest(x, largest);
    const total = f32x4.add(ties, rest);
    const inverse = f32x4.div(f32x4.splat(1), total);
    const logSum = logOfSum(total, f32x4.add(f32x4.sub(ties, total), rest), inverse);
    entropy = addLanes(entropy, v128.and(f32x4.sub(logSum, f32x4.mul(product, inverse)), finite));
    finiteCount += popcnt(i32x4.bitmask(finite));

    // Loss of the sound sides: logSum + wl (largest - z_l) + wr (largest - z_r).
    const p01 = v128.shuffle<i32>(
      v128.load64_zero(x + (i32x4.extract_lane(leftBin, 0) << 2)),
      v128.load64_zero(x + stride + (i32x4.extract_lane(leftBin, 1) << 2)),
      0, 4, 1, 5,
    );
    const p23 = v128.shuffle<i32>(
      v128.load64_zero(x + 2 * stride + (i32x4.extract_lane(leftBin, 2) << 2)),
      v128.load64_zero(x + 3 * stride + (i32x4.extract_lane(leftBin, 3) << 2)),
      0, 4, 1, 5,
    );
    const dl = f32x4.sub(largest, v128.shuffle<i64>(p01, p23, 0, 2));
    const dr = f32x4.sub(largest, v128.shuffle<i64>(p01, p23, 1, 3));
    const wr = f32x4.sub(target, left);
    const wl = f32x4.sub(f32x4.splat(1), wr);
    let sound = v128.and(inRange, finite);
    const sides4 = f32x4.add(logSum, fma(wl, dl, f32x4.mul(wr, dr)));
    const overflows = v128.any_true(v128.andnot(sound, f32x4.le(f32x4.abs(sides4), floatMax)));
    if (four && !overflows) {
      let weight: f32 = 1;
      if (weighted) {
        weight = load<f32>(w + (nth << 2));
        if (!(abs(weight) <= FLOAT_MAX)) {
          add(nonFiniteWeightsAt, 1);
          continue;
        }
        add(weightSumAt, weight);
      }
      soundCount += popcnt(i32x4.bitmask(sound));
      const wide = addLanes(f64x2.splat(0), v128.and(sides4, sound));
      loss = f64x2.add(loss, f64x2.mul(f64x2.splat(<f64>weight), wide));
      continue;
    }
    const weights = weighted ? loadWeights(four ? w + (nth << 2) : w + (nth << 4), present) : f32x4.splat(1);
    sound = v128.and(sound, f32x4.eq(weights, weights));
    soundCount += popcnt(i32x4.bitmask(sound));
    loss = f64x2.add(loss, wideLoss(logSum, x, leftBin, largest, wl, wr, sound, weights));
  }
  lossSum = loss;
  entropySum = entropy;
  minimum = least;
  maximum = most;
  add(soundSidesAt, <f64>soundCount);
  add(finiteDistributionsAt, <f64>finiteCount);
}

/** Bin of a floor or truncated target, kept in 0..k-2 so that it may be used as an index whatever the target; NaN gives 0. */
// @ts-ignore: decorator
@inline
function binOf(rounded: v128, bottom: v128, lastLeft: v128): v128 {
  const clamped = f32x4.pmin(lastLeft, f32x4.pmax(f32x4.splat(0), f32x4.sub(rounded, bottom)));
  return i32x4.sub(f32x4.add(clamped, f32x4.splat(MAGIC)), f32x4.splat(MAGIC));
}

/** Adds four float32 lanes to two float64 lanes. */
// @ts-ignore: decorator
@inline
function addLanes(sum: v128, lanes: v128): v128 {
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(lanes), f64x2.promote_low_f32x4(upper(lanes))));
}

// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

/** Weights of the four lanes, counted and summed; NaN where one is not finite. */
function loadWeights(w: usize, present: usize): v128 {
  if (sides == 4) {
    const weight = load<f32>(w);
    if (abs(weight) <= FLOAT_MAX) add(weightSumAt, weight);
    else add(nonFiniteWeightsAt, 1);
    return f32x4.splat(abs(weight) <= FLOAT_MAX ? weight : NaN);
  }
  const weights = v128.load(w);
  const here = firstLanes(present);
  const usable = f32x4.le(f32x4.abs(weights), f32x4.splat(FLOAT_MAX));
  add(nonFiniteWeightsAt, <f64>popcnt(i32x4.bitmask(v128.andnot(here, usable))));
  const sum = addLanes(f64x2.splat(0), v128.and(weights, v128.and(usable, here)));
  add(weightSumAt, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  return v128.bitselect(weights, f32x4.splat(NaN), usable);
}

/** Weighted loss of the sound lanes in float64, one by one: for angles, and where float32 would overflow. */
function wideLoss(logSum: v128, x: usize, leftBin: v128, largest: v128, wl: v128, wr: v128, sound: v128, weights: v128): v128 {
  store4(0, logSum);
  store4(1, leftBin);
  store4(2, largest);
  store4(3, wl);
  store4(4, wr);
  store4(5, weights);
  const lanes = i32x4.bitmask(sound);
  let sum: f64 = 0;
  for (let lane: usize = 0; lane < 4; lane++) {
    if (!((lanes >> <i32>lane) & 1)) continue;
    const z = x + lane * (K << 2) + (<usize>load<i32>(lanesAt(1, lane)) << 2);
    const top = <f64>load<f32>(lanesAt(2, lane));
    const left = <f64>load<f32>(lanesAt(3, lane)) * (top - <f64>load<f32>(z));
    const right = <f64>load<f32>(lanesAt(4, lane)) * (top - <f64>load<f32>(z, 4));
    sum += <f64>load<f32>(lanesAt(5, lane)) * (<f64>load<f32>(lanesAt(0, lane)) + (left + right));
  }
  return f64x2.replace_lane(f64x2.splat(0), 0, sum);
}

// @ts-ignore: decorator
@inline
function lanesAt(vector: usize, lane: usize): usize {
  return area + scratch + (vector << 4) + (lane << 2);
}

// @ts-ignore: decorator
@inline
function store4(vector: usize, lanes: v128): void {
  v128.store(lanesAt(vector, 0), lanes);
}

/** All ones in the first `present` lanes. */
function firstLanes(present: usize): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>present));
}

// @ts-ignore: decorator
@inline
function countTargets(target: v128, inRange: v128, bin: v128, g: usize, present: usize): void {
  const cells = K + countCells;
  const sideBytes: usize = cells << 2;
  let cell = bin;
  if (!i32x4.all_true(inRange)) {
    const below = f32x4.lt(target, f32x4.splat(lo));
    const finite = f32x4.le(f32x4.abs(target), f32x4.splat(FLOAT_MAX));
    let outside = v128.bitselect(i32x4.splat(<i32>K), i32x4.splat(<i32>K + 1), below);
    outside = v128.bitselect(outside, i32x4.splat(<i32>K + 2), finite);
    cell = v128.bitselect(bin, outside, inRange);
  }
  let base0: usize;
  let base1: usize;
  let base2: usize;
  let base3: usize;
  if (sides == 4) {
    base0 = area + counts + (grouped ? <usize>load<u8>(g) * 4 * sideBytes : 0);
    base1 = base0 + sideBytes;
    base2 = base1 + sideBytes;
    base3 = base2 + sideBytes;
  } else {
    base0 = area + counts + (grouped ? <usize>load<u8>(g) * sideBytes : 0);
    base1 = area + counts + (grouped ? <usize>load<u8>(g, 1) * sideBytes : 0);
    base2 = area + counts + (grouped ? <usize>load<u8>(g, 2) * sideBytes : 0);
    base3 = area + counts + (grouped ? <usize>load<u8>(g, 3) * sideBytes : 0);
  }
  countAt(base0 + (<usize>i32x4.extract_lane(cell, 0) << 2));
  if (present > 1) countAt(base1 + (<usize>i32x4.extract_lane(cell, 1) << 2));
  if (present > 2) countAt(base2 + (<usize>i32x4.extract_lane(cell, 2) << 2));
  if (present > 3) countAt(base3 + (<usize>i32x4.extract_lane(cell, 3) << 2));
  const atLower = v128.and(f32x4.eq(target, f32x4.splat(lo)), inRange);
  const atUpper = v128.and(v128.and(f32x4.ge(target, f32x4.splat(clipFrom)), f32x4.le(target, f32x4.splat(clipTo))), inRange);
  if (v128.any_true(v128.or(atLower, atUpper))) {
    countClips(i32x4.bitmask(atLower), present, (K + 3) << 2, base0, base1, base2, base3);
    countClips(i32x4.bitmask(atUpper), present, (K + 4) << 2, base0, base1, base2, base3);
  }
}

function countClips(lanes: i32, present: usize, cell: usize, base0: usize, base1: usize, base2: usize, base3: usize): void {
  if (lanes & 1) countAt(base0 + cell);
  if (lanes & 2 && present > 1) countAt(base1 + cell);
  if (lanes & 4 && present > 2) countAt(base2 + cell);
  if (lanes & 8 && present > 3) countAt(base3 + cell);
}

/**
 * Lanes whose sums are NaN hold logits that are NaN or infinite, which are counted, or finite ones whose difference overflows, for which
 * the sums are made anew. Gives the lanes that are finite.
 */
function examine(x: usize, largest: v128, finite: v128, present: usize, quad: usize): v128 {
  const lanes = i32x4.bitmask(finite);
  let mask = lanes;
  let total: u32 = 0;
  for (let lane: usize = 0; lane < present; lane++) {
    if ((lanes >> <i32>lane) & 1) continue;
    const count = countNonFinite(x + lane * (K << 2));
    total += count;
    if (count == 0) mask |= 1 << <i32>lane;
  }
  add(nonFiniteLogitsAt, <f64>total);
  if (mask != lanes) sumLifted(x, largest, quad);
  const bits = i32x4(1, 2, 4, 8);
  return i32x4.eq(v128.and(i32x4.splat(mask), bits), bits);
}
