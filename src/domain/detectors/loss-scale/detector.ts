// The loss scale of mixed precision counts down to nothing: gradients overflow at every scale, so no step is taken any more. A healthy
// scaler halves a few times at the start and after rare overflows, and doubles again.
import { type Detector, onlyRole } from '../detector.ts';
import { isLossScale } from '../metric-names.ts';
import { bounded } from '../statistics.ts';
import { about } from './about.ts';

interface State {
  previous: number | null;
  /** The scale before the present countdown. */
  from: number | null;
  fromStep: number | null;
  reported: boolean;
}

/** DeepSpeed and fairseq stop at 1 or below; a countdown over `factor` is more than the start of a run needs (65536 to 512 is usual). */
const defaults = { smallest: 1, factor: 4096 };

/** `step` is the one at which the countdown began. */
export const lossScale: Detector<State, typeof defaults> = {
  id: 'metric.loss-scale-collapsed',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isLossScale(name)),
  initial: () => ({ previous: null, from: null, fromStep: null, reported: false }),
  isOngoing: ({ reported }) => reported,
  observe(state, { step, value: given }, { name, thresholds: t }) {
    const value = bounded(given);
    if (!(value >= 0)) return null;
    const { previous } = state;
    if (value === previous) return null;
    state.previous = value;
    if (previous === null || value > previous) {
      state.from = null;
      state.fromStep = null;
      state.reported = false;
      return null;
    }
    state.from ??= previous;
    state.fromStep ??= step;
    if (state.reported || !(value <= t.smallest || state.from / value >= t.factor)) return null;
    state.reported = true;
    const data = { name, value, from: state.from, factor: t.factor, threshold: t.smallest };
    return { severity: 'critical', name, step: state.fromStep, data };
  },
};
