// Compares the DFL that a trainer reported with the one recomputed from its tensors.
import type { FloatDtype } from '../../contracts/capture.ts';

export interface LossTolerance {
  relative: number;
  absolute: number;
}

export interface LossComparison {
  /** |reported - recomputed| / max(|recomputed|, 1e-6); null when one of them is missing or the reported one is not finite. */
  relativeDifference: number | null;
  mismatch: boolean;
  /** reported / recomputed; null when not finite. */
  ratio: number | null;
  tolerance: LossTolerance;
}

/**
 * How far two correct computations of one loss lie apart, by the least precise tensor it was made of. 16 bits: the logits themselves are
 * rounded to 3 (BF16) or 4 (F16) digits. F32: eps is 6e-8, and a sum over 1e5 rows in any order keeps 4 digits. F64 tensors do not prove
 * that the trainer computed in float64, so the tolerance is that of a single float32 term.
 */
const relativeTolerance: Record<FloatDtype, number> = { F64: 1e-5, F32: 1e-4, F16: 1e-2, BF16: 1e-2 };
const absoluteTolerance = 1e-6;

/** `reportedRounding` is half a unit of the last decimal that the reported loss was printed with. */
export function lossTolerance(precision: FloatDtype, reportedRounding: number): LossTolerance {
  return { relative: relativeTolerance[precision], absolute: absoluteTolerance + reportedRounding };
}

/**
 * `recomputed` is null when the trainer's own loss could not have been finite: nothing to compare then. A reported NaN or Infinity beside
 * a finite recomputed loss is a mismatch.
 */
export function compareLoss(
  reported: number | null,
  recomputed: number | null,
  tolerance: LossTolerance,
): LossComparison {
  if (reported === null || recomputed === null)
    return { relativeDifference: null, mismatch: false, ratio: null, tolerance };
  if (!Number.isFinite(reported)) return { relativeDifference: null, mismatch: true, ratio: null, tolerance };
  const difference = Math.abs(reported - recomputed);
  return {
    relativeDifference: difference / Math.max(Math.abs(recomputed), 1e-6),
    mismatch: difference > tolerance.absolute + tolerance.relative * Math.abs(recomputed),
    ratio: recomputed === 0 ? null : reported / recomputed,
    tolerance,
  };
}
