// Says what the measurements of one capture mean: the public analysis and the findings.
import type { CaptureAnalysis } from '../../contracts/analysis.ts';
import type { CaptureShape } from '../../contracts/capture.ts';
import type { MeasuredDfl, SelectionReplay } from '../../contracts/dfl.ts';
import type { Finding } from '../../contracts/findings.ts';
import { captureFindings } from './capture-findings.ts';
import { compareLoss, type LossComparison, lossTolerance } from './compare-loss.ts';
import { type Explanation, explainRatio } from './explain-ratio.ts';
import { explainSelection, type SelectionStory } from './explain-selection.ts';
import { fitRange, type RangeFit, unfitted } from './fit-range.ts';
import { presentAnalysis } from './present-analysis.ts';

export interface MeasuredCapture extends MeasuredDfl {
  /** Null when the capture brought no mask and target_full. */
  selection: SelectionReplay | null;
  /** What the weighted sum was divided by. */
  divisor: number;
  /** Stride of each group of targetCounts; empty when unknown. */
  groupStrides: number[];
  shape: CaptureShape;
  captureId: string;
  rank: number;
  step: number | null;
  worldSize: number | null;
}

/** A capture with what its measurements mean. */
export interface InterpretedCapture extends MeasuredCapture {
  /** Distributions of a positive. */
  sides: 4 | 1;
  comparison: LossComparison;
  /** Why the reported loss differs, likeliest first; empty when it does not, or arithmetic does not tell. */
  explanations: Explanation[];
  fit: RangeFit;
  selectionStory: SelectionStory | null;
}

/** Pure; findings carry kind "capture", ref = captureId. Each finding id appears at most once per capture. */
export function interpretAnalysis(capture: MeasuredCapture): { analysis: CaptureAnalysis; findings: Finding[] } {
  const { recomputation, selection, shape, divisor, worldSize } = capture;
  const sides: InterpretedCapture['sides'] = recomputation.distributions === shape.positives ? 1 : 4;
  const tolerance = lossTolerance(shape.precision, shape.reportedRounding);
  const comparison = compareLoss(shape.reportedLossDfl, recomputation.lossDfl, tolerance);
  const { formulation, positives, normalizer, normalizerGiven } = shape;
  const { weightSum } = recomputation;
  const images = shape.selection?.images ?? null;
  const facts = { formulation, positives, sides, divisor, normalizer, normalizerGiven, weightSum, images, worldSize };
  const interpreted: InterpretedCapture = {
    ...capture,
    sides,
    comparison,
    explanations: comparison.mismatch ? explainRatio(comparison.ratio, facts, tolerance) : [],
    fit: selection && selection.mismatchedRows > 0 ? unfitted(recomputation) : fitRange(recomputation, shape),
    selectionStory: selection && explainSelection(selection, positives),
  };
  const findings = captureFindings(interpreted);
  return { analysis: presentAnalysis(interpreted, findings), findings };
}
