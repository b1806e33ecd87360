// The learning rate is absurd: negative, more than any optimiser survives, or, where the config tells the images of a step, many times more
// than the linear scaling rule allows (Goyal et al., arXiv 1706.02677: 0.1 for 256 images with SGD).
import { type Detector, type DetectorContext, onlyRole } from '../detector.ts';
import { toJsonNumber } from '../json-number.ts';
import { isLearningRate } from '../metric-names.ts';
import { about } from './about.ts';

interface State {
  reported: boolean;
}

const defaults = {
  largest: 10,
  scaled_rate: 0.1,
  scaled_images: 256,
  /** Times the rate that the rule gives; adaptive optimisers and warm restarts stay far below. */
  scaled_factor: 16,
  /** Rates below this are never absurd. */
  least: 0.05,
};

/** `step` is the first at the rate. */
export const rateAbsurd: Detector<State, typeof defaults> = {
  id: 'metric.learning-rate-absurd',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isLearningRate(name)),
  initial: () => ({ reported: false }),
  observe(state, { step, value }, { name, context, thresholds: t }) {
    if (state.reported || Number.isNaN(value)) return null;
    const images = imagesOf(context);
    const allowed = images === null ? t.largest : (t.scaled_factor * t.scaled_rate * images) / t.scaled_images;
    const threshold = Math.min(t.largest, Math.max(allowed, t.least));
    if (value >= 0 && value <= threshold) return null;
    state.reported = true;
    return { severity: 'info', name, step, data: { name, value: toJsonNumber(value), threshold, images } };
  },
};

function imagesOf({ batchSize, worldSize }: DetectorContext): number | null {
  return batchSize === null || worldSize === null ? null : batchSize * worldSize;
}
