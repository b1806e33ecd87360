// The norm of the gradient explodes: told against the run's own usual norm, since its scale depends on the model. Single peaks, and single
// infinite norms under mixed precision, are ordinary.
import { type Detector, onlyRole } from '../detector.ts';
import { toJsonNumber } from '../json-number.ts';
import { isGradientNorm } from '../metric-names.ts';
import { medianOf, pushBounded } from '../statistics.ts';
import { about } from './about.ts';

interface State {
  /** Last usual norms, at most `window`. */
  recent: number[];
  exploded: number;
  /** Step at which the present stretch began. */
  since: number | null;
  reported: boolean;
}

const defaults = {
  /** Times the median of the last norms. */
  factor: 100,
  /** Norms below this are no explosion whatever they were before. */
  floor: 1e3,
  /** Points running. */
  points: 10,
  window: 32,
};

/** `step` is the first of the stretch. */
export const gradientExploding: Detector<State, typeof defaults> = {
  id: 'metric.gradient-exploding',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isGradientNorm(name)),
  initial: () => ({ recent: [], exploded: 0, since: null, reported: false }),
  isOngoing: ({ exploded }) => exploded > 0,
  observe(state, { step, value }, { name, thresholds: t }) {
    const { recent } = state;
    const isNumber = Number.isFinite(value);
    const mayBeHigh = !isNumber || (value > t.floor && recent.length >= t.points);
    const median = mayBeHigh ? medianOf(recent) : 0;
    const limit = Math.max(t.floor, t.factor * median);
    if (!mayBeHigh || (isNumber && value <= limit)) {
      pushBounded(recent, value, t.window);
      state.exploded = 0;
      state.since = null;
      state.reported = false;
      return null;
    }
    state.exploded += 1;
    state.since ??= step;
    if (state.reported || state.exploded < t.points) return null;
    state.reported = true;
    const data = { name, value: toJsonNumber(value), median, threshold: toJsonNumber(limit) };
    return { severity: 'warning', name, step: state.since, data };
  },
};
