// The findings of one capture. Thresholds go into each finding's data, so that an old finding can still be explained.
import { type CaptureShape, sideNames } from '../../contracts/capture.ts';
import type { Severity } from '../../contracts/common.ts';
import type { DflRecomputation, TargetCounts } from '../../contracts/dfl.ts';
import type { Finding, FindingData } from '../../contracts/findings.ts';
import { outsideShare } from './fit-range.ts';
import { spell, spellAll } from './spell.ts';
import type { InterpretedCapture } from './types.ts';

/**
 * Targets count as saturated when more than this share of the sides sits at a clip bound, and one standard error of a healthy run's share
 * more. A healthy PP-YOLOE run on COCO-like data stays below a tenth at either end; half as much again means the range, not the box, decides
 * many targets. Fewer sides than `minSides` say nothing.
 */
export const saturation = { share: 0.15, healthyShare: 0.1, minSides: 40 };

export function saturatedFrom(distributions: number): number {
  const { share, healthyShare } = saturation;
  return share + Math.sqrt((healthyShare * (1 - healthyShare)) / distributions);
}

/** On one rank the weights add up to S wherever S is not clipped; both are sums of the same scores (ppyoloe_head.py, ultralytics loss.py). */
const weightTolerance = 1e-2;
const ruleVersion = 3;

type MakeFinding = (id: string, severity: Severity, data: FindingData) => Finding;

/** Each finding id appears at most once per capture. */
export function captureFindings(capture: InterpretedCapture): Finding[] {
  const finding: MakeFinding = (id, severity, data) => ({
    id,
    version: ruleVersion,
    severity,
    kind: 'capture',
    ref: capture.captureId,
    step: capture.step,
    rank: capture.rank,
    data,
  });
  return [
    ...selectionFindings(capture, finding),
    ...targetFindings(capture, finding),
    ...logitFindings(capture, finding),
    ...lossFindings(capture, finding),
    ...weightFindings(capture, finding),
    ...saturationFindings(capture, finding),
    ...wideRangeFindings(capture, finding),
  ];
}

function selectionFindings({ selection, selectionStory, shape }: InterpretedCapture, finding: MakeFinding): Finding[] {
  if (!selection || selection.mismatchedRows === 0) return [];
  const { mismatchedRows, checked, selectedRows, examples, ranges, rangeCount, strangers } = selection;
  const first = examples[0];
  const mismatch = finding('dfl.selection-mismatch', 'critical', {
    mismatched_rows: mismatchedRows,
    checked,
    selected_rows: selectedRows,
    row: first?.row ?? null,
    expected: spellAll(first?.expected ?? []),
    got: spellAll(first?.got ?? []),
    ranges: ranges.map((range) => spellRange(range)),
    range_count: rangeCount,
    pattern: selectionStory?.pattern ?? null,
    content: selectionStory?.content ?? null,
  });
  if (!selectionStory || !strangers || selectionStory.content === 'unknown') return [mismatch];
  const { source, shift, decoded } = strangers;
  const anchors = shape.selection?.anchors ?? 1;
  const imageOf = (anchor: number | null | undefined) => (anchor == null ? null : Math.floor(anchor / anchors));
  return [
    mismatch,
    finding(`dfl.selection-${selectionStory.content}`, 'info', {
      rows: spellRange(shift?.rows ?? ranges[0]),
      holds: shift ? spellRange(shift.holds) : null,
      distance: shift ? shift.rows.first - shift.holds.first : null,
      image: imageOf(source?.expectedAnchor),
      held_image: imageOf(source?.heldAnchor),
      percent: percentOf(selectionStory.share),
      inspected: strangers.inspected,
      ...(decoded ? { row: decoded.row, decoded: spellAll(decoded.values.slice(0, 4)) } : {}),
    }),
  ];
}

