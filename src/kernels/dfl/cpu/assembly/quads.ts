// One quad of any kind: four sides of a box or four angles, of which `present` are there.
import {
  area,
  entropyOf,
  entropySumOf,
  finiteDistributionsOf,
  finiteOf,
  lanesOf,
  largestOf,
  logOf,
  lossOf,
  nonFiniteWeightsOf,
  soundSidesOf,
  weightSumOf,
} from './area';
import { add, addBoth, K, lo, sides, stretch, top, truncate, weighted } from './capture';
import { binOf, countTargets } from './targets';
import { firstLanes, FLOAT_MAX, fma, widen } from './vectors';

/** Adds up, after sumQuads, quad number `quad` of the block, whose logits are at x, its targets at t, the weights and groups of its rows at w and g. */
export function finishQuad(x: usize, t: usize, w: usize, g: usize, quad: usize, present: usize): void {
  const here = firstLanes(present);
  const target = v128.load(t);
  const inRange = v128.and(v128.and(f32x4.ge(target, f32x4.splat(lo)), f32x4.lt(target, f32x4.splat(top))), here);
  const floor = f32x4.floor(target);
  const bin = binOf(floor);
  countTargets(target, inRange, bin, g, present);
  const isFinite = v128.and(f32x4.le(f32x4.abs(target), f32x4.splat(FLOAT_MAX)), here);
  stretch(
    v128.bitselect(target, f32x4.splat(Infinity), isFinite),
    v128.bitselect(target, f32x4.splat(-Infinity), isFinite),
  );

  const at = area + (quad << 4);
  const finite = v128.load(at, finiteOf);
  addBoth(entropySumOf, widen(v128.and(v128.load(at, entropyOf), finite)));
  add(finiteDistributionsOf, <f64>popcnt(i32x4.bitmask(finite)));

  // Loss of the sound sides: logSum + wl (largest - z_l) + wr (largest - z_r).
  const left = truncate ? f32x4.trunc(target) : floor;
  const leftBin = truncate ? binOf(left) : bin;
  const stride = K << 2;
  const z01 = v128.shuffle<i32>(
    v128.load64_zero(x + (i32x4.extract_lane(leftBin, 0) << 2)),
    v128.load64_zero(x + stride + (i32x4.extract_lane(leftBin, 1) << 2)),
    0, 4, 1, 5,
  );
  const z23 = v128.shuffle<i32>(
    v128.load64_zero(x + 2 * stride + (i32x4.extract_lane(leftBin, 2) << 2)),
    v128.load64_zero(x + 3 * stride + (i32x4.extract_lane(leftBin, 3) << 2)),
    0, 4, 1, 5,
  );
  const largest = v128.load(at, largestOf);
  const logSum = v128.load(at, logOf);
  const dl = f32x4.sub(largest, v128.shuffle<i64>(z01, z23, 0, 2));
  const dr = f32x4.sub(largest, v128.shuffle<i64>(z01, z23, 1, 3));
  const wr = f32x4.sub(target, left);
  const wl = f32x4.sub(f32x4.splat(1), wr);
  const loss = f32x4.add(logSum, fma(wl, dl, f32x4.mul(wr, dr)));
  const weights = weighted ? takeWeights(w, present) : f32x4.splat(1);
  const sound = v128.and(v128.and(inRange, finite), f32x4.eq(weights, weights));
  add(soundSidesOf, <f64>popcnt(i32x4.bitmask(sound)));
  const overflows = v128.any_true(v128.andnot(sound, f32x4.le(f32x4.abs(loss), f32x4.splat(FLOAT_MAX))));
  if (sides == 4 && !overflows) {
    const sum = widen(v128.and(loss, sound));
    if (v128.any_true(sound)) addBoth(lossOf, f64x2.mul(sum, f64x2.promote_low_f32x4(weights)));
  } else add(lossOf, wideLoss(logSum, x, leftBin, largest, wl, wr, sound, weights));
}

/** Weights of the four lanes, counted and summed; NaN where one is not finite. */
function takeWeights(w: usize, present: usize): v128 {
  if (sides == 4) {
    const weight = load<f32>(w);
    const isUsable = abs(weight) <= FLOAT_MAX;
    add(isUsable ? weightSumOf : nonFiniteWeightsOf, isUsable ? <f64>weight : 1);
    return f32x4.splat(isUsable ? weight : NaN);
  }
  const weights = v128.load(w);
  const here = firstLanes(present);
  const usable = f32x4.le(f32x4.abs(weights), f32x4.splat(FLOAT_MAX));
  add(nonFiniteWeightsOf, <f64>popcnt(i32x4.bitmask(v128.andnot(here, usable))));
  addBoth(weightSumOf, widen(v128.and(weights, v128.and(usable, here))));
  return v128.bitselect(weights, f32x4.splat(NaN), usable);
}

/** Weighted loss of the sound lanes in float64, one by one: for angles, and where float32 would overflow. */
function wideLoss(logSum: v128, x: usize, leftBin: v128, largest: v128, wl: v128, wr: v128, sound: v128, weights: v128): f64 {
  storeLanes(0, logSum);
  storeLanes(1, leftBin);
  storeLanes(2, largest);
  storeLanes(3, wl);
  storeLanes(4, wr);
  storeLanes(5, weights);
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
  return sum;
}

// @ts-ignore: decorator
@inline
function lanesAt(vector: usize, lane: usize): usize {
  return area + lanesOf + (vector << 4) + (lane << 2);
}

// @ts-ignore: decorator
@inline
function storeLanes(vector: usize, lanes: v128): void {
  v128.store(lanesAt(vector, 0), lanes);
}
