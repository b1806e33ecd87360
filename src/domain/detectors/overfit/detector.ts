// The loss on held-back data rises while the training loss goes on falling: SageMaker Debugger's Overfit and AutoTrainer's "train falls while
// validation rises", for several
// evaluations running. A jump of the learning rate starts it again.
import type { Detector } from '../detector.ts';
import { isEvaluationLoss, isTotalLoss } from '../metric-names.ts';
import { stateOf } from '../series-of-rank.ts';
import { bounded } from '../statistics.ts';
import { about } from './about.ts';

interface Series {
  best: number;
  bestStep: number;
  /** Training level at the best evaluation. */
  train: number | null;
  worse: number;
  reported: boolean;
}

interface State {
  /** Exponential mean of the training loss. */
  level: number | null;
  /** Jumps of the learning rate before. */
  jumps: number;
  series: Record<string, Series>;
}

const defaults = {
  /** Share above its best by which the evaluation loss must have risen. */
  rise: 0.1,
  /** Evaluations running above the best. */
  patience: 5,
  /** Share by which the training loss must have fallen meanwhile. */
  fall: 0.01,
};
/** Weight of a new point in the level. */
const smoothing = 0.05;

/** `step` is the one at which it was established; `best_step` that of the evaluation to go back to. */
export const overfit: Detector<State, typeof defaults, 'total' | 'evaluation'> = {
  id: 'metric.overfit',
  version: 2,
  scope: 'rank',
  thresholds: defaults,
  about,
  roleOf: (name) => (isTotalLoss(name) ? 'total' : isEvaluationLoss(name) ? 'evaluation' : null),
  initial: () => ({ level: null, jumps: 0, series: {} }),
  observe(state, { step, value: given }, { name, role, regime, thresholds: t }) {
    if (!Number.isFinite(given)) return null;
    const value = bounded(given);
    const { level } = state;
    if (role === 'total') {
      state.level = level === null ? value : level + smoothing * (value - level);
      return null;
    }
    if (state.jumps !== regime.jumps) state.series = {};
    state.jumps = regime.jumps;
    const own = stateOf<Series>(state.series, name, () => begin(step, value, level));
    if (value <= own.best) Object.assign(own, begin(step, value, level));
    else own.worse += 1;
    const threshold = own.best + t.rise * Math.abs(own.best);
    const falls = level !== null && own.train !== null && level < own.train - t.fall * Math.abs(own.train);
    if (own.reported || own.worse < t.patience || value <= threshold || !falls) return null;
    own.reported = true;
    return { severity: 'info', name, step, data: { name, value, best: own.best, best_step: own.bestStep, threshold } };
  },
};

function begin(bestStep: number, best: number, train: number | null): Series {
  return { best, bestStep, train, worse: 0, reported: false };
}