function targetFindings({ recomputation: measured, shape }: InterpretedCapture, finding: MakeFinding): Finding[] {
  const { lo, hi } = shape.regRange;
  const range = {
    reg_range: `[${lo}, ${hi})`,
    distributions: measured.distributions,
    target_min: measured.targetMin,
    target_max: measured.targetMax,
  };
  const worst = (isWorst: (target: number) => boolean): FindingData => {
    const offender = measured.offenders.find(({ target }) => isWorst(target));
    return offender ? placeOf(offender, measured, shape) : {};
  };
  const kinds = [
    { id: 'dfl.target-below-range', count: measured.belowRange, isOne: (t: number) => t < lo },
    { id: 'dfl.target-above-range', count: measured.aboveRange, isOne: (t: number) => t >= hi - 1 },
    { id: 'dfl.target-non-finite', count: measured.nonFiniteTargets, isOne: (t: number) => !Number.isFinite(t) },
  ];
  return kinds
    .filter(({ count }) => count > 0)
    .map(({ id, count, isOne }) => finding(id, 'critical', { count, ...range, ...worst(isOne) }));
}

function logitFindings({ recomputation: measured, shape }: InterpretedCapture, finding: MakeFinding): Finding[] {
  if (measured.nonFiniteLogits === 0) return [];
  const first = measured.firstNonFiniteLogits[0];
  return [
    finding('dfl.logit-non-finite', 'critical', {
      count: measured.nonFiniteLogits,
      logits: measured.distributions * shape.bins,
      ...(first ? { ...placeOf(first, measured, shape), bin: first.bin, value: spell(first.value) } : {}),
    }),
  ];
}

function lossFindings(capture: InterpretedCapture, finding: MakeFinding): Finding[] {
  const { comparison, explanations, recomputation: measured, shape } = capture;
  if (!comparison.mismatch) return [];
  const shared = { reported: spell(shape.reportedLossDfl ?? 0), recomputed: measured.lossDfl, ratio: comparison.ratio };
  const ids = [...new Set(explanations.map(({ reason }) => reason))];
  return [
    finding('dfl.loss-mismatch', 'warning', {
      ...shared,
      relative_difference: comparison.relativeDifference,
      tolerance: comparison.tolerance.relative,
      reasons: ids,
      normalizer: shape.normalizer,
    }),
    ...ids.map((reason, index) => {
      const explanation = explanations.find((candidate) => candidate.reason === reason);
      return finding(`dfl.loss-${reason}`, 'info', {
        ...shared,
        expected_ratio: explanation?.expectedRatio ?? null,
        approximate: explanation?.approximate ?? false,
        place: index + 1,
        explanations: ids.length,
        divisor: capture.divisor,
        normalizer: shape.normalizer,
        weight_sum: measured.weightSum,
        positives: shape.positives,
        world_size: capture.worldSize,
      });
    }),
  ];
}

function weightFindings(capture: InterpretedCapture, finding: MakeFinding): Finding[] {
  const { recomputation: measured, shape, worldSize } = capture;
  const comparable =
    worldSize === 1 &&
    shape.hasWeight &&
    shape.normalizerGiven &&
    measured.nonFiniteWeights === 0 &&
    (shape.formulation === 'ppyoloe' || shape.formulation === 'ultralytics');
  if (!comparable) return [];
  // S clipped to 1 says only that the weights do not exceed it.
  const expected = shape.normalizer === 1 ? Math.max(1, measured.weightSum) : shape.normalizer;
  const actual =
    shape.normalizer === 1 ? Math.max(1, measured.weightSum) / shape.normalizer : measured.weightSum / expected;
  if (Math.abs(actual - 1) <= weightTolerance) return [];
  return [
    finding('dfl.weights-differ-from-normalizer', 'warning', {
      weight_sum: measured.weightSum,
      normalizer: shape.normalizer,
      ratio: measured.weightSum / shape.normalizer,
      tolerance: weightTolerance,
    }),
  ];
}

