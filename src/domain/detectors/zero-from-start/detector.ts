// A part of the loss has been exactly zero since the run began while the run is alive: no positives are found, labels do not reach that
// part, or its weight is zero. The run looks healthy and never learns it. Alive is shown by the total, or, where none is logged
// (Ultralytics), by another part.
import { type Detector, type DetectorPoint, nothing, type Observation } from '../detector.ts';
import { isLossComponent, isTotalLoss } from '../metric-names.ts';
import { stateOf, withState } from '../series-of-rank.ts';

interface Life {
  first: number;
  isPositive: boolean;
  changes: boolean;
}

interface State {
  total: Life | null;
  /** The first part that is not zero. */
  part: (Life & { name: string }) | null;
  /** Zeros since the start, by name; null once a part was not zero or was reported. */
  zeros: Record<string, number | null>;
}

const defaults = { min_zeros: 20 };
/**
 * Parts that are logged only, that configurations switch off on purpose, or that set in later: L1 (YOLOX, until augmentation ends), auxiliary
 * and distillation losses, regularisers, annealed KL terms, adversarial losses with a late start.
 */
const mayBeOff =
  /l1|aux|distill|(?:^|_)kd(?:_|$)|kld?(?:_|$)|reg(?:ulari[sz]\w*)?_?l2|penalty|adv|gan|disc|balance|z_loss|loss_z$|orth/i;
/** YOLOv5 and its kin log a cls_loss of 0 for a single class. */
const zeroForOneClass = /(?:^|[/.])cls_loss$/i;

/** `step` is the one at which it was established. */
export const zeroFromStart: Detector<State, typeof defaults> = {
  id: 'metric.zero-from-start',
  version: 2,
  scope: 'rank',
  thresholds: defaults,
  watches: (name) => isTotalLoss(name) || (isLossComponent(name) && !mayBeOff.test(name)),
  initial: () => ({ total: null, part: null, zeros: {} }),
  observe(state, point, _context, { min_zeros }) {
    return isTotalLoss(point.name) ? nothing(observeTotal(state, point)) : observePart(state, point, min_zeros);
  },
};

function observeTotal(state: State, { value }: DetectorPoint): State {
  return Number.isFinite(value) ? { ...state, total: live(state.total, value) } : state;
}

function live(before: Life | null, value: number): Life {
  const { first, isPositive, changes } = before ?? { first: value, isPositive: true, changes: false };
  return { first, isPositive: isPositive && value > 0, changes: changes || value !== first };
}

function observePart(before: State, { name, step, value }: DetectorPoint, least: number): Observation<State> {
  const state = observeLife(before, name, value);
  const count = stateOf<number | null>(state.zeros, name, 0);
  if (count === null || zeroForOneClass.test(name)) return nothing(state);
  if (value !== 0) return nothing({ ...state, zeros: withState<number | null>(state.zeros, name, null) });
  const points = count + 1;
  const life = state.total ?? state.part;
  if (points < least || !life?.isPositive || !life.changes)
    return nothing({ ...state, zeros: withState<number | null>(state.zeros, name, points) });
  const zeros = withState<number | null>(state.zeros, name, null);
  const data = { name, value: 0, points, threshold: least };
  return { state: { ...state, zeros }, detection: { severity: 'warning', name, step, data } };
}

function observeLife(state: State, name: string, value: number): State {
  const { part } = state;
  if (!Number.isFinite(value) || (part === null ? value <= 0 : part.name !== name)) return state;
  return { ...state, part: { name, ...live(part, value) } };
}
