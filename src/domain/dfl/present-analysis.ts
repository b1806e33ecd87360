// The public form of an interpreted capture: contracts/analysis.ts, in JSON that has no NaN.
import type { CaptureAnalysis } from '../../contracts/analysis.ts';
import type { RowRange, StrangerRows } from '../../contracts/dfl.ts';
import type { Finding } from '../../contracts/findings.ts';
import { nameSide } from './capture-findings.ts';
import { spell, spellAll } from './spell.ts';
import type { InterpretedCapture } from './types.ts';
import { decodeTarget } from './value-forensics.ts';

export function presentAnalysis(capture: InterpretedCapture, findings: Finding[]): CaptureAnalysis {
  const { recomputation: measured, shape, backend, device, divisor } = capture;
  return {
    backend,
    device,
    loss_dfl: measured.lossDfl,
    reported_loss_dfl: shape.reportedLossDfl === null ? null : spell(shape.reportedLossDfl),
    relative_difference: capture.comparison.relativeDifference,
    distributions: measured.distributions,
    below_range: measured.belowRange,
    above_range: measured.aboveRange,
    non_finite_targets: measured.nonFiniteTargets,
    non_finite_logits: measured.nonFiniteLogits,
    at_lower_clip: measured.atLowerClip,
    at_upper_clip: measured.atUpperClip,
    target_min: measured.targetMin,
    target_max: measured.targetMax,
    selection: presentSelection(capture),
    bin_histogram: measured.binHistogram,
    loss_dfl_valid: measured.lossDflValid,
    entropy_mean: measured.entropyMean,
    offenders: measured.offenders.map(({ row, side, target }) => {
      const decoded = decodeTarget(target);
      return { ...place(row, side, capture), target: spell(target), ...(decoded ? { decodes_as: decoded } : {}) };
    }),
    findings: findings.map(({ id, severity, data }) => ({ id, severity, evidence: data })),
    formulation: shape.formulation,
    rounding: shape.rounding,
    reg_range: [shape.regRange.lo, shape.regRange.hi],
    normalizer: shape.normalizer,
    divisor,
    weight_sum: measured.weightSum,
    non_finite_weights: measured.nonFiniteWeights,
    unused_tensors: shape.unusedTensors,
    comparison: presentComparison(capture),
    range_fit: presentFit(capture),
    target_counts: measured.targetCounts.map((counts) => ({
      stride: capture.groupStrides[counts.group] ?? null,
      side: nameSide(counts.side, capture.sides),
      below_range: counts.belowRange,
      above_range: counts.aboveRange,
      non_finite: counts.nonFinite,
      at_lower_clip: counts.atLowerClip,
      at_upper_clip: counts.atUpperClip,
      bins: counts.bins,
    })),
    first_non_finite_logits: measured.firstNonFiniteLogits.map(({ row, side, bin, value }) => ({
      ...place(row, side, capture),
      bin,
      value: String(value),
    })),
  };
}

/** `image_id` and `stride` are left out where the capture does not tell them. */
function place(row: number, side: number, { shape, sides }: InterpretedCapture) {
  const imageId = shape.imageIds?.[row];
  const stride = shape.strides?.[row];
  return {
    row,
    side: nameSide(side, sides),
    ...(imageId === undefined ? {} : { image_id: imageId }),
    ...(stride === undefined ? {} : { stride }),
  };
}

function presentComparison({ comparison, explanations }: InterpretedCapture): CaptureAnalysis['comparison'] {
  const { mismatch, ratio, tolerance } = comparison;
  return {
    mismatch,
    ratio,
    tolerance,
    explanations: explanations.map(({ expectedRatio, ...rest }) => ({ ...rest, expected_ratio: expectedRatio })),
  };
}

function presentFit({ fit, recomputation }: InterpretedCapture): CaptureAnalysis['range_fit'] {
  const { verdict, smallest, censored, estimated, clipRate, cost } = fit;
  return {
    verdict,
    smallest: smallest && [smallest.lo, smallest.hi],
    percentiles: recomputation.floorPercentiles,
    censored,
    estimated,
    lower_clip_rate: clipRate.lower,
    upper_clip_rate: clipRate.upper,
    cost: cost && {
      extra_bins: cost.extraBins,
      channels_now: cost.channels.now,
      channels_after: cost.channels.after,
      percent: cost.percent,
    },
  };
}

function presentSelection({ selection, selectionStory, shape }: InterpretedCapture): CaptureAnalysis['selection'] {
  if (!selection) return null;
  return {
    checked: selection.checked,
    mismatched_rows: selection.mismatchedRows,
    selected_rows: selection.selectedRows,
    mismatched_ranges: selection.ranges.map(pair),
    mismatched_range_count: selection.rangeCount,
    pattern: selectionStory?.pattern ?? null,
    content: selectionStory?.content ?? null,
    held: selection.strangers && presentStrangers(selection.strangers, shape.selection?.anchors ?? 1),
    examples: selection.examples.map(({ row, expected, got }) => ({
      row,
      expected: spellAll(expected),
      got: spellAll(got),
    })),
  };
}

type PresentedStrangers = NonNullable<NonNullable<CaptureAnalysis['selection']>['held']>;

function presentStrangers(
  { inspected, kinds, shift, source, decoded }: StrangerRows,
  anchors: number,
): PresentedStrangers {
  return {
    inspected,
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, count]) => [kind.replaceAll('-', '_'), count])),
    shift: shift && { rows: pair(shift.rows), holds_rows: pair(shift.holds) },
    source: source && {
      row: source.row,
      image: source.expectedAnchor === null ? null : Math.floor(source.expectedAnchor / anchors),
      held_image: Math.floor(source.heldAnchor / anchors),
      held_anchor: source.heldAnchor % anchors,
    },
    decoded: decoded && { row: decoded.row, values: spellAll(decoded.values) },
  };
}

function pair({ first, last }: RowRange): [number, number] {
  return [first, last];
}
