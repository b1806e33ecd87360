import { type Static, Type } from 'typebox';
import { Nullable, Page, Rank, RunId, Step, StringEnum, Timestamp } from './common.ts';

export const formulations = ['ppyoloe', 'ultralytics', 'gfl', 'ppyoloe-r'] as const;
export type Formulation = (typeof formulations)[number];

/** How a trainer takes the left bin of a target: floor(t), or the cast to an integer. */
export const roundings = ['floor', 'truncate'] as const;
export type Rounding = (typeof roundings)[number];

/** The rounding of each formulation's trainers today; sources: kernels/dfl/loss-rule.ts. */
export const usualRounding: Record<Formulation, Rounding> = {
  ppyoloe: 'floor',
  ultralytics: 'truncate',
  gfl: 'truncate',
  'ppyoloe-r': 'truncate',
};

export const sides = ['left', 'top', 'right', 'bottom'] as const;
/** What a distribution of a positive predicts: a distance of the box, or the angle of a rotated box. */
export const sideNames = [...sides, 'angle'] as const;

/** Of the tensors that the loss is made of, in falling precision. */
export const floatDtypes = ['F64', 'F32', 'F16', 'BF16'] as const;
export type FloatDtype = (typeof floatDtypes)[number];

export const backendNames = ['tensorflow', 'webgpu', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/**
 * What a capture's header and metadata say, after validation (kernels/dfl/capture-header.ts).
 * `positives` P and `bins` K give the shapes: pred_dist [P,4,K], target [P,4], weight [P]; mask [B,A] and target_full [B,A,4] come
 * together or not at all. Bins are lo..hi-1, K = hi - lo. An angle (ppyoloe-r) is one side instead of four.
 */
export interface CaptureShape {
  positives: number;
  bins: number;
  regRange: { lo: number; hi: number };
  formulation: Formulation;
  rounding: Rounding;
  /** S: the loss is divided by it. */
  normalizer: number;
  /** False when the capture does not say S, so that `normalizer` is the default 1. */
  normalizerGiven: boolean;
  reportedLossDfl: number | null;
  /** Half a unit of the last decimal that was printed, when the text has two or more; else 0. */
  reportedRounding: number;
  /** Least precise dtype among the logits and weights. */
  precision: FloatDtype;
  /** Step named by the file itself; the query's step wins over it. */
  step: number | null;
  hasWeight: boolean;
  /** Tensors that were sent though this formulation does not use them. */
  unusedTensors: string[];
  /** Shape of mask, when mask and target_full are there. */
  selection: { images: number; anchors: number } | null;
  imageIds: string[] | null;
  strides: number[] | null;
}

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
export type CaptureSummary = Static<typeof CaptureSummary>;

const Measure = Nullable(Type.Union([Type.Number(), Type.String({ description: 'NaN, Infinity, -Infinity' })]));
const Count = Type.Integer({ minimum: 0 });
/** The numbers of an analysis that are compared over the captures of a run (contracts/analysis.ts says what each is). */
export const CaptureMeasures = Type.Object({
  loss_dfl: Measure,
  reported_loss_dfl: Measure,
  relative_difference: Measure,
  entropy_mean: Measure,
  distributions: Count,
  below_range: Count,
  above_range: Count,
  at_lower_clip: Count,
  at_upper_clip: Count,
  non_finite_targets: Count,
  non_finite_logits: Count,
  mismatched_rows: Nullable(Count),
  findings: Type.Array(Type.String({ description: 'Ids of what was found' })),
});
export type CaptureMeasures = Static<typeof CaptureMeasures>;
export const CaptureListItem = Type.Object({
  ...CaptureSummary.properties,
  measured: Type.Optional(CaptureMeasures),
});
export type CaptureListItem = Static<typeof CaptureListItem>;
export const CapturePage = Page(CaptureListItem);
