// A part of the loss has been exactly zero since the run began while the run is alive: no positives are found, labels do not reach that
// part, or its weight is zero. The run looks healthy and never learns it. Alive is shown by the total, or, where none is logged
// (Ultralytics), by another part.
import type { Detection, Detector } from '../detector.ts';
import { isLossComponent, isTotalLoss } from '../metric-names.ts';
import { stateOf } from '../series-of-rank.ts';
import { about } from './about.ts';

interface Life {
  name: string;
  first: number;
  isPositive: boolean;
  changes: boolean;
}

interface State {
  total: Life | null;
  /** The first part that is not zero. */
  part: Life | null;
  /** Zeros since the start, by name. `isOver`: the part was not zero once, or was reported. */
  zeros: Record<string, { count: number; isOver: boolean }>;
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

type Role = 'total' | 'part' | 'part-that-may-be-zero';

/** `step` is the one at which it was established. */
export const zeroFromStart: Detector<State, typeof defaults, Role> = {
  id: 'metric.zero-from-start',
  version: 3,
  scope: 'rank',
  thresholds: defaults,
  about,
  roleOf(name) {
    if (isTotalLoss(name)) return 'total';
    if (!isLossComponent(name) || mayBeOff.test(name)) return null;
    return zeroForOneClass.test(name) ? 'part-that-may-be-zero' : 'part';
  },
  initial: () => ({ total: null, part: null, zeros: {} }),
  observe(state, { step, value }, { name, role, thresholds: { min_zeros } }) {
    if (role !== 'total') return observePart(state, { name, step, value, role }, min_zeros);
    if (Number.isFinite(value)) state.total = live(state.total, name, value);
    return null;
  },
};

function live(before: Life | null, name: string, value: number): Life {
  const life = before ?? { name, first: value, isPositive: true, changes: false };
  life.isPositive &&= value > 0;
  life.changes ||= value !== life.first;
  return life;
}

function observePart(
  state: State,
  { name, step, value, role }: { name: string; step: number; value: number; role: Role },
  least: number,
): Detection | null {
  const { part } = state;
  if (Number.isFinite(value) && (part === null ? value > 0 : part.name === name)) state.part = live(part, name, value);
  const own = stateOf(state.zeros, name, () => ({ count: 0, isOver: role === 'part-that-may-be-zero' }));
  if (own.isOver) return null;
  if (value !== 0) {
    own.isOver = true;
    return null;
  }
  own.count += 1;
  const life = state.total ?? state.part;
  if (own.count < least || !life?.isPositive || !life.changes) return null;
  own.isOver = true;
  return { severity: 'warning', name, step, data: { name, value: 0, points: own.count, threshold: least } };
}
