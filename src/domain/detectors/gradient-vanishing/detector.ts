// The norm of the gradient vanishes: SageMaker Debugger's VanishingGradient (mean absolute gradient below 1e-7; a norm is not smaller than
// that mean), for several points running.
import { type Detector, onlyRole } from '../detector.ts';
import { isGradientNorm } from '../metric-names.ts';
import { about } from './about.ts';

interface State {
  vanished: number;
  /** Step at which the present stretch began. */
  since: number | null;
  reported: boolean;
}

const defaults = { smallest: 1e-7, points: 10 };

/** `step` is the first of the stretch. */
export const gradientVanishing: Detector<State, typeof defaults> = {
  id: 'metric.gradient-vanishing',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isGradientNorm(name)),
  initial: () => ({ vanished: 0, since: null, reported: false }),
  observe(state, { step, value }, { name, thresholds: { smallest, points } }) {
    if (!(value >= 0 && value < smallest)) {
      state.vanished = 0;
      state.since = null;
      state.reported = false;
      return null;
    }
    state.vanished += 1;
    state.since ??= step;
    if (state.reported || state.vanished < points) return null;
    state.reported = true;
    return { severity: 'warning', name, step: state.since, data: { name, value, threshold: smallest } };
  },
};
