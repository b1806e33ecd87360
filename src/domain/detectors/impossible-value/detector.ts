// A value that the formula cannot give. PP-YOLOE's loss_iou is a weighted mean of GIoU losses, which lie in [0, 2], divided by the same
// weights' sum (ppdet/modeling/heads/ppyoloe_head.py _bbox_loss), so on one rank it is at most 2: more means that boxes, weights or the
// normalizer are wrong. On several ranks the normalizer is averaged over them and the bound does not hold. Other heads print a loss_iou
// with other weights (PP-YOLO's may be 10), so the rank must also log a loss_dfl, which those have not.
import type { Detector } from '../detector.ts';
import { isComponent } from '../metric-names.ts';
import { about } from './about.ts';

interface State {
  hasDfl: boolean;
  /** First impossible value, until it is reported. */
  impossible: { name: string; value: number; step: number } | null;
  reported: boolean;
}

const largest = 2;
/** Room for float32 rounding of a sum. */
const defaults = { tolerance: 1e-3 };

/** `step` is that of the first impossible value. */
export const impossibleValue: Detector<State, typeof defaults, 'iou' | 'dfl'> = {
  id: 'metric.impossible-value',
  version: 1,
  scope: 'rank',
  thresholds: defaults,
  about,
  roleOf: (name) => (isComponent(name, 'loss_iou') ? 'iou' : isComponent(name, 'loss_dfl') ? 'dfl' : null),
  initial: () => ({ hasDfl: false, impossible: null, reported: false }),
  observe(state, point, { role, name: series, context: { worldSize }, thresholds: { tolerance } }) {
    if (state.reported || (worldSize !== null && worldSize > 1)) return null;
    const limit = largest + tolerance;
    const isImpossible = role === 'iou' && Number.isFinite(point.value) && point.value > limit;
    if (role === 'dfl') state.hasDfl = true;
    if (isImpossible) state.impossible ??= { name: series, value: point.value, step: point.step };
    if (!state.hasDfl || state.impossible === null) return null;
    const { name, value, step } = state.impossible;
    state.impossible = null;
    state.reported = true;
    const data = {
      name,
      value,
      limit: largest,
      threshold: limit,
      world_size: worldSize,
      world_size_known: worldSize !== null,
    };
    return { severity: 'critical', name, step, data };
  },
};
