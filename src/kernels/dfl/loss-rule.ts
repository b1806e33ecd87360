// What tells the formulations of DFL apart, as numbers: a backend needs to know these, not the formulations. A new formulation is one
// entry here and its name in contracts/capture.ts.
import { type Formulation, type Rounding, usualRounding } from '../../contracts/capture.ts';

export interface LossRule {
  /** Distributions of a positive: 4 sides of a box, or 1 angle. */
  sides: 4 | 1;
  /** How the left bin comes from a target; the two differ for t < 0 only. */
  rounding: Rounding;
  /** In-range targets from `from` to `to` count as clipped: the trainer's upper clip value up to the rounding of a float32. */
  upperClip: { from: number; to: number };
  /** What sum_i w_i (1/sides) sum_side DFL is divided by. */
  divisor: number;
}

interface FormulationRule {
  sides: 4 | 1;
  /** The clip value is hi - 1 - margin. */
  margin: number;
  /** Whether the loss is weighted per positive. */
  weighted: boolean;
  divisor(normalizer: number, positives: number): number;
}

const formulationRules: Record<Formulation, FormulationRule> = {
  /**
   * PaddleDetection ppdet/modeling/heads/ppyoloe_head.py: S is clipped to at least 1 (PR 6900). Since PR 7253 (2022-11) the left bin is
   * floor(t); before, it was the integer cast, which a capture says with metadata `rounding`.
   */
  ppyoloe: { sides: 4, margin: 0.01, weighted: true, divisor: (s) => Math.max(s, 1) },
  /** ultralytics/utils/loss.py: t.long(), max(target_scores.sum(), 1); clip of ultralytics/utils/tal.py. */
  ultralytics: { sides: 4, margin: 0.01, weighted: true, divisor: (s) => Math.max(s, 1) },
  /**
   * mmdet/models/losses/gfocal_loss.py: label.long(); eps 0.1 of mmdet/core/bbox/transforms.py. Its heads clip their average factor in
   * different ways (mmdet gfl_head.py, PicoDet, NanoDet), so it is taken as given.
   */
  gfl: { sides: 4, margin: 0.1, weighted: true, divisor: (s) => s },
  /** ppdet/modeling/heads/ppyoloe_r_head.py: one angle of 91 bins, integer cast, a plain mean over the positives without weights. */
  'ppyoloe-r': { sides: 1, margin: 0.01, weighted: false, divisor: (_s, positives) => positives },
};

/** The rule of a capture; `rounding` overrides the formulation's own. */
export function lossRuleOf(
  formulation: Formulation,
  capture: { positives: number; hi: number; normalizer: number; rounding?: Rounding | null },
): LossRule {
  const rule = formulationRules[formulation];
  const clip = capture.hi - 1 - rule.margin;
  const tolerance = 1e-6 * Math.max(1, Math.abs(clip));
  return {
    sides: rule.sides,
    rounding: capture.rounding ?? usualRounding[formulation],
    upperClip: { from: clip - tolerance, to: clip + tolerance },
    divisor: rule.divisor(capture.normalizer, capture.positives),
  };
}

export function sidesOf(formulation: Formulation): 4 | 1 {
  return formulationRules[formulation].sides;
}

export function isWeighted(formulation: Formulation): boolean {
  return formulationRules[formulation].weighted;
}

/** K of a head whose configuration says reg_max: Ultralytics counts the bins, the others name the last of bins 0..reg_max. */
export function binsOfRegMax(formulation: Formulation, regMax: number): number {
  return formulation === 'ultralytics' ? regMax : regMax + 1;
}
