// The loss grows for good. Robust against what healthy losses do: the median of five points removes single spikes, an exponential mean
// removes noise, and the level must stay up for many points and still be rising. A faster rise needs fewer points. All numbers are this
// project's own choice, tuned on synthetic runs (test/unit/domain/detectors); the form (smoothed level against its best) follows Amazon
// SageMaker Debugger's LossNotDecreasing and Overfit rules, which compare against the best level seen. A change of regime starts it again.
import { type Detector, type DetectorPoint, nothing } from '../detector.ts';
import { bearsOnLoss, followRegime, initialRegime, type LossRegime, standsForLoss } from '../loss-regime.ts';
import { stateOf, withState } from '../series-of-rank.ts';
import { bounded, medianOf, spreadAround } from '../statistics.ts';

interface Series {
  count: number;
  /** Last values, at most `medianWindow`. */
  recent: number[];
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
}

interface State {
  regime: LossRegime;
  series: Record<string, Series>;
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

const initialSeries: Series = {
  count: 0,
  recent: [],
  start: 0,
  level: 0,
  distances: [],
  best: 0,
  bestStep: 0,
  raised: [],
  reported: false,
};

/** `step` is the one at which the rise was established; `from_step` that of the best level. */
export const divergence: Detector<State, typeof defaults> = {
  id: 'metric.diverging',
  version: 2,
  scope: 'rank',
  thresholds: defaults,
  watches: bearsOnLoss,
  initial: () => ({ regime: initialRegime, series: {} }),
  observe(before, given, _context, thresholds) {
    const { regime, change } = followRegime(before.regime, given);
    const state = { regime, series: change === 'up' ? {} : before.series };
    const { name, value, step } = given;
    if (!standsForLoss(regime, name) || !Number.isFinite(value)) return nothing(state);
    const point = { ...given, value: bounded(given.value) };
    const own = follow(stateOf(state.series, name, initialSeries), point, thresholds);
    const rise = own.reported ? null : riseOf(own, thresholds);
    const next = { ...state, series: withState(state.series, name, rise ? { ...own, reported: true } : own) };
    if (!rise) return nothing(next);
    const data = { name, value, ...rise, from_step: own.bestStep, best: own.best, current: own.level };
    return { state: next, detection: { severity: 'warning', name, step, data } };
  },
};

function follow(state: Series, { value, step }: DetectorPoint, t: typeof defaults): Series {
  const recent = [...state.recent, value].slice(-medianWindow);
  const count = state.count + 1;
  const middle = medianOf(recent);
  if (count < medianWindow) return { ...state, count, recent };
  if (count === medianWindow)
    return { ...state, count, recent, start: middle, level: middle, best: middle, bestStep: step };
  const level = state.level + smoothing * (middle - state.level);
  const isBest = level < state.best;
  const best = isBest ? level : state.best;
  const bestStep = isBest ? step : state.bestStep;
  if (level <= above(best, t.raised_factor)) {
    const distances = [...state.distances, value - level].slice(-noiseWindow);
    return { ...state, count, recent, level, distances, best, bestStep, raised: [], reported: false };
  }
  return {
    ...state,
    count,
    recent,
    level,
    best,
    bestStep,
    raised: [...state.raised, level].slice(-t.sustained_points),
  };
}

/** Also right for losses that may be negative. */
function above(best: number, factor: number): number {
  return best + (factor - 1) * Math.abs(best);
}

function riseOf(own: Series, t: typeof defaults): { threshold: number } | null {
  const { best, count, distances, level, raised, start } = own;
  if (level < Math.max(...raised)) return null;
  const margin = best + Math.max(t.sigmas * spreadAround(0, distances), t.start_fraction * Math.abs(start));
  const sustained = Math.max(margin, above(best, t.factor));
  if (count >= t.min_points && raised.length >= t.sustained_points && level > sustained)
    return { threshold: sustained };
  const explosive = Math.max(margin, above(best, t.explosive_factor));
  const isExplosion = count >= t.min_points / 2 && raised.length >= t.explosive_points && level > explosive;
  return isExplosion ? { threshold: explosive } : null;
}
