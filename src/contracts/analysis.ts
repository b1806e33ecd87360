// The public analysis of a capture: what the contract names first, then what re-computation tells beyond it. docs/analysis.md explains it.
import { type Static, Type } from 'typebox';
import { backendNames, CaptureSummary, formulations, roundings, sideNames } from './capture.ts';
import { FreeObject, Nullable, SeveritySchema, StringEnum } from './common.ts';
import { strangerKinds } from './dfl.ts';
import { DiagnosisAnswer } from './diagnosis.ts';

const Count = Type.Integer({ minimum: 0 });
/** Finite number, or one of the strings NaN, Infinity, -Infinity. */
const NumberOrText = Type.Union([Type.Number(), Type.String()]);
/** Half-open [lo, hi): bins lo..hi-1. */
const Range = Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 });
/** First and last row, both included. */
const Rows = Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 });
const Place = {
  row: Type.Integer(),
  side: StringEnum(sideNames, {
    description: 'angle for formulation ppyoloe-r, whose positives have one distribution',
  }),
  image_id: Type.Optional(Type.String()),
  stride: Type.Optional(Type.Number()),
};

export const CaptureFinding = Type.Object({ id: Type.String(), severity: SeveritySchema, evidence: FreeObject });

/** Order as they are named in findings dfl.loss-<reason>. */
export const lossReasons = [
  'not-divided',
  'divided-twice',
  'normalizer-not-clipped',
  'divided-by-weights',
  'divided-by-positives',
  'summed-over-ranks',
  'normalizer-summed-over-ranks',
  'weight-applied',
  'summed-over-sides',
  'averaged-twice',
  'auxiliary-head',
  'times-batch-size',
] as const;
export const selectionPatterns = ['all', 'head', 'tail', 'block', 'scattered'] as const;
export const selectionContents = [
  'shifted',
  'reordered',
  'unselected',
  'zeros',
  'repeated',
  'integers',
  'other-floats',
  'uninitialised',
  'unknown',
] as const;
export const rangeVerdicts = ['fits', 'too-narrow', 'too-wide', 'unknown'] as const;
export const decodedKinds = ['int64-min', 'packed-float32', 'packed-int32'] as const;

export const SelectionAnalysis = Type.Object({
  checked: Count,
  mismatched_rows: Count,
  selected_rows: Type.Integer({ minimum: 0, description: 'Rows that mask selects; P of target should be as many' }),
  mismatched_ranges: Type.Array(Rows, { description: 'First and last row of the first runs of mismatched rows' }),
  mismatched_range_count: Count,
  pattern: Nullable(StringEnum(selectionPatterns, { description: 'Where the mismatched rows lie' })),
  content: Nullable(StringEnum(selectionContents, { description: 'What at least 80 % of the inspected rows hold' })),
  held: Nullable(
    Type.Object(
      {
        inspected: Count,
        kinds: Type.Object(Object.fromEntries(strangerKinds.map((kind) => [kind.replaceAll('-', '_'), Count]))),
        shift: Nullable(Type.Object({ rows: Rows, holds_rows: Rows })),
        source: Nullable(
          Type.Object({
            row: Type.Integer(),
            image: Nullable(Type.Integer({ description: 'Index in [0, B) of the image the row belongs to' })),
            held_image: Type.Integer({ description: 'Index of the image whose target the row holds' }),
            held_anchor: Type.Integer({ description: 'Index in [0, A) of the anchor whose target the row holds' }),
          }),
        ),
        decoded: Nullable(Type.Object({ row: Type.Integer(), values: Type.Array(NumberOrText) })),
      },
      { description: 'What stands in the mismatched rows' },
    ),
  ),
  examples: Type.Array(
    Type.Object({ row: Type.Integer(), expected: Type.Array(NumberOrText), got: Type.Array(NumberOrText) }),
  ),
});

export const LossComparisonAnswer = Type.Object({
  mismatch: Type.Boolean(),
  ratio: Nullable(Type.Number({ description: 'reported / recomputed' })),
  tolerance: Type.Object({ relative: Type.Number(), absolute: Type.Number() }),
  explanations: Type.Array(
    Type.Object({
      reason: StringEnum(lossReasons),
      expected_ratio: Type.Number(),
      likelihood: Type.Number({ description: 'Orders the explanations; no probability' }),
      approximate: Type.Boolean(),
    }),
    { description: 'Likeliest first; empty when arithmetic tells none' },
  ),
});

