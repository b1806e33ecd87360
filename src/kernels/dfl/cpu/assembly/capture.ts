// The capture that has been begun, and what it sums up to.
import {
  area,
  countCells,
  countsOf,
  lossOf,
  maxBlock,
  resultBytes,
  sheetBytes,
  targetMaxOf,
  targetMinOf,
} from './area';

export let K: usize = 0;
export let sides: usize = 4;
export let lo: f32 = 0;
/** Targets lie in lo <= t < top. */
export let top: f32 = 0;
/** Targets that count as clipped, both inclusive. */
export let clipFrom: f32 = 0;
export let clipTo: f32 = 0;
export let truncate: bool = false;
export let weighted: bool = false;
export let grouped: bool = false;
/** Quads of a block. */
export let blockQuads: usize = 0;
/** Bytes of the counts of one side. */
export let sideBytes: usize = 0;

// Lane by lane, over the finite targets.
let least: v128 = f32x4.splat(0);
let most: v128 = f32x4.splat(0);

/**
 * Begins a capture. `from` and `to` bound the targets that count as clipped, both inclusive; a target t is in range when
 * low <= t < low + bins - 1.
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
  blockQuads = min(maxBlock, sheetBytes / (K << 4));
  sideBytes = (K + countCells) << 2;
  memory.fill(area + countsOf, 0, <usize>groups * sides * sideBytes);
  memory.fill(area + lossOf, 0, resultBytes);
  least = f32x4.splat(Infinity);
  most = f32x4.splat(-Infinity);
}

/** Adds to one of the results. */
// @ts-ignore: decorator
@inline
export function add(result: usize, value: f64): void {
  store<f64>(area + result, load<f64>(area + result) + value);
}

/** Adds both lanes to one of the results. */
// @ts-ignore: decorator
@inline
export function addBoth(result: usize, values: v128): void {
  add(result, f64x2.extract_lane(values, 0) + f64x2.extract_lane(values, 1));
}

/** Takes note of the smallest and largest finite targets of each lane. */
// @ts-ignore: decorator
@inline
export function stretch(smallest: v128, largest: v128): void {
  least = f32x4.pmin(least, smallest);
  most = f32x4.pmax(most, largest);
}

/** Stores the smallest and the largest target among the results. */
export function storeExtremes(): void {
  const low = f32x4.pmin(least, v128.shuffle<i64>(least, least, 1, 0));
  const high = f32x4.pmax(most, v128.shuffle<i64>(most, most, 1, 0));
  store<f64>(area + targetMinOf, <f64>min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)));
  store<f64>(area + targetMaxOf, <f64>max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)));
}
