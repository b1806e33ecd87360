// The norm of the gradient explodes: told against the run's own usual norm, since its scale depends on the model. Single peaks, and single
// infinite norms under mixed precision, are ordinary.
import { type Detector, nothing } from '../detector.ts';
import { toJsonNumber } from '../json-number.ts';
import { isGradientNorm } from '../metric-names.ts';
import { medianOf } from '../statistics.ts';

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
  watches: isGradientNorm,
  initial: () => ({ recent: [], exploded: 0, since: null, reported: false }),
  observe(state, { name, step, value }, _context, t) {
    const median = medianOf(state.recent);
    const limit = Math.max(t.floor, t.factor * median);
    const isHigh = !Number.isFinite(value) || (state.recent.length >= t.points && value > limit);
    if (!isHigh)
      return nothing({ recent: [...state.recent, value].slice(-t.window), exploded: 0, since: null, reported: false });
    const next = { ...state, exploded: state.exploded + 1, since: state.since ?? step };
    if (state.reported || next.exploded < t.points) return nothing(next);
    const data = { name, value: toJsonNumber(value), median, threshold: toJsonNumber(limit) };
    return { state: { ...next, reported: true }, detection: { severity: 'warning', name, step: next.since, data } };
  },
};
