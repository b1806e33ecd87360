// The very first value of a loss is far from anything a fresh model can give. PP-YOLOE starts its box distributions equal, so loss_dfl
// begins at exactly ln K (ppyoloe_head.py _init_weights: zero weights, equal biases), at 2 ln K with an auxiliary head; a pre-trained
// start lies below. Evidence only: it says that something is wrong before the first update, not what.
import { type Detector, type DetectorPoint, nothing } from '../detector.ts';
import { isComponent, isDflLoss, isTotalLoss } from '../metric-names.ts';

interface State {
  seen: boolean;
}

/** PP-YOLOE's reg_max 16 gives 17 bins. */
const usualBins = 17;

const defaults = { dfl_factor: 3, largest_total: 1e6 };

/** `step` is that of the first value. */
export const absurdFirstLoss: Detector<State, typeof defaults> = {
  id: 'metric.absurd-first-loss',
  version: 2,
  scope: 'series',
  thresholds: defaults,
  watches: (name) => isDflLoss(name) || isTotalLoss(name),
  initial: () => ({ seen: false }),
  observe(state, point, { bins }, { dfl_factor, largest_total }) {
    if (state.seen) return nothing(state);
    const { name, step, value } = point;
    const expectation = isTotalLoss(name)
      ? { expected: null, threshold: largest_total }
      : expectDfl(point, bins, dfl_factor);
    const isAbsurd = Number.isFinite(value) && expectation !== null && value > expectation.threshold;
    if (!isAbsurd) return nothing({ seen: true });
    const data = { name, value, ...expectation, ratio: value / (expectation.expected ?? expectation.threshold) };
    return { state: { seen: true }, detection: { severity: 'warning', name, step, data } };
  },
};

/** Other trainers weight their DFL, so without K nothing is assumed of them. */
function expectDfl({ name }: DetectorPoint, known: number | null, factor: number) {
  const bins = known ?? (isComponent(name, 'loss_dfl') ? usualBins : null);
  if (bins === null || bins < 2) return null;
  const expected = Math.log(bins);
  return { expected, threshold: factor * expected, bins, bins_assumed: known === null };
}
