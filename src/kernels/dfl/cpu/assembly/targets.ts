// Targets: their bins, and how many there are of each kind.
import { area, countCells, countsOf } from './area';
import { clipFrom, clipTo, grouped, K, lo, sideBytes, sides } from './capture';
import { FLOAT_MAX, MAGIC } from './vectors';

// @ts-ignore: decorator
@inline
export function countAt(cell: usize): void {
  store<u32>(cell, load<u32>(cell) + 1);
}

/** Bin of a floor or truncated target, kept in 0..K-2 so that it may be used as an index whatever the target; NaN gives 0. */
// @ts-ignore: decorator
@inline
export function binOf(rounded: v128): v128 {
  const lastLeft = f32x4.splat(<f32>(K - 2));
  const clamped = f32x4.pmin(lastLeft, f32x4.pmax(f32x4.splat(0), f32x4.sub(rounded, f32x4.splat(lo))));
  return i32x4.sub(f32x4.add(clamped, f32x4.splat(MAGIC)), f32x4.splat(MAGIC));
}

/** Counts the first `present` targets of a quad, whose rows have the groups at g. */
// @ts-ignore: decorator
@inline
export function countTargets(target: v128, inRange: v128, bin: v128, g: usize, present: usize): void {
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
    base0 = area + countsOf + (grouped ? <usize>load<u8>(g) * 4 * sideBytes : 0);
    base1 = base0 + sideBytes;
    base2 = base1 + sideBytes;
    base3 = base2 + sideBytes;
  } else {
    base0 = area + countsOf + (grouped ? <usize>load<u8>(g) * sideBytes : 0);
    base1 = area + countsOf + (grouped ? <usize>load<u8>(g, 1) * sideBytes : 0);
    base2 = area + countsOf + (grouped ? <usize>load<u8>(g, 2) * sideBytes : 0);
    base3 = area + countsOf + (grouped ? <usize>load<u8>(g, 3) * sideBytes : 0);
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
