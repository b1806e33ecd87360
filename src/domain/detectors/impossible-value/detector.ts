// A value that the formula cannot give. PP-YOLOE's loss_iou is a weighted mean of GIoU losses, which lie in [0, 2], divided by the same
// weights' sum (ppdet/modeling/heads/ppyoloe_head.py _bbox_loss), so on one rank it is at most 2: more means that boxes, weights or the
// normalizer are wrong. On several ranks the normalizer is averaged over them and the bound does not hold. Other heads print a loss_iou
// with other weights (PP-YOLO's may be 10), so the rank must also log a loss_dfl, which those have not.
import { type Detector, type DetectorPoint, nothing } from '../detector.ts';
import { isComponent } from '../metric-names.ts';

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
export const impossibleValue: Detector<State, typeof defaults> = {
  id: 'metric.impossible-value',
  version: 1,
  scope: 'rank',
  thresholds: defaults,
  watches: (name) => isComponent(name, 'loss_iou') || isComponent(name, 'loss_dfl'),
  initial: () => ({ hasDfl: false, impossible: null, reported: false }),
  observe(state, point, { worldSize }, { tolerance }) {
    if (state.reported || (worldSize !== null && worldSize > 1)) return nothing(state);
    const next = look(state, point, largest + tolerance);
    if (!next.hasDfl || next.impossible === null) return nothing(next);
    const { name, value, step } = next.impossible;
    const data = {
      name,
      value,
      limit: largest,
      threshold: largest + tolerance,
      world_size: worldSize,
      world_size_known: worldSize !== null,
    };
    return {
      state: { ...next, impossible: null, reported: true },
      detection: { severity: 'critical', name, step, data },
    };
  },
};

function look(state: State, { name, value, step }: DetectorPoint, limit: number): State {
  if (!isComponent(name, 'loss_iou')) return state.hasDfl ? state : { ...state, hasDfl: true };
  const isImpossible = Number.isFinite(value) && value > limit;
  return isImpossible && state.impossible === null ? { ...state, impossible: { name, value, step } } : state;
}
