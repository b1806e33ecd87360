// The norm of the gradient vanishes: SageMaker Debugger's VanishingGradient (mean absolute gradient below 1e-7; a norm is not smaller than
// that mean), for several points running.
import { type Detector, nothing } from '../detector.ts';
import { isGradientNorm } from '../metric-names.ts';

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
  watches: isGradientNorm,
  initial: () => ({ vanished: 0, since: null, reported: false }),
  observe(state, { name, step, value }, _context, { smallest, points }) {
    if (!(value >= 0 && value < smallest)) return nothing({ vanished: 0, since: null, reported: false });
    const next = { ...state, vanished: state.vanished + 1, since: state.since ?? step };
    if (state.reported || next.vanished < points) return nothing(next);
    const data = { name, value, threshold: smallest };
    return { state: { ...next, reported: true }, detection: { severity: 'warning', name, step: next.since, data } };
  },
};
