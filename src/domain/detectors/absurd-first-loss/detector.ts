// The very first value of a loss is far from anything a fresh model can give. PP-YOLOE starts its box distributions equal, so loss_dfl
// begins at exactly ln K (ppyoloe_head.py _init_weights: zero weights, equal biases), at 2 ln K with an auxiliary head; a pre-trained
// start lies below. Evidence only: it says that something is wrong before the first update, not what.
import type { Detector } from '../detector.ts';
import { isComponent, isDflLoss, isTotalLoss } from '../metric-names.ts';
import { about } from './about.ts';

interface State {
  seen: boolean;
}

/** PP-YOLOE's reg_max 16 gives 17 bins. */
const usualBins = 17;

const defaults = { dfl_factor: 3, largest_total: 1e6 };

/** `step` is that of the first value. */
export const absurdFirstLoss: Detector<State, typeof defaults, 'total' | 'dfl'> = {
  id: 'metric.absurd-first-loss',
  version: 2,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => (isTotalLoss(name) ? 'total' : isDflLoss(name) ? 'dfl' : null),
  initial: () => ({ seen: false }),
  observe(state, { step, value }, { name, role, context, thresholds }) {
    if (state.seen) return null;
    state.seen = true;
    const expectation =
      role === 'total'
        ? { expected: null, threshold: thresholds.largest_total }
        : expectDfl(name, context.bins, thresholds.dfl_factor);
    const isAbsurd = Number.isFinite(value) && expectation !== null && value > expectation.threshold;
    if (!isAbsurd) return null;
    const data = { name, value, ...expectation, ratio: value / (expectation.expected ?? expectation.threshold) };
    return { severity: 'warning', name, step, data };
  },
};

/** Other trainers weight their DFL, so without K nothing is assumed of them. */
function expectDfl(name: string, known: number | null, factor: number) {
  const bins = known ?? (isComponent(name, 'loss_dfl') ? usualBins : null);
  if (bins === null || bins < 2) return null;
  const expected = Math.log(bins);
  return { expected, threshold: factor * expected, bins, bins_assumed: known === null };
}