function saturationFindings(capture: InterpretedCapture, finding: MakeFinding): Finding[] {
  const { recomputation: measured, shape, fit } = capture;
  const { atLowerClip, atUpperClip, distributions } = measured;
  const count = Math.max(atLowerClip, atUpperClip);
  const threshold = saturatedFrom(distributions);
  if (distributions < saturation.minSides || count <= threshold * distributions) return [];
  const { lo, hi } = shape.regRange;
  const bound = atUpperClip >= atLowerClip ? 'upper' : 'lower';
  const worst = worstCell(capture, bound === 'upper' ? 'atUpperClip' : 'atLowerClip');
  const suggested = fit.verdict === 'too-narrow' && bound === 'upper' ? fit.smallest : null;
  return [
    finding('dfl.targets-saturated', 'warning', {
      bound,
      count,
      distributions,
      percent: percentOf(count / distributions),
      threshold_percent: percentOf(threshold),
      reg_range: `[${lo}, ${hi})`,
      ...worst,
      suggested_reg_range: suggested && `[${suggested.lo}, ${suggested.hi})`,
      estimated: suggested ? fit.estimated : null,
      ...(suggested ? costData(fit.cost) : {}),
    }),
  ];
}

function wideRangeFindings(
  { fit, recomputation: measured, shape }: InterpretedCapture,
  finding: MakeFinding,
): Finding[] {
  if (fit.verdict !== 'too-wide' || !fit.smallest) return [];
  return [
    finding('dfl.reg-range-wide', 'info', {
      reg_range: `[${shape.regRange.lo}, ${shape.regRange.hi})`,
      suggested_reg_range: `[${fit.smallest.lo}, ${fit.smallest.hi})`,
      outside_percent: 100 * outsideShare,
      distributions: measured.distributions,
      target_max: measured.targetMax,
      ...costData(fit.cost),
    }),
  ];
}

function costData(cost: InterpretedCapture['fit']['cost']): FindingData {
  if (!cost) return {};
  return { extra_bins: cost.extraBins, channels: [cost.channels.now, cost.channels.after], cost_percent: cost.percent };
}

/** The stride and side where the largest share of the targets sits at the clip value. */
function worstCell(
  { recomputation, groupStrides, sides }: InterpretedCapture,
  count: 'atLowerClip' | 'atUpperClip',
): FindingData {
  let worst: { cell: TargetCounts; share: number } | null = null;
  for (const cell of recomputation.targetCounts) {
    const inRange = cell.bins.reduce((sum, bin) => sum + bin, 0);
    const total = inRange + cell.belowRange + cell.aboveRange + cell.nonFinite;
    // A handful of targets of a rare stride is no pile.
    if (total < saturation.minSides / sides) continue;
    const share = cell[count] / total;
    if (share > (worst?.share ?? 0)) worst = { cell, share };
  }
  if (!worst) return {};
  const stride = groupStrides[worst.cell.group] ?? null;
  return { worst_side: nameSide(worst.cell.side, sides), worst_stride: stride, worst_percent: percentOf(worst.share) };
}

function placeOf(
  { row, side }: { row: number; side: number },
  measured: DflRecomputation,
  shape: CaptureShape,
): FindingData {
  return {
    row,
    side: nameSide(side, measured.distributions / shape.positives),
    image_id: shape.imageIds?.[row] ?? null,
    stride: shape.strides?.[row] ?? null,
  };
}

/** Of the index in contracts/dfl.ts; the one distribution of a rotated box is its angle. */
export function nameSide(side: number, sides: number): (typeof sideNames)[number] {
  return sides === 1 ? 'angle' : (sideNames[side] ?? 'angle');
}

function spellRange(range: { first: number; last: number } | undefined): string {
  if (!range) return '';
  return range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
}

/** With one decimal. */
function percentOf(share: number): number {
  return Math.round(1000 * share) / 10;
}
