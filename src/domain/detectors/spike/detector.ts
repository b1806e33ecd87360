// The loss jumps far above its recent level within a few steps. Median and median absolute deviation over a bounded window, as the spike
// detection of Lightning (lightning/fabric/utilities/spike.py: factor over a running mean) and Megatron (rerun_state_machine.py: factor
// over the largest of a window) do less robustly. A jump must stand out of the noise, out of the largest of the window (losses of small
// batches have heavy tails), and matter against the level at which the run began. The window starts again at a change of regime.
import { type Detector, type DetectorPoint, nothing } from '../detector.ts';
import { bearsOnLoss, followRegime, initialRegime, type LossRegime, standsForLoss } from '../loss-regime.ts';
import { isTotalLoss } from '../metric-names.ts';
import { stateOf, withState } from '../series-of-rank.ts';
import { bounded, medianOf, spreadAround } from '../statistics.ts';

interface Series {
  /** Last values that were no spikes, at most `window`. */
  recent: number[];
  /** Median of the first values. */
  start: number | null;
  /** Values above the threshold, since the last one below. */
  raised: number;
  /** Ordinary values still to come before another spike counts. */
  toRearm: number;
}

interface State {
  regime: LossRegime;
  series: Record<string, Series>;
}

const defaults = {
  window: 64,
  min_points: 30,
  sigmas: 8,
  /** The same of the logarithms, whose noise is the more even one in most losses. */
  log_sigmas: 6.25,
  /** Times the median, of a total and of a part (which is noisier, and watched only where no total is logged). */
  factor: 2.5,
  part_factor: 5,
  /** Times the excess of the window's largest value over the median. */
  headroom: 2,
  /** Excess as a share of the level at which the run began. */
  start_fraction: 0.1,
  /** Ordinary values between two spikes. */
  rearm_points: 10,
  /** After so many raised values running the level is a new one, no spike. */
  settle_points: 20,
};
/** The largest of the window is taken before the last values, so that a spike of several steps does not hide behind its own start. */
const ownStart = 4;
/** A flat series has noise of this share of its level at least. */
const leastSpread = 0.02;

const initialSeries: Series = { recent: [], start: null, raised: 0, toRearm: 0 };

/** `step` is that of the first raised value. */
export const spike: Detector<State, typeof defaults> = {
  id: 'metric.spike',
  version: 1,
  scope: 'rank',
  thresholds: defaults,
  watches: bearsOnLoss,
  initial: () => ({ regime: initialRegime, series: {} }),
  observe(before, point, _context, thresholds) {
    const { regime, change } = followRegime(before.regime, point);
    const state = { regime, series: change === 'up' ? restart(before.series) : before.series };
    if (!standsForLoss(regime, point.name) || !Number.isFinite(point.value)) return nothing(state);
    const own = stateOf(state.series, point.name, initialSeries);
    const factor = isTotalLoss(point.name) ? thresholds.factor : thresholds.part_factor;
    const limit = isOrdinary(own.recent, point.value, thresholds) ? null : limitOf(own, { ...thresholds, factor });
    const isRaised = limit !== null && point.value > limit.threshold;
    const next = { ...state, series: withState(state.series, point.name, follow(own, point, isRaised, thresholds)) };
    if (!isRaised || own.raised > 0 || own.toRearm > 0) return nothing(next);
    const { name, value, step } = point;
    return { state: next, detection: { severity: 'warning', name, step, data: { name, value, factor, ...limit } } };
  },
};

function restart(series: Record<string, Series>): Record<string, Series> {
  return Object.fromEntries(Object.entries(series).map(([name, own]) => [name, { ...own, recent: [], raised: 0 }]));
}

/** With a headroom of 1 or more no threshold is below the window's largest value: most points need no median. */
function isOrdinary(recent: readonly number[], value: number, { headroom }: typeof defaults): boolean {
  if (headroom < 1) return false;
  for (let i = recent.length - 1 - ownStart; i >= 0; i--) if (value <= (recent[i] as number)) return true;
  return false;
}

function limitOf({ recent, start }: Series, t: typeof defaults): { threshold: number; median: number } | null {
  if (recent.length < t.min_points) return null;
  const median = medianOf(recent);
  const spread = Math.max(spreadAround(median, recent), leastSpread * Math.abs(median));
  const largest = recent.slice(0, -ownStart).reduce((a, b) => Math.max(a, b), median) - median;
  const excess = Math.max(
    t.sigmas * spread,
    (t.factor - 1) * Math.abs(median),
    t.headroom * largest,
    t.start_fraction * Math.abs(start ?? 0),
    logExcess(median, recent, t.log_sigmas),
  );
  return { threshold: median + excess, median };
}

/** 0 where values have no logarithm. */
function logExcess(median: number, recent: number[], sigmas: number): number {
  if (recent.some((value) => value <= 0)) return 0;
  const spread = spreadAround(Math.log(median), recent.map(Math.log));
  return median * (Math.exp(sigmas * spread) - 1);
}

function follow(own: Series, { value }: DetectorPoint, isRaised: boolean, t: typeof defaults): Series {
  if (isRaised) {
    const raised = own.raised + 1;
    if (raised >= t.settle_points) return { ...own, recent: [], raised: 0, toRearm: t.rearm_points };
    return { ...own, raised, toRearm: t.rearm_points };
  }
  const recent = [...own.recent, bounded(value)].slice(-t.window);
  const start = own.start ?? (recent.length >= t.min_points ? medianOf(recent) : null);
  return { recent, start, raised: 0, toRearm: Math.max(0, own.toRearm - 1) };
}
