// Why a reported DFL is a multiple of the recomputed one: what trainers leave out, do twice or multiply in. A ratio alone often has several
// explanations; all that fit are told, the likeliest first.
import type { lossReasons } from '../../contracts/analysis.ts';
import type { Formulation } from '../../contracts/capture.ts';
import type { LossTolerance } from './compare-loss.ts';

export type LossReason = (typeof lossReasons)[number];

export interface Explanation {
  reason: LossReason;
  /** What reported / recomputed is when the reason holds. */
  expectedRatio: number;
  /** How usual the reason is in trainers of this kind, from 0 to 1: the order of explanations, no probability. */
  likelihood: number;
  /** True when the reason predicts the ratio only roughly, and nothing predicts it exactly. */
  approximate: boolean;
}

export interface RatioFacts {
  formulation: Formulation;
  positives: number;
  sides: 4 | 1;
  /** What the recomputation divided by, and S as the capture gave it. */
  divisor: number;
  normalizer: number;
  normalizerGiven: boolean;
  weightSum: number;
  /** B, where mask tells it. */
  images: number | null;
  worldSize: number | null;
}

/** Loss weights that end up in logged values; the first of a formulation is its own. */
const loggedWeights: Record<Formulation, readonly number[]> = {
  /** PaddleDetection logs loss_dfl without its weight; mmyolo ppyoloe_head.py has 0.5 in the logged value. */
  ppyoloe: [0.5, 1.5, 0.25],
  /** ultralytics/cfg/default.yaml dfl: 1.5; the displayed dfl_loss has it. */
  ultralytics: [1.5, 0.5, 0.25],
  /** configs/gfl: loss_dfl loss_weight 0.25, in the logged value. */
  gfl: [0.25, 0.5, 1.5],
  /** ppdet/modeling/heads/ppyoloe_r_head.py: dfl weight 0.05. */
  'ppyoloe-r': [0.05],
};

/** Rounding is not the only difference: an average over ranks, or a divisor printed with few digits, costs some too. */
const minRatioTolerance = 2e-3;
/** The auxiliary head of a detector learns the same targets: its loss is near that of the main head, not equal. */
const auxiliaryTolerance = 0.1;

/**
 * Explanations of a mismatch, likeliest first; empty when arithmetic tells nothing. A reason that would not change the loss visibly (a
 * normaliser of 1, a world of one rank) explains nothing.
 */
export function explainRatio(ratio: number | null, facts: RatioFacts, tolerance: LossTolerance): Explanation[] {
  if (ratio === null || ratio <= 0) return [];
  const allowed = Math.max(minRatioTolerance, 2 * tolerance.relative);
  const candidates = candidateReasons(facts).filter(
    ({ expectedRatio }) => Number.isFinite(expectedRatio) && Math.abs(expectedRatio - 1) > 2 * allowed,
  );
  const exact = candidates.filter(({ expectedRatio }) => Math.abs(ratio / expectedRatio - 1) <= allowed);
  if (exact.length > 0) return exact.sort((a, b) => b.likelihood - a.likelihood);
  return candidates
    .filter(({ reason }) => reason === 'auxiliary-head' && Math.abs(ratio / 2 - 1) <= auxiliaryTolerance)
    .map((candidate) => ({ ...candidate, approximate: true }));
}

function candidateReasons(facts: RatioFacts): Explanation[] {
  const { formulation, divisor, normalizer, normalizerGiven, weightSum, positives, sides, images, worldSize } = facts;
  const reason = (name: LossReason, expectedRatio: number, likelihood: number): Explanation => ({
    reason: name,
    expectedRatio,
    likelihood,
    approximate: false,
  });
  const ranks = worldSize ?? 1;
  return [
    // Before PaddleDetection PR 6900 S was clipped in distributed runs only.
    ...(normalizer < divisor ? [reason('normalizer-not-clipped', divisor / normalizer, 0.9)] : []),
    // The capture may simply not say what the trainer divides by.
    reason('divided-by-weights', divisor / weightSum, normalizerGiven ? 0.7 : 0.95),
    reason('not-divided', divisor, 0.8),
    reason('normalizer-summed-over-ranks', 1 / ranks, 0.85),
    reason('summed-over-ranks', ranks, 0.8),
    ...loggedWeights[formulation].map((weight, index) => reason('weight-applied', weight, index === 0 ? 0.75 : 0.3)),
    ...(sides > 1 ? [reason('summed-over-sides', sides, 0.6), reason('averaged-twice', 1 / sides, 0.4)] : []),
    reason('divided-twice', 1 / divisor, 0.55),
    reason('divided-by-positives', divisor / positives, 0.5),
    reason('auxiliary-head', 2, 0.5),
    ...(images === null ? [] : [reason('times-batch-size', images, 0.35)]),
  ];
}
