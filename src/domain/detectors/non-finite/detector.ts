// A loss became NaN or infinite: from here on the run computes nothing. Trainers log this without stopping, so the first such value is
// the fact worth keeping. (TensorBoard's Debugger V2 and Lightning's detect_anomaly watch for the same.)
import type { MetricValue } from '../../../contracts/runs.ts';
import { type Detector, onlyRole } from '../detector.ts';
import { toJsonNumber } from '../json-number.ts';
import { isLossLike } from '../metric-names.ts';
import { about } from './about.ts';

interface State {
  previous: MetricValue | null;
  previousStep: number | null;
  /** Finite values still to come before another onset counts; 0 when armed. */
  finiteToRearm: number;
}

/** A loss that comes and goes (AMP's skipped steps, a median window) is one onset until it was finite this many times running. */
const defaults = { finite_run: 20 };

/** `step` is that of the first non-finite value. */
export const nonFinite: Detector<State, typeof defaults> = {
  id: 'metric.non-finite',
  version: 2,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isLossLike(name)),
  initial: () => ({ previous: null, previousStep: null, finiteToRearm: 0 }),
  isOngoing: ({ finiteToRearm }) => finiteToRearm > 0,
  observe(state, { step, value, windowed }, { name, thresholds }) {
    const { previous, previousStep, finiteToRearm } = state;
    const isNumber = Number.isFinite(value);
    state.previous = isNumber ? value : toJsonNumber(value);
    state.previousStep = step;
    state.finiteToRearm = isNumber ? Math.max(0, finiteToRearm - 1) : thresholds.finite_run;
    if (isNumber || finiteToRearm > 0) return null;
    const data = {
      name,
      value: toJsonNumber(value),
      previous_value: previous,
      previous_step: previousStep,
      windowed,
    };
    return { severity: 'critical', name, step, data };
  },
};
