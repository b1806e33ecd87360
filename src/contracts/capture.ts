import { type Static, Type } from 'typebox';
import { FreeObject, Nullable, Page, Rank, RunId, SeveritySchema, Step, StringEnum, Timestamp } from './common.ts';

export const formulations = ['ppyoloe', 'ultralytics', 'gfl', 'ppyoloe-r'] as const;
export type Formulation = (typeof formulations)[number];

/** How a trainer takes the left bin of a target: floor(t), or the cast to an integer. */
export const roundings = ['floor', 'truncate'] as const;
export type Rounding = (typeof roundings)[number];

export const sides = ['left', 'top', 'right', 'bottom'] as const;

export const backendNames = ['tensorflow', 'webgpu', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/**
 * What a capture's header and metadata say, after validation (kernels/dfl/capture-header.ts).
 * `positives` P and `bins` K give the shapes: pred_dist [P,4,K], target [P,4], weight [P]; mask [B,A] and target_full [B,A,4] come
 * together or not at all. Bins are lo..hi-1, K = hi - lo.
 */
export interface CaptureShape {
  positives: number;
  bins: number;
  regRange: { lo: number; hi: number };
  formulation: Formulation;
  rounding: Rounding;
  /** S: the loss is divided by it. */
  normalizer: number;
  reportedLossDfl: number | null;
  /** Step named by the file itself; the query's step wins over it. */
  step: number | null;
  hasWeight: boolean;
  /** Shape of mask, when mask and target_full are there. */
  selection: { images: number; anchors: number } | null;
  imageIds: string[] | null;
  strides: number[] | null;
}

const Count = Type.Integer({ minimum: 0 });
/** Finite number, null, or one of the strings NaN, Infinity, -Infinity. */
const MaybeNonFinite = Nullable(Type.Union([Type.Number(), Type.String()]));

export const CaptureFinding = Type.Object({ id: Type.String(), severity: SeveritySchema, evidence: FreeObject });

export const CaptureAnalysis = Type.Object({
  backend: StringEnum(backendNames),
  device: Type.String(),
  loss_dfl: Nullable(
    Type.Number({
      description: 'null when a target is out of range or not finite, as the trainer itself would have raised',
    }),
  ),
  reported_loss_dfl: MaybeNonFinite,
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
  selection: Nullable(Type.Object({ checked: Count, mismatched_rows: Count })),
  bin_histogram: Type.Array(Count),
  loss_dfl_valid: Nullable(Type.Number()),
  entropy_mean: Nullable(Type.Number({ description: 'Mean entropy of the predicted distributions, in nats' })),
  offenders: Type.Array(
    Type.Object({
      row: Type.Integer(),
      side: StringEnum(sides),
      target: Type.Union([Type.Number(), Type.String()]),
      image_id: Type.Optional(Type.String()),
      stride: Type.Optional(Type.Number()),
    }),
  ),
  findings: Type.Array(CaptureFinding),
});
export type CaptureAnalysis = Static<typeof CaptureAnalysis>;

export const captureStatuses = ['queued', 'running', 'done', 'failed'] as const;
export type CaptureStatus = (typeof captureStatuses)[number];

export const CaptureSummary = Type.Object({
  id: Type.String(),
  run_id: RunId,
  step: Nullable(Step),
  rank: Rank,
  status: StringEnum(captureStatuses),
  error: Type.Optional(Type.String()),
  received_at: Timestamp,
});
export const CaptureDetail = Type.Intersect([
  CaptureSummary,
  Type.Object({ analysis: Type.Optional(CaptureAnalysis) }),
]);
export const CapturePage = Page(CaptureSummary);
export type CaptureSummary = Static<typeof CaptureSummary>;
export type CaptureDetail = Static<typeof CaptureDetail>;
