// A capture as this folder hands it on: what was measured, then what that means.
import type { CaptureShape } from '../../contracts/capture.ts';
import type { MeasuredDfl, SelectionReplay } from '../../contracts/dfl.ts';
import type { LossComparison } from './compare-loss.ts';
import type { Explanation } from './explain-ratio.ts';
import type { SelectionStory } from './explain-selection.ts';
import type { RangeFit } from './fit-range.ts';

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
