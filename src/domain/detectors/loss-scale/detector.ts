// The loss scale of mixed precision counts down to nothing: gradients overflow at every scale, so no step is taken any more. A healthy
// scaler halves a few times at the start and after rare overflows, and doubles again.
import { type Detector, nothing } from '../detector.ts';
import { isLossScale } from '../metric-names.ts';
import { bounded } from '../statistics.ts';

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
  watches: isLossScale,
  initial: () => ({ previous: null, from: null, fromStep: null, reported: false }),
  observe(state, { name, step, value: given }, _context, t) {
    const value = bounded(given);
    if (!(value >= 0)) return nothing(state);
    const { previous } = state;
    if (previous === null || value > previous)
      return nothing({ previous: value, from: null, fromStep: null, reported: false });
    if (value === previous) return nothing(state);
    const from = state.from ?? previous;
    const fromStep = state.fromStep ?? step;
    const next = { ...state, previous: value, from, fromStep };
    if (state.reported || !(value <= t.smallest || from / value >= t.factor)) return nothing(next);
    const data = { name, value, from, factor: t.factor, threshold: t.smallest };
    return { state: { ...next, reported: true }, detection: { severity: 'critical', name, step: fromStep, data } };
  },
};
