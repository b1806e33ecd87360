// Updates are far too large or too small for the weights they change: SageMaker Debugger's WeightUpdateRatio, with its limits.
import { type Detector, onlyRole } from '../detector.ts';
import { isUpdateRatio } from '../metric-names.ts';
import { about } from './about.ts';

interface State {
  outside: number;
  since: number | null;
  reported: boolean;
}

const defaults = { largest: 10, smallest: 1e-8, points: 10 };

/** `step` is the first of the stretch. */
export const updateRatio: Detector<State, typeof defaults> = {
  id: 'metric.update-ratio',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isUpdateRatio(name)),
  initial: () => ({ outside: 0, since: null, reported: false }),
  observe(state, { step, value }, { name, thresholds: { largest, smallest, points } }) {
    if (!Number.isFinite(value)) return null;
    const size = Math.abs(value);
    if (size <= largest && size >= smallest) {
      state.outside = 0;
      state.since = null;
      state.reported = false;
      return null;
    }
    state.outside += 1;
    state.since ??= step;
    if (state.reported || state.outside < points) return null;
    state.reported = true;
    const mode = size > largest ? 'too-large' : 'too-small';
    const data = { name, value, mode, threshold: size > largest ? largest : smallest };
    return { severity: 'info', name, step: state.since, data };
  },
};
