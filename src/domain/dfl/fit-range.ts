// Whether reg_range fits the targets: how many sit at its clip values, the smallest range that holds nearly all of them, and what it costs.
import type { rangeVerdicts } from '../../contracts/analysis.ts';
import type { CaptureShape } from '../../contracts/capture.ts';
import type { DflRecomputation } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';

export interface RangeCost {
  extraBins: number;
  /** Output channels of the head's last layer, 4 K, now and after the change. */
  channels: { now: number; after: number };
  /** Memory of the logits, and time of the DFL, which both grow with K, in percent of now. */
  percent: number;
}

export interface RangeFit {
  /** Shares of the distributions whose target sits at a clip value. */
  clipRate: { lower: number; upper: number };
  /**
   * Smallest [lo, hi) with the 0.1th percentile in it and the 99.9th below hi - 1; null when it cannot be told, or needs more than
   * limits.maxBins bins. Never for an angle, whose range is a quarter turn by definition.
   */
  smallest: { lo: number; hi: number } | null;
  /** The upper clip value hides the 99.9th percentile; then `estimated` says whether the tail of the occupancy gave an estimate. */
  censored: boolean;
  estimated: boolean;
  verdict: (typeof rangeVerdicts)[number];
  /** Of changing to `smallest`; null when there is nothing to change. */
  cost: RangeCost | null;
}

/** Share of the targets that may lie outside of the suggested range, at either end. */
export const outsideShare = 0.001;
/** Fewer targets do not have a 99.9th percentile worth the name. */
export const minTargets = 1000;
/** Far too wide: the targets need at most this share of the bins. */
const wideShare = 0.5;

/** Of targets that say nothing of the boxes, such as those of a corrupted selection: the clip rates alone. */
export function unfitted({ distributions, atLowerClip, atUpperClip }: DflRecomputation): RangeFit {
  return {
    clipRate: { lower: atLowerClip / distributions, upper: atUpperClip / distributions },
    smallest: null,
    censored: atUpperClip > outsideShare * distributions,
    estimated: false,
    verdict: 'unknown',
    cost: null,
  };
}

export function fitRange(measured: DflRecomputation, { bins, regRange, positives }: FittedShape): RangeFit {
  const { distributions, floorPercentiles } = measured;
  const sides = distributions / positives;
  const fit = unfitted(measured);
  const { censored } = fit;
  if (floorPercentiles === null || sides === 1) return fit;
  const highest = censored ? estimateTail(measured, regRange) : floorPercentiles.high;
  if (highest === null) return { ...fit, verdict: 'too-narrow' };
  // Distances of 0 are always possible, and the left bin of the highest target needs a right neighbour.
  const smallest = { lo: Math.min(floorPercentiles.low, 0), hi: highest + 2 };
  const needed = smallest.hi - smallest.lo;
  if (needed > limits.maxBins || needed < limits.minBins) return { ...fit, estimated: censored, verdict: 'too-narrow' };
  const verdict = judge(smallest, regRange, distributions);
  return {
    ...fit,
    smallest,
    estimated: censored,
    verdict,
    cost: verdict === 'fits' ? null : costOf(bins, needed, sides),
  };
}

type FittedShape = Pick<CaptureShape, 'bins' | 'regRange' | 'positives'>;

function judge(smallest: { lo: number; hi: number }, { lo, hi }: { lo: number; hi: number }, targets: number) {
  if (smallest.hi > hi || smallest.lo < lo) return 'too-narrow';
  const isWide = smallest.hi - smallest.lo <= wideShare * (hi - lo) && targets >= minTargets;
  return isWide ? 'too-wide' : 'fits';
}

function costOf(bins: number, needed: number, sides: number): RangeCost {
  return {
    extraBins: needed - bins,
    channels: { now: sides * bins, after: sides * needed },
    percent: Math.round(1000 * (needed / bins - 1)) / 10,
  };
}

/**
 * Floor of the 99.9th percentile when it lies beyond the upper clip value, from an exponential tail: its rate is that of the upper quarter of
 * the bins, where the share S(x) of targets at or beyond x falls from S(a) to S(b), and S(x) = S(b) exp(-rate (x - b)) is followed down to
 * 0.001. A heavier tail would reach further. Null when the upper quarter is empty but for the clipped targets, which says nothing of a tail.
 */
function estimateTail(
  { binHistogram, atUpperClip, aboveRange }: DflRecomputation,
  { lo, hi }: { lo: number; hi: number },
) {
  const total = binHistogram.reduce((sum, count) => sum + count, 0) + aboveRange;
  const beyond = atUpperClip + aboveRange;
  const span = Math.max(1, Math.floor(binHistogram.length / 4));
  const from = hi - 1 - span;
  const within = binHistogram.slice(from - lo).reduce((sum, count) => sum + count, 0) - atUpperClip;
  if (within <= 0) return null;
  const rate = Math.log((beyond + within) / beyond) / span;
  const percentile = hi - 1 + Math.log(beyond / total / outsideShare) / rate;
  return percentile < limits.floorBound ? Math.floor(percentile) : null;
}
