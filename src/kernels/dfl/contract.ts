// What every DFL backend takes and gives, and the rules they share. The reference (reference.ts) is the readable truth of these rules.
import { type BackendName, type Formulation, sides } from '../../contracts/capture.ts';
import { limits } from '../../contracts/limits.ts';

/** Arrays are C-ordered; a backend neither writes to them nor keeps them after its promise settled. */
export interface DflInput {
  /** P, at least 1. */
  positives: number;
  /** K, from 2 to 256: bin k stands for the value lo + k. */
  bins: number;
  lo: number;
  formulation: Formulation;
  /** S as the trainer computed it; see divisor(). */
  normalizer: number;
  /** Logits [P,4,K]. */
  predDist: Float32Array | Float64Array;
  /** [P,4], in the unit of the bins. */
  target: Float32Array | Float64Array;
  /** [P]; null weighs every positive 1. */
  weight: Float32Array | Float64Array | null;
}

/**
 * With hi = lo + K, a finite target t is below range when t < lo and above range when t >= hi - 1, as its right neighbour bin floor(t) + 1
 * must exist too. A side is *sound* when its target is in range, its K logits are finite and its row's weight is finite.
 */
export interface DflRecomputation {
  /** Null when some side is not sound (the trainer's own loss would have raised, or been NaN), or when the sum overflows. */
  lossDfl: number | null;
  /** The same sum over the sound sides only; the others add 0 and the mean over the sides still divides by 4. Null when it overflows. */
  lossDflValid: number | null;
  /** 4 P. */
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
  /** In-range targets at the trainer's upper clip value; see upperClip(). */
  atUpperClip: number;
  /** Over finite targets, those out of range included; null when there is none. */
  targetMin: number | null;
  targetMax: number | null;
  /** K counts of floor(t) - lo over the in-range targets. */
  binHistogram: number[];
  /** Mean entropy in nats of softmax(z) over the distributions whose logits are finite, whatever their target; null when there is none. */
  entropyMean: number | null;
  /** Sides whose target is out of range or not finite, worst first, at most limits.offenders; see compareOffenders(). */
  offenders: DflOffender[];
}

export interface DflOffender {
  row: number;
  /** 0 left, 1 top, 2 right, 3 bottom. */
  side: 0 | 1 | 2 | 3;
  /** The value itself: may be NaN or infinite. */
  target: number;
}

export interface DflBackend {
  readonly name: BackendName;
  /** What computes, in words: processor or adapter. */
  readonly device: string;
  /** Rejects with the signal's reason when aborted, and with PublicError overloaded when too many calls wait. */
  recompute(input: DflInput, signal?: AbortSignal): Promise<DflRecomputation>;
  /** Ends the backend; calls still under way are rejected. */
  close(): Promise<void>;
}

export const sidesPerPositive = sides.length;

/**
 * What the weighted sum is divided by. PP-YOLOE clips S to at least 1 (PaddleDetection ppdet/modeling/heads/ppyoloe_head.py since PR 6900)
 * and so does Ultralytics (ultralytics/utils/loss.py, max(target_scores.sum(), 1)); here S may come clipped or not. The GFL heads clip
 * their own average factor differently (mmdet/models/dense_heads/gfl_head.py), so it is taken as given.
 */
export function divisor(formulation: Formulation, normalizer: number): number {
  return formulation === 'gfl' ? normalizer : Math.max(normalizer, 1);
}

/**
 * The value the trainer clips targets to: hi - 1 less the eps of bbox2distance. 0.01 in ppyoloe_head.py and ultralytics/utils/tal.py,
 * 0.1 in mmdet/core/bbox/transforms.py and the PaddleDetection GFL heads.
 */
export function upperClip(formulation: Formulation, hi: number): number {
  return hi - 1 - (formulation === 'gfl' ? 0.1 : 0.01);
}

/** Whether a target is that clip value, up to the rounding of a float32. */
export function isAtUpperClip(target: number, clip: number): boolean {
  return Math.abs(target - clip) <= 1e-6 * Math.max(1, Math.abs(target));
}

/** Distance of a target from [lo, hi - 1], infinite for a target that is not finite. */
export function distanceFromRange(target: number, lo: number, hi: number): number {
  if (!Number.isFinite(target)) return Number.POSITIVE_INFINITY;
  return Math.max(lo - target, target - (hi - 1));
}

/** Order of offenders: those farthest from the range first, equal ones by row and side. */
export function compareOffenders(a: DflOffender, b: DflOffender, lo: number, hi: number): number {
  const [farA, farB] = [distanceFromRange(a.target, lo, hi), distanceFromRange(b.target, lo, hi)];
  if (farA !== farB) return farA > farB ? -1 : 1;
  return a.row - b.row || a.side - b.side;
}

/** How far a backend may be from the reference, by the type of its arithmetic. Counts and offenders must be equal in any case. */
export function toleranceFor(arithmetic: 'float64' | 'float32'): { relative: number; absolute: number } {
  return arithmetic === 'float64' ? { relative: 1e-9, absolute: 1e-12 } : { relative: 1e-6, absolute: 1e-6 };
}

/** Throws Error when shapes and lengths disagree: captures are judged before (capture-header.ts), so that is a bug. */
export function assertDflInput(input: DflInput): void {
  const { positives, bins, lo, normalizer, predDist, target, weight } = input;
  const fits =
    Number.isSafeInteger(positives) &&
    positives >= 1 &&
    Number.isInteger(bins) &&
    bins >= limits.minBins &&
    bins <= limits.maxBins &&
    Number.isSafeInteger(lo) &&
    normalizer > 0 &&
    Number.isFinite(normalizer) &&
    predDist.length === positives * 4 * bins &&
    target.length === positives * 4 &&
    (weight === null || weight.length === positives);
  if (fits) return;
  const lengths = `pred_dist ${predDist.length}, target ${target.length}, weight ${weight?.length ?? 'none'}`;
  throw new Error(`DFL input does not fit P=${positives}, K=${bins}, lo=${lo}, S=${normalizer}: ${lengths}`);
}
