// The loss grows for good. Robust against what healthy losses do: the median of five points removes single spikes, an exponential mean
// removes noise, and the level must stay up for many points and still be rising. A faster rise needs fewer points. All numbers are this
// project's own choice, tuned on synthetic runs (test/unit/domain/detectors); the form (smoothed level against its best) follows Amazon
// SageMaker Debugger's LossNotDecreasing and Overfit rules, which compare against the best level seen. A change of regime starts it again.
import type { Detector } from '../detector.ts';
import { partRoleOf, raisesOf, standsForLoss } from '../loss-regime.ts';
import { bounded, emptyWindow, middleOf, pushBounded, type SortedWindow, slide, spreadAround } from '../statistics.ts';
import { about } from './about.ts';

interface State {
  count: number;
  /** Last values, at most `medianWindow`. */
  recent: SortedWindow;
  /** First smoothed level. */
  start: number;
  level: number;
  /** Distances of the last values from the level, at most `noiseWindow`, taken while the level is near its best. */
  distances: number[];
  best: number;
  bestStep: number;
  /** Levels since the loss left its best, at most `sustained_points`; empty while it is near. */
  raised: number[];
  reported: boolean;
  /** Changes of regime before. */
  raises: number;
}

const defaults = {
  /** Points before anything can be said. */
  min_points: 40,
  /** The level must have been above this many times its best ... */
  raised_factor: 1.5,
  /** ... for this many points, stand at its highest of them, and above this many times its best. */
  sustained_points: 25,
  factor: 2.5,
  /** A level this many times its best needs only `explosive_points` of them, and half of `min_points`. */
  explosive_factor: 12,
  explosive_points: 10,
  /** The rise must also stand out of the noise, and matter against the level at which the run began. */
  sigmas: 6,
  start_fraction: 0.1,
};
const medianWindow = 5;
const noiseWindow = 21;
/** Weight of a new point in the level. */
const smoothing = 0.2;

/** What a change of regime empties; the other numbers begin with the first level. */
function restart(state: State, raises: number): void {
  state.count = 0;
  state.recent = emptyWindow();
  state.distances = [];
  state.raised = [];
  state.reported = false;
  state.raises = raises;
}

/** `step` is the one at which the rise was established; `from_step` that of the best level. */
export const divergence: Detector<State, typeof defaults, 'total' | 'part'> = {
  id: 'metric.diverging',
  version: 3,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: partRoleOf,
  initial: () => ({
    ...{ count: 0, recent: emptyWindow(), start: 0, level: 0, distances: [] },
    ...{ best: 0, bestStep: 0, raised: [], reported: false, raises: 0 },
  }),
  isOngoing: ({ raised }) => raised.length > 0,
  observe(state, { step, value: given }, { name, role, regime, thresholds }) {
    const raises = raisesOf(regime);
    if (state.raises !== raises) restart(state, raises);
    if (!standsForLoss(regime, role) || !Number.isFinite(given)) return null;
    const value = bounded(given);
    follow(state, step, value, thresholds);
    const rise = state.reported ? null : riseOf(state, thresholds);
    if (!rise) return null;
    state.reported = true;
    const data = { name, value: given, ...rise, from_step: state.bestStep, best: state.best, current: state.level };
    return { severity: 'warning', name, step, data };
  },
};

function follow(state: State, step: number, value: number, t: typeof defaults): void {
  slide(state.recent, value, medianWindow);
  state.count += 1;
  if (state.count < medianWindow) return;
  const middle = middleOf(state.recent);
  if (state.count === medianWindow) {
    state.start = middle;
    state.level = middle;
    state.best = middle;
    state.bestStep = step;
    return;
  }
  state.level += smoothing * (middle - state.level);
  if (state.level < state.best) {
    state.best = state.level;
    state.bestStep = step;
  }
  if (state.level > above(state.best, t.raised_factor)) {
    pushBounded(state.raised, state.level, t.sustained_points);
    return;
  }
  pushBounded(state.distances, value - state.level, noiseWindow);
  if (state.raised.length > 0) state.raised = [];
  state.reported = false;
}

/** Also right for losses that may be negative. */
function above(best: number, factor: number): number {
  return best + (factor - 1) * Math.abs(best);
}

function riseOf(state: State, t: typeof defaults): { threshold: number } | null {
  const { best, count, distances, level, raised, start } = state;
  const isLong = count >= t.min_points && raised.length >= t.sustained_points;
  const isFast = count >= t.min_points / 2 && raised.length >= t.explosive_points;
  const least = above(best, Math.min(t.factor, t.explosive_factor));
  if (!(isLong || isFast) || level <= least || raised.some((earlier) => earlier > level)) return null;
  const margin = best + Math.max(t.sigmas * spreadAround(0, distances), t.start_fraction * Math.abs(start));
  const sustained = Math.max(margin, above(best, t.factor));
  if (isLong && level > sustained) return { threshold: sustained };
  const explosive = Math.max(margin, above(best, t.explosive_factor));
  return isFast && level > explosive ? { threshold: explosive } : null;
}
