// A loss became NaN or infinite: from here on the run computes nothing. Trainers log this without stopping, so the first such value is
// the fact worth keeping. (TensorBoard's Debugger V2 and Lightning's detect_anomaly watch for the same.)
import type { MetricValue } from '../../../contracts/runs.ts';
import { type Detector, nothing } from '../detector.ts';
import { toJsonNumber } from '../json-number.ts';
import { isLossLike } from '../metric-names.ts';

interface State {
  previous: { value: MetricValue; step: number } | null;
  /** Finite values still to come before another onset counts; 0 when armed. */
  finiteToRearm: number;
}

/** A loss that comes and goes (AMP's skipped steps, a median window) is one onset until it was finite this many times running. */
const defaults = { finite_run: 20 };

/** `step` is that of the first non-finite value. */
export const nonFinite: Detector<State, typeof defaults> = {
  id: 'metric.non-finite',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  watches: isLossLike,
  initial: () => ({ previous: null, finiteToRearm: 0 }),
  observe(state, { name, step, value, windowed }, _context, { finite_run }) {
    const previous = { value: toJsonNumber(value), step };
    if (Number.isFinite(value)) return nothing({ previous, finiteToRearm: Math.max(0, state.finiteToRearm - 1) });
    const seen = { previous, finiteToRearm: finite_run };
    if (state.finiteToRearm > 0) return nothing(seen);
    const before = { previous_value: state.previous?.value ?? null, previous_step: state.previous?.step ?? null };
    const data = { name, value: toJsonNumber(value), ...before, windowed };
    return { state: seen, detection: { severity: 'critical', name, step, data } };
  },
};
