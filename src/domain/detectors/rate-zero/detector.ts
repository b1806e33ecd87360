// The learning rate is zero or collapsed. Zero counts after the few first steps in which a warm-up prints 0, and after an end that lasts
// longer than the last lines of a schedule; a collapse is a cut to a thousandth at once, which no schedule makes.
import { type Detector, nothing } from '../detector.ts';
import { isLearningRate } from '../metric-names.ts';
import { bounded } from '../statistics.ts';

interface State {
  previous: number | null;
  /** Zeros running, or points since a collapse. */
  idle: number;
  /** Step at which that began, and the rate before. */
  since: number | null;
  before: number | null;
  reported: boolean;
}

const defaults = {
  /** Points running at zero since the start. */
  start_points: 20,
  /** Points running at zero or after a collapse, later on. */
  idle_points: 40,
  collapse_factor: 1000,
};

/** `step` is the first at the rate. */
export const rateZero: Detector<State, typeof defaults> = {
  id: 'metric.learning-rate-zero',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  watches: isLearningRate,
  initial: () => ({ previous: null, idle: 0, since: null, before: null, reported: false }),
  observe(state, { name, step, value: given }, _context, t) {
    if (Number.isNaN(given)) return nothing(state);
    const value = bounded(given);
    const next = follow(state, value, step, t);
    const threshold = next.before === null ? t.start_points : t.idle_points;
    if (next.reported || next.idle < threshold) return nothing(next);
    const data = { name, value, previous_value: next.before, threshold };
    return {
      state: { ...next, reported: true },
      detection: { severity: 'warning', name, step: next.since ?? step, data },
    };
  },
};

function follow(state: State, value: number, step: number, t: typeof defaults): State {
  if (state.idle === 0 && isIdle(state.previous, value, t))
    return { ...state, previous: value, idle: 1, since: step, before: state.previous };
  const goesOn = state.idle > 0 && value <= (state.before ?? 0) / t.collapse_factor;
  if (goesOn) return { ...state, previous: value, idle: state.idle + 1 };
  return { previous: value, idle: 0, since: null, before: null, reported: false };
}

/** Whether a rate of nothing begins here. */
function isIdle(previous: number | null, value: number, t: typeof defaults): boolean {
  return value === 0 || (previous !== null && value > 0 && value <= previous / t.collapse_factor);
}
