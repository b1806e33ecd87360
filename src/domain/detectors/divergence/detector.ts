// The total loss grows for good. Robust against what healthy losses do: the median of five points removes single spikes, an exponential
// mean removes noise, and the level must stay up for many points and still be rising. All numbers are this project's own choice, tuned on synthetic runs
// (test/unit/domain/detectors); the form (smoothed level against its best) follows Amazon SageMaker Debugger's LossNotDecreasing and
// Overfit rules, which compare against the best level seen.
import { type Detector, type DetectorPoint, nothing } from '../detector.ts';
import { isTotalLoss } from '../metric-names.ts';

interface State {
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
  /** Levels since the loss left its best, at most `risingPoints`; empty while it is near. */
  raised: number[];
  reported: boolean;
}

const medianWindow = 5;
const noiseWindow = 21;
/** Weight of a new point in the level. */
const smoothing = 0.2;
/** Points before anything can be said. */
const minPoints = 40;
/** Points for which the level must have been above twice its best; it must also stand at its highest of them. */
const risingPoints = 20;
const raisedFactor = 2;
const divergedFactor = 4;
/** The rise must also stand out of the noise (median absolute distance from the level), and matter against the level at which the run began. */
const noiseFactor = 8;
const startFraction = 0.1;

/** `step` is the one at which the rise was established; `from_step` that of the best level. */
export const divergence: Detector<State> = {
  id: 'metric.diverging',
  version: 1,
  scope: 'series',
  watches: isTotalLoss,
  initial: () => ({
    count: 0,
    recent: [],
    start: 0,
    level: 0,
    distances: [],
    best: 0,
    bestStep: 0,
    raised: [],
    reported: false,
  }),
  observe(state, point) {
    if (!Number.isFinite(point.value)) return nothing(state);
    const next = follow(state, point);
    const threshold = thresholdOf(next);
    if (next.reported || !hasDiverged(next, threshold)) return nothing(next);
    const levels = { threshold, from_step: next.bestStep, best: next.best, current: next.level };
    const data = { name: point.name, value: point.value, ...levels, factor: divergedFactor };
    return {
      state: { ...next, reported: true },
      detection: { severity: 'warning', name: point.name, step: point.step, data },
    };
  },
};

function follow(state: State, { value, step }: DetectorPoint): State {
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
  if (level <= raisedLevel(best)) {
    const distances = [...state.distances, Math.abs(value - level)].slice(-noiseWindow);
    return { ...state, count, recent, level, distances, best, bestStep, raised: [], reported: false };
  }
  return { ...state, count, recent, level, best, bestStep, raised: [...state.raised, level].slice(-risingPoints) };
}

/** Also right for losses that may be negative. */
function raisedLevel(best: number): number {
  return best + (raisedFactor - 1) * Math.abs(best);
}

function thresholdOf({ best, distances, start }: State): number {
  return (
    best +
    Math.max((divergedFactor - 1) * Math.abs(best), noiseFactor * medianOf(distances), startFraction * Math.abs(start))
  );
}

function hasDiverged({ count, level, raised }: State, threshold: number): boolean {
  return count >= minPoints && raised.length === risingPoints && level > threshold && level >= Math.max(...raised);
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
