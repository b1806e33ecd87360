// The loss on held-back data rises while the training loss goes on falling: SageMaker Debugger's Overfit and AutoTrainer's "train falls while
// validation rises", for several
// evaluations running. A jump of the learning rate starts it again.
import { type Detector, nothing } from '../detector.ts';
import { followRegime, initialRegime, type LossRegime } from '../loss-regime.ts';
import { isEvaluationLoss, isLearningRate, isTotalLoss } from '../metric-names.ts';
import { stateOf, withState } from '../series-of-rank.ts';
import { bounded } from '../statistics.ts';

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
  regime: LossRegime;
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
export const overfit: Detector<State, typeof defaults> = {
  id: 'metric.overfit',
  version: 1,
  scope: 'rank',
  thresholds: defaults,
  watches: (name) => isTotalLoss(name) || isEvaluationLoss(name) || isLearningRate(name),
  initial: () => ({ level: null, regime: initialRegime, series: {} }),
  observe(state, point, _context, t) {
    const { name, step, value: given } = point;
    if (isLearningRate(name)) {
      const { regime, change } = followRegime(state.regime, point);
      return nothing({ ...state, regime, series: change === 'up' ? {} : state.series });
    }
    if (!Number.isFinite(given)) return nothing(state);
    const value = bounded(given);
    const { level } = state;
    if (isTotalLoss(name))
      return nothing({ ...state, level: level === null ? value : level + smoothing * (value - level) });
    const fresh: Series = { best: value, bestStep: step, train: level, worse: 0, reported: false };
    const before = stateOf(state.series, name, fresh);
    const own: Series = value <= before.best ? fresh : { ...before, worse: before.worse + 1 };
    const next = { ...state, series: withState(state.series, name, own) };
    const threshold = own.best + t.rise * Math.abs(own.best);
    const falls = level !== null && own.train !== null && level < own.train - t.fall * Math.abs(own.train);
    if (own.reported || own.worse < t.patience || value <= threshold || !falls) return nothing(next);
    const data = { name, value, best: own.best, best_step: own.bestStep, threshold };
    return {
      state: { ...next, series: withState<Series>(next.series, name, { ...own, reported: true }) },
      detection: { severity: 'info', name, step, data },
    };
  },
};
