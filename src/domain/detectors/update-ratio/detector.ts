// Updates are far too large or too small for the weights they change: SageMaker Debugger's WeightUpdateRatio, with its limits.
import { type Detector, nothing } from '../detector.ts';
import { isUpdateRatio } from '../metric-names.ts';

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
  watches: isUpdateRatio,
  initial: () => ({ outside: 0, since: null, reported: false }),
  observe(state, { name, step, value }, _context, { largest, smallest, points }) {
    if (!Number.isFinite(value)) return nothing(state);
    const size = Math.abs(value);
    if (size <= largest && size >= smallest) return nothing({ outside: 0, since: null, reported: false });
    const next = { ...state, outside: state.outside + 1, since: state.since ?? step };
    if (state.reported || next.outside < points) return nothing(next);
    const mode = size > largest ? 'too-large' : 'too-small';
    const data = { name, value, mode, threshold: size > largest ? largest : smallest };
    return { state: { ...next, reported: true }, detection: { severity: 'info', name, step: next.since, data } };
  },
};
