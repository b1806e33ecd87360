// What re-computation establishes about the tensors of one loss evaluation. The kernels measure it, the domain says what it means.
import type { BackendName } from './capture.ts';

/**
 * With hi = lo + K, a finite target t is below range when t < lo and above range when t >= hi - 1, as its right neighbour bin floor(t) + 1
 * must exist too. A side is *sound* when its target is in range, its K logits are finite and its row's weight is finite.
 */
export interface DflRecomputation {
  /** Null when some side is not sound (the trainer's own loss would have raised, or been NaN), or when the sum overflows. */
  lossDfl: number | null;
  /** The same sum over the sound sides only; the others add 0 and the mean over the sides still counts them. Null when it overflows. */
  lossDflValid: number | null;
  /** Sum of the finite weights; P where nothing is weighted. */
  weightSum: number;
  /** Sides times P. */
  distributions: number;
  belowRange: number;
  aboveRange: number;
  nonFiniteTargets: number;
  /** Counted per logit, not per distribution. */
  nonFiniteLogits: number;
  /** Rows whose weight is NaN or infinite. */
  nonFiniteWeights: number;
  /** In-range targets equal to lo, where the trainer's clip ends. */
  atLowerClip: number;
  /** In-range targets at the trainer's upper clip value. */
  atUpperClip: number;
  /** Over finite targets, those out of range included; null when there is none. */
  targetMin: number | null;
  targetMax: number | null;
  /** K counts of floor(t) - lo over the in-range targets. */
  binHistogram: number[];
  /** The counts above, apart for every group of rows (a stride) and side: group by group, side by side. */
  targetCounts: TargetCounts[];
  /** Floors of the 0.1th and 99.9th percentile of the finite targets (nearest rank), clamped to +-4096; null when there is none. */
  floorPercentiles: { low: number; high: number } | null;
  /** Mean entropy in nats of softmax(z) over the distributions whose logits are finite, whatever their target; null when there is none. */
  entropyMean: number | null;
  /** The first logits that are NaN or infinite, in row-major order, at most 10. */
  firstNonFiniteLogits: NonFiniteLogit[];
  /** Sides whose target is out of range or not finite: the farthest from the range first, at most limits.offenders. */
  offenders: DflOffender[];
}

/** Counts over the targets of one group of rows and one side. */
export interface TargetCounts {
  group: number;
  side: SideIndex;
  /** K counts of floor(t) - lo over the in-range targets. */
  bins: number[];
  belowRange: number;
  aboveRange: number;
  nonFinite: number;
  atLowerClip: number;
  atUpperClip: number;
}

/** 0 left, 1 top, 2 right, 3 bottom; 0 for the one angle of a rotated box. */
export type SideIndex = 0 | 1 | 2 | 3;

export interface DflOffender {
  row: number;
  side: SideIndex;
  /** The value itself: may be NaN or infinite. */
  target: number;
}

export interface NonFiniteLogit {
  row: number;
  side: SideIndex;
  /** 0 to K-1. */
  bin: number;
  value: number;
}

/** A recomputation and what made it. */
export interface MeasuredDfl {
  recomputation: DflRecomputation;
  backend: BackendName;
  /** Processor or adapter, in words. */
  device: string;
}

export interface SelectionReplay {
  /** Rows looked at: the larger of P and the number of true mask entries. */
  checked: number;
  mismatchedRows: number;
  /** True entries of mask; when this is not P, the surplus on either side counts as mismatched. */
  selectedRows: number;
  /** The first mismatched rows; `expected` is empty where mask selects no such row, `got` where target has none. */
  examples: { row: number; expected: number[]; got: number[] }[];
  /** Runs of consecutive mismatched rows in rising order, the first limits.mismatchRanges of `rangeCount`. */
  ranges: RowRange[];
  rangeCount: number;
  /** What stands in the mismatched rows of target; null where there is none. */
  strangers: StrangerRows | null;
}

/** Both ends included. */
export interface RowRange {
  first: number;
  last: number;
}

/**
 * What a row can be that is not the selected one, in the order in which it is asked: never written, a row of target_full (of another
 * selected row at a constant distance, of any other selected row, of an anchor that mask does not select), the row before it once more,
 * numbers of another type read as floats, or floats that no target is.
 */
export const strangerKinds = [
  'zeros',
  'shifted',
  'other-row',
  'unselected',
  'repeated',
  'int64',
  'int32',
  'float64',
  'float32',
  'non-finite',
  'denormal',
  'huge',
  'ordinary',
] as const;
export type StrangerKind = (typeof strangerKinds)[number];

export interface StrangerRows {
  /** The first mismatched rows of target, at most limits.strangerRows. */
  inspected: number;
  /** How many of them are what; they add up to `inspected`. */
  kinds: Record<StrangerKind, number>;
  /** From the first to the last row of kind shifted, and the selected rows whose targets they hold. */
  shift: { rows: RowRange; holds: RowRange } | null;
  /** The first row that is found elsewhere in target_full: index into [B*A] of the anchor it should be (null beyond mask's) and is. */
  source: { row: number; expectedAnchor: number | null; heldAnchor: number } | null;
  /** The first row of kind int64, int32, float64 or float32, read as that. */
  decoded: { row: number; values: number[] } | null;
}
