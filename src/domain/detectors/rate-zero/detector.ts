// The learning rate is zero or collapsed. Zero counts after the few first steps in which a warm-up prints 0, and after an end that lasts
// longer than the last lines of a schedule; a collapse is a cut to a thousandth at once, which no schedule makes.
import { type Detector, onlyRole } from '../detector.ts';
import { isLearningRate } from '../metric-names.ts';
import { bounded } from '../statistics.ts';
import { about } from './about.ts';

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
  about,
  roleOf: (name) => onlyRole(isLearningRate(name)),
  initial: () => ({ previous: null, idle: 0, since: null, before: null, reported: false }),
  observe(state, { step, value: given }, { name, thresholds: t }) {
    if (Number.isNaN(given)) return null;
    const value = bounded(given);
    follow(state, value, step, t);
    const threshold = state.before === null ? t.start_points : t.idle_points;
    if (state.reported || state.idle < threshold) return null;
    state.reported = true;
    const data = { name, value, previous_value: state.before, threshold };
    return { severity: 'warning', name, step: state.since ?? step, data };
  },
};

function follow(state: State, value: number, step: number, t: typeof defaults): void {
  if (state.idle === 0 && isIdle(state.previous, value, t)) {
    state.idle = 1;
    state.since = step;
    state.before = state.previous;
  } else if (state.idle > 0 && value <= (state.before ?? 0) / t.collapse_factor) {
    state.idle += 1;
  } else {
    state.idle = 0;
    state.since = null;
    state.before = null;
    state.reported = false;
  }
  state.previous = value;
}

/** Whether a rate of nothing begins here. */
function isIdle(previous: number | null, value: number, t: typeof defaults): boolean {
  return value === 0 || (previous !== null && value > 0 && value <= previous / t.collapse_factor);
}
