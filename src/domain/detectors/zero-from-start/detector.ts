// A part of the loss has been exactly zero since the run began while the total is not: no positives are found, labels do not reach that
// part, or its weight is zero. The run looks alive and never learns it.
import { type Detector, type DetectorPoint, nothing, type Observation } from '../detector.ts';
import { isLossComponent, isTotalLoss } from '../metric-names.ts';

interface State {
  total: { first: number; isPositive: boolean; changes: boolean } | null;
  /** Zeros since the start, by name; null once a part was not zero or was reported. */
  zeros: Record<string, number | null>;
}

const minZeros = 20;
/** Parts that are logged only, or that configurations switch off on purpose. */
const mayBeOff = /l1|aux/i;

/** `step` is the one at which it was established. */
export const zeroFromStart: Detector<State> = {
  id: 'metric.zero-from-start',
  version: 1,
  scope: 'rank',
  watches: (name) => isTotalLoss(name) || (isLossComponent(name) && !mayBeOff.test(name)),
  initial: () => ({ total: null, zeros: {} }),
  observe(state, point) {
    return isTotalLoss(point.name) ? observeTotal(state, point) : observePart(state, point);
  },
};

function observeTotal(state: State, { value }: DetectorPoint): Observation<State> {
  if (!Number.isFinite(value)) return nothing(state);
  const before = state.total ?? { first: value, isPositive: true, changes: false };
  const total = {
    ...before,
    isPositive: before.isPositive && value > 0,
    changes: before.changes || value !== before.first,
  };
  return nothing({ ...state, total });
}

function observePart(state: State, { name, step, value }: DetectorPoint): Observation<State> {
  const before = Object.hasOwn(state.zeros, name) ? state.zeros[name] : 0;
  if (before === null || before === undefined) return nothing(state);
  if (value !== 0) return nothing(withZeros(state, name, null));
  const points = before + 1;
  if (points < minZeros || !state.total?.isPositive || !state.total.changes)
    return nothing(withZeros(state, name, points));
  const data = { name, value: 0, points, threshold: minZeros };
  return { state: withZeros(state, name, null), detection: { severity: 'warning', name, step, data } };
}

function withZeros(state: State, name: string, zeros: number | null): State {
  return { ...state, zeros: { ...state.zeros, [name]: zeros } };
}