export const RangeFitAnswer = Type.Object({
  verdict: StringEnum(rangeVerdicts),
  smallest: Nullable(Type.Unsafe<[number, number]>({ ...Range, description: 'Smallest [lo, hi) that holds 99.9 %' })),
  percentiles: Nullable(
    Type.Object({ low: Type.Integer(), high: Type.Integer() }, { description: 'Floors of the 0.1th and 99.9th' }),
  ),
  censored: Type.Boolean({ description: 'The upper clip value hides the 99.9th percentile' }),
  estimated: Type.Boolean({ description: 'smallest follows the tail of the occupancy beyond the clip value' }),
  lower_clip_rate: Type.Number({ minimum: 0, maximum: 1 }),
  upper_clip_rate: Type.Number({ minimum: 0, maximum: 1 }),
  cost: Nullable(
    Type.Object({
      extra_bins: Type.Integer(),
      channels_now: Count,
      channels_after: Count,
      percent: Type.Number({ description: 'Memory of the logits and time of the DFL, against now' }),
    }),
  ),
});

export const CaptureAnalysis = Type.Object({
  backend: StringEnum(backendNames),
  device: Type.String(),
  loss_dfl: Nullable(
    Type.Number({
      description: 'null when a target is out of range or not finite, as the trainer itself would have raised',
    }),
  ),
  reported_loss_dfl: Nullable(NumberOrText),
  relative_difference: Nullable(Type.Number()),
  distributions: Count,
  below_range: Count,
  above_range: Count,
  non_finite_targets: Count,
  non_finite_logits: Count,
  at_lower_clip: Count,
  at_upper_clip: Count,
  target_min: Nullable(Type.Number()),
  target_max: Nullable(Type.Number()),
  selection: Nullable(SelectionAnalysis),
  bin_histogram: Type.Array(Count),
  loss_dfl_valid: Nullable(Type.Number()),
  entropy_mean: Nullable(Type.Number({ description: 'Mean entropy of the predicted distributions, in nats' })),
  offenders: Type.Array(
    Type.Object({
      ...Place,
      target: NumberOrText,
      decodes_as: Type.Optional(Type.Object({ kind: StringEnum(decodedKinds), values: Type.Array(Type.Number()) })),
    }),
  ),
  findings: Type.Array(CaptureFinding),
  formulation: StringEnum(formulations),
  rounding: StringEnum(roundings),
  reg_range: Type.Unsafe<[number, number]>({ ...Range, description: 'lo and hi: the bins are lo..hi-1' }),
  normalizer: Type.Number(),
  divisor: Type.Number({
    description: 'What the weighted sum was divided by: the normalizer as the formulation clips it',
  }),
  weight_sum: Type.Number({ description: 'Sum of the finite weights; P without weights' }),
  non_finite_weights: Count,
  unused_tensors: Type.Array(Type.String(), { description: 'Sent, but not part of this formulation' }),
  comparison: LossComparisonAnswer,
  range_fit: RangeFitAnswer,
  target_counts: Type.Array(
    Type.Object({
      stride: Nullable(Type.Number()),
      side: StringEnum(sideNames),
      below_range: Count,
      above_range: Count,
      non_finite: Count,
      at_lower_clip: Count,
      at_upper_clip: Count,
      bins: Type.Array(Count),
    }),
    { description: 'The counts above and the histogram, per stride and side' },
  ),
  first_non_finite_logits: Type.Array(Type.Object({ ...Place, bin: Count, value: Type.String() })),
});
export type CaptureAnalysis = Static<typeof CaptureAnalysis>;

/** The answer of POST /v1/diagnose/capture: as much as a stored capture gets, and the verdict on it alone. */
export const CaptureDiagnosis = Type.Object({
  diagnosis: Nullable(DiagnosisAnswer),
  analysis: CaptureAnalysis,
  facts: Type.Array(Type.Object({ id: Type.String(), severity: SeveritySchema, text: Type.String() }), {
    description: 'The findings of the analysis in words',
  }),
});
export type CaptureDiagnosis = Static<typeof CaptureDiagnosis>;

export const CaptureDetail = Type.Intersect([
  CaptureSummary,
  Type.Object({ analysis: Type.Optional(CaptureAnalysis) }),
]);
export type CaptureDetail = Static<typeof CaptureDetail>;
