// The logged total is no longer the weighted sum of its logged parts. The weights are those of a known arrangement or learned by least
// squares from the first lines; when neither fits those lines, the total holds something that is not logged and nothing is said. Medians of
// a logging window do not add up exactly, so the error seen while learning sets the tolerance.
import type { Detection, Detector, DetectorPoint } from '../detector.ts';
import { partRoleOf } from '../loss-regime.ts';
import { bounded } from '../statistics.ts';
import { about } from './about.ts';
import { dot, solve } from './least-squares.ts';

interface State {
  /** The step that is being logged, its values by place in `names`; it is judged when the next begins. */
  step: number | null;
  names: string[];
  values: number[];
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
export const totalMismatch: Detector<State, typeof defaults, 'total' | 'part'> = {
  id: 'metric.total-mismatch',
  version: 2,
  scope: 'rank',
  thresholds: defaults,
  about,
  roleOf: partRoleOf,
  initial: () => ({
    ...{ step: null, names: [], values: [], total: null, parts: [], lines: [], weights: null },
    ...{ error: 0, wrong: 0, since: null, isOver: false },
  }),
  observe(state, point, { role, thresholds }) {
    if (state.isOver) return null;
    const detection =
      state.step === null || state.step === point.step ? null : closeStep(state, point.step, thresholds);
    note(state, role, point);
    return detection;
  },
};

function note(state: State, role: 'total' | 'part', { name, step, value }: DetectorPoint): void {
  state.step = step;
  if (!Number.isFinite(value)) return;
  if (role === 'total') state.total ??= name;
  if (name !== state.total && (role === 'total' || state.names.length > maxParts + 1)) return;
  const place = state.names.indexOf(name);
  if (place < 0) state.names.push(name);
  state.values[place < 0 ? state.names.length - 1 : place] = bounded(value);
}

/** Judges the step that has been logged and empties it. */
function closeStep(state: State, next: number, t: typeof defaults): Detection | null {
  judge(state, t);
  const { total, parts, weights, wrong, since, error } = state;
  const [value = 0, ...values] = wrong < t.steps ? [] : (lineOf(state) ?? []);
  state.names = [];
  state.values = [];
  if (wrong < t.steps || total === null) return null;
  state.isOver = true;
  state.lines = [];
  const sum = dot(weights ?? [], values);
  // JSON of a finding is flat: lists of names and numbers are allowed.
  const data = { name: total, value, sum, parts, weights: weights ?? [], error };
  return { severity: 'warning', name: total, step: since ?? next, data };
}

/** [total, ...parts] of a step that logged all of them, else null. */
function lineOf({ total, parts, names, values }: State): number[] | null {
  if (total === null) return null;
  const line: number[] = [];
  for (let index = -1; index < parts.length; index += 1) {
    const value = values[names.indexOf(index < 0 ? total : (parts[index] ?? ''))];
    if (value === undefined) return null;
    line.push(value);
  }
  return line;
}

function judge(state: State, t: typeof defaults): void {
  if (state.total !== null && state.parts.length === 0)
    state.parts = state.names.filter((name) => name !== state.total);
  if (state.parts.length === 0) return;
  if (state.parts.length > maxParts) {
    state.isOver = true;
    return;
  }
  const line = lineOf(state);
  if (line === null) return;
  if (state.weights === null) learn(state, line, t);
  else check(state, line, state.weights, t);
}

function learn(state: State, line: number[], t: typeof defaults): void {
  const { lines } = state;
  lines.push(line);
  if (lines.length < t.learned_steps) return;
  const candidates = [...namedWeights(state.parts), solve(lines)].filter((weights) => weights !== null);
  const errors = candidates.map((weights) => Math.max(...lines.map((each) => errorOf(each, weights))));
  const best = errors.indexOf(Math.min(...errors));
  state.lines = [];
  const weights = candidates[best];
  if (!weights || !((errors[best] ?? 1) <= t.learned_error)) {
    state.isOver = true;
    return;
  }
  state.weights = weights;
  state.error = errors[best] ?? 0;
}

function namedWeights(parts: string[]): number[][] {
  const plain = parts.map((name) => name.replace(/^.*[/.]/, ''));
  const known = knownWeights.map((weights) => plain.map((name) => weights[name] ?? Number.NaN));
  return [plain.map(() => 1), ...known.filter((weights) => weights.every(Number.isFinite))];
}

function errorOf(line: number[], weights: number[]): number {
  const total = line[0] ?? 0;
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) sum += (weights[index] ?? 0) * (line[index + 1] ?? 0);
  return Math.abs(total - sum) / Math.max(Math.abs(total), 1e-6);
}

function check(state: State, line: number[], weights: number[], t: typeof defaults): void {
  const isWrong = errorOf(line, weights) > Math.max(t.tolerance, t.error_factor * state.error);
  state.wrong = isWrong ? state.wrong + 1 : 0;
  state.since = isWrong ? (state.since ?? state.step) : null;
}
