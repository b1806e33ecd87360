// Says what the measurements of one capture mean: the public analysis and the findings. Thresholds go into each finding's data.
import { type CaptureAnalysis, type CaptureShape, sides } from '../../contracts/capture.ts';
import type { Severity } from '../../contracts/common.ts';
import type { DflRecomputation, MeasuredDfl, SelectionReplay } from '../../contracts/dfl.ts';
import type { Finding, FindingData } from '../../contracts/findings.ts';
import { compareLoss, type LossComparison, lossTolerance } from './compare-loss.ts';

export interface MeasuredCapture extends MeasuredDfl {
  /** Null when the capture brought no mask and target_full. */
  selection: SelectionReplay | null;
  /** Stride of each group of targetCounts; empty when unknown. */
  groupStrides: number[];
  shape: CaptureShape;
  captureId: string;
  rank: number;
  step: number | null;
  worldSize: number | null;
}

/**
 * Targets count as saturated when more than this share of the sides sits at a clip bound. A healthy PP-YOLOE run on COCO-like data stays
 * below a tenth at either end; a fifth means the range, not the box, decides many targets. Fewer sides than `minSides` say nothing.
 */
export const saturation = { share: 0.2, minSides: 40 };
const ruleVersion = 1;

/** Pure; findings carry kind "capture", ref = captureId. Each finding id appears at most once per capture. */
export function interpretAnalysis(capture: MeasuredCapture): { analysis: CaptureAnalysis; findings: Finding[] } {
  const { recomputation: measured, selection, shape } = capture;
  const comparison = compareLoss(shape.reportedLossDfl, measured.lossDfl, {
    normalizer: shape.normalizer,
    worldSize: capture.worldSize,
  });
  const finding = (id: string, severity: Severity, data: FindingData): Finding => ({
    id,
    version: ruleVersion,
    severity,
    kind: 'capture',
    ref: capture.captureId,
    step: capture.step,
    rank: capture.rank,
    data,
  });
  const findings = [
    ...selectionFindings(selection, finding),
    ...targetFindings(measured, shape, finding),
    ...lossFindings(comparison, measured, shape, finding),
    ...saturationFindings(measured, shape, finding),
  ];
  return { analysis: present(capture, comparison, findings), findings };
}

type MakeFinding = (id: string, severity: Severity, data: FindingData) => Finding;

function selectionFindings(selection: SelectionReplay | null, finding: MakeFinding): Finding[] {
  if (!selection || selection.mismatchedRows === 0) return [];
  const { mismatchedRows, checked, selectedRows, examples } = selection;
  const first = examples[0];
  return [
    finding('dfl.selection-mismatch', 'critical', {
      mismatched_rows: mismatchedRows,
      checked,
      selected_rows: selectedRows,
      row: first?.row ?? null,
      expected: spellAll(first?.expected ?? []),
      got: spellAll(first?.got ?? []),
    }),
  ];
}

function targetFindings(measured: DflRecomputation, shape: CaptureShape, finding: MakeFinding): Finding[] {
  const { lo, hi } = shape.regRange;
  const range = {
    reg_range: `[${lo}, ${hi})`,
    distributions: measured.distributions,
    target_min: measured.targetMin,
    target_max: measured.targetMax,
  };
  const worst = (isWorst: (target: number) => boolean): FindingData => {
    const offender = measured.offenders.find(({ target }) => isWorst(target));
    if (!offender) return {};
    return { row: offender.row, side: sides[offender.side], image_id: shape.imageIds?.[offender.row] ?? null };
  };
  return [
    ...when(measured.belowRange > 0, () =>
      finding('dfl.target-below-range', 'critical', { count: measured.belowRange, ...range, ...worst((t) => t < lo) }),
    ),
    ...when(measured.aboveRange > 0, () =>
      finding('dfl.target-above-range', 'critical', {
        count: measured.aboveRange,
        ...range,
        ...worst((t) => t >= hi - 1),
      }),
    ),
    ...when(measured.nonFiniteTargets > 0, () =>
      finding('dfl.target-non-finite', 'critical', {
        count: measured.nonFiniteTargets,
        ...range,
        ...worst((t) => !Number.isFinite(t)),
      }),
    ),
    ...when(measured.nonFiniteLogits > 0, () =>
      finding('dfl.logit-non-finite', 'critical', {
        count: measured.nonFiniteLogits,
        logits: measured.distributions * shape.bins,
      }),
    ),
  ];
}

function lossFindings(
  comparison: LossComparison,
  measured: DflRecomputation,
  shape: CaptureShape,
  finding: MakeFinding,
): Finding[] {
  if (!comparison.mismatch) return [];
  return [
    finding('dfl.loss-mismatch', 'warning', {
      reported: spell(shape.reportedLossDfl ?? 0),
      recomputed: measured.lossDfl,
      relative_difference: comparison.relativeDifference,
      tolerance: lossTolerance.relative,
      ratio: comparison.ratio,
      factor: comparison.factor,
      normalizer: shape.normalizer,
    }),
  ];
}

function saturationFindings(measured: DflRecomputation, shape: CaptureShape, finding: MakeFinding): Finding[] {
  const { atLowerClip, atUpperClip, distributions } = measured;
  const count = Math.max(atLowerClip, atUpperClip);
  if (distributions < saturation.minSides || count <= saturation.share * distributions) return [];
  const { lo, hi } = shape.regRange;
  return [
    finding('dfl.targets-saturated', 'warning', {
      bound: atUpperClip >= atLowerClip ? 'upper' : 'lower',
      count,
      distributions,
      percent: Math.round((1000 * count) / distributions) / 10,
      threshold_percent: 100 * saturation.share,
      reg_range: `[${lo}, ${hi})`,
    }),
  ];
}

function present(
  { recomputation: measured, selection, shape, backend, device }: MeasuredCapture,
  comparison: LossComparison,
  findings: Finding[],
): CaptureAnalysis {
  return {
    backend,
    device,
    loss_dfl: measured.lossDfl,
    reported_loss_dfl: shape.reportedLossDfl === null ? null : spell(shape.reportedLossDfl),
    relative_difference: comparison.relativeDifference,
    distributions: measured.distributions,
    below_range: measured.belowRange,
    above_range: measured.aboveRange,
    non_finite_targets: measured.nonFiniteTargets,
    non_finite_logits: measured.nonFiniteLogits,
    at_lower_clip: measured.atLowerClip,
    at_upper_clip: measured.atUpperClip,
    target_min: measured.targetMin,
    target_max: measured.targetMax,
    selection: selection && { checked: selection.checked, mismatched_rows: selection.mismatchedRows },
    bin_histogram: measured.binHistogram,
    loss_dfl_valid: measured.lossDflValid,
    entropy_mean: measured.entropyMean,
    offenders: measured.offenders.map(({ row, side, target }) => {
      const imageId = shape.imageIds?.[row];
      const stride = shape.strides?.[row];
      return {
        row,
        side: sides[side],
        target: spell(target),
        ...(imageId === undefined ? {} : { image_id: imageId }),
        ...(stride === undefined ? {} : { stride }),
      };
    }),
    findings: findings.map(({ id, severity, data }) => ({ id, severity, evidence: data })),
  };
}

/** JSON has no NaN and no Infinity: they are spelled as strings. */
function spell(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function spellAll(values: number[]): (number | string)[] {
  return values.map(spell);
}

function when<T>(condition: boolean, make: () => T): T[] {
  return condition ? [make()] : [];
}
