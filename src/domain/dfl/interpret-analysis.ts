// Says what the measurements of one capture mean: the public analysis and the findings.
import type { CaptureAnalysis } from '../../contracts/analysis.ts';
import type { Finding } from '../../contracts/findings.ts';
import { captureFindings } from './capture-findings.ts';
import { compareLoss, lossTolerance } from './compare-loss.ts';
import { explainRatio } from './explain-ratio.ts';
import { explainSelection } from './explain-selection.ts';
import { fitRange, unfitted } from './fit-range.ts';
import { presentAnalysis } from './present-analysis.ts';
import type { InterpretedCapture, MeasuredCapture } from './types.ts';

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
