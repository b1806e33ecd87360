// The logged total is no longer the weighted sum of its logged parts. The weights are those of a known arrangement or learned by least
// squares from the first lines; when neither fits those lines, the total holds something that is not logged and nothing is said. Medians of
// a logging window do not add up exactly, so the error seen while learning sets the tolerance.
import { type Detector, type DetectorPoint, nothing } from '../detector.ts';
import { isLossComponent, isTotalLoss } from '../metric-names.ts';
import { bounded } from '../statistics.ts';
import { dot, solve } from './least-squares.ts';

interface State {
  /** Values of the step that is being logged; it is judged when the next begins. */
  step: number | null;
  values: Record<string, number>;
  total: string | null;
  /** Parts in the order of `weights`; empty until the first full step. */
  parts: string[];
  /** The first steps, as [total, ...parts], at most `learned_steps`. */
  lines: number[][];
  weights: number[] | null;
  /** Largest error of a learned line, as a share of its total. */
  error: number;
  wrong: number;
  since: number | null;
  isOver: boolean;
}

const defaults = {
  learned_steps: 24,
  /** Largest error of the learned lines at which the weights are believed. */
  learned_error: 0.05,
  /** Error as a share of the total that counts as wrong, and times the largest error while learning. */
  tolerance: 0.02,
  error_factor: 5,
  /** Steps running. */
  steps: 3,
};
const maxParts = 6;
/** ppyoloe_head.py loss_weight: class 1, iou 2.5, dfl 0.5. */
const knownWeights: Record<string, number>[] = [{ loss_cls: 1, loss_iou: 2.5, loss_dfl: 0.5 }];

/** `step` is the first whose total is wrong. */
export const totalMismatch: Detector<State, typeof defaults> = {
  id: 'metric.total-mismatch',
  version: 1,
  scope: 'rank',
  thresholds: defaults,
  watches: (name) => isTotalLoss(name) || isLossComponent(name),
  initial: () => ({
    ...{ step: null, values: {}, total: null, parts: [], lines: [], weights: null },
    ...{ error: 0, wrong: 0, since: null, isOver: false },
  }),
  observe(state, point, _context, t) {
    if (state.isOver) return nothing(state);
    if (state.step === null || state.step === point.step) return nothing(note(state, point));
    const judged = closeStep(state, t);
    const next = note({ ...judged, values: {} }, point);
    if (judged.wrong < t.steps || judged.total === null) return nothing(next);
    const line = lineOf(state);
    const [value = 0, ...parts] = line ?? [];
    const sum = dot(judged.weights ?? [], parts);
    const data = {
      name: judged.total,
      value,
      sum,
      parts: judged.parts,
      weights: judged.weights ?? [],
      error: judged.error,
    };
    const step = judged.since ?? point.step;
    // JSON of a finding is flat: lists of names and numbers are allowed.
    return {
      state: { ...next, isOver: true, lines: [] },
      detection: { severity: 'warning', name: judged.total, step, data },
    };
  },
};

function note(state: State, { name, step, value }: DetectorPoint): State {
  if (!Number.isFinite(value)) return { ...state, step };
  const total = state.total ?? (isTotalLoss(name) ? name : null);
  const isMeant = name === total || (isLossComponent(name) && Object.keys(state.values).length <= maxParts + 1);
  return { ...state, step, total, values: isMeant ? { ...state.values, [name]: bounded(value) } : state.values };
}

/** [total, ...parts] of a step that logged all of them, else null. */
function lineOf({ total, parts, values }: State): number[] | null {
  if (total === null) return null;
  const line = [total, ...parts].map((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
  return line.every((value) => value !== undefined) ? (line as number[]) : null;
}

function closeStep(before: State, t: typeof defaults): State {
  const named = before.total !== null && before.parts.length === 0;
  const parts = named ? Object.keys(before.values).filter((name) => name !== before.total) : before.parts;
  if (parts.length === 0) return before;
  if (parts.length > maxParts) return { ...before, isOver: true };
  const state = { ...before, parts };
  const line = lineOf(state);
  if (line === null) return state;
  return state.weights === null ? learn(state, line, t) : check(state, line, state.weights, t);
}

function learn(state: State, line: number[], t: typeof defaults): State {
  const lines = [...state.lines, line];
  if (lines.length < t.learned_steps) return { ...state, lines };
  const candidates = [...namedWeights(state.parts), solve(lines)].filter((weights) => weights !== null);
  const errors = candidates.map((weights) => Math.max(...lines.map((each) => errorOf(each, weights))));
  const best = errors.indexOf(Math.min(...errors));
  const weights = candidates[best];
  if (!weights || !((errors[best] ?? 1) <= t.learned_error)) return { ...state, lines: [], isOver: true };
  return { ...state, lines: [], weights, error: errors[best] ?? 0 };
}

function namedWeights(parts: string[]): number[][] {
  const plain = parts.map((name) => name.replace(/^.*[/.]/, ''));
  const known = knownWeights.map((weights) => plain.map((name) => weights[name] ?? Number.NaN));
  return [plain.map(() => 1), ...known.filter((weights) => weights.every(Number.isFinite))];
}

function errorOf([total = 0, ...parts]: number[], weights: number[]): number {
  return Math.abs(total - dot(weights, parts)) / Math.max(Math.abs(total), 1e-6);
}

function check(state: State, line: number[], weights: number[], t: typeof defaults): State {
  const isWrong = errorOf(line, weights) > Math.max(t.tolerance, t.error_factor * state.error);
  if (!isWrong) return { ...state, wrong: 0, since: null };
  return { ...state, wrong: state.wrong + 1, since: state.since ?? state.step };
}
