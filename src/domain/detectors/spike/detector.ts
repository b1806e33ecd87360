// The loss jumps far above its recent level within a few steps. Median and median absolute deviation over a bounded window, as the spike
// detection of Lightning (lightning/fabric/utilities/spike.py: factor over a running mean) and Megatron (rerun_state_machine.py: factor
// over the largest of a window) do less robustly. A jump must stand out of the noise, out of the largest of the window (losses of small
// batches have heavy tails), and matter against the level at which the run began. The window starts again at a change of regime.
import type { Detector } from '../detector.ts';
import { partRoleOf, raisesOf, standsForLoss } from '../loss-regime.ts';
import { bounded, medianOf, pushBounded, spreadAround } from '../statistics.ts';
import { about } from './about.ts';

interface State {
  /** Last values that were no spikes, at most `window`. */
  recent: number[];
  /** Median of the first values. */
  start: number | null;
  /** Values above the threshold, since the last one below. */
  raised: number;
  /** Ordinary values still to come before another spike counts. */
  toRearm: number;
  /** Changes of regime before. */
  raises: number;
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
  headroom: 3,
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

/** `step` is that of the first raised value. */
export const spike: Detector<State, typeof defaults, 'total' | 'part'> = {
  id: 'metric.spike',
  version: 3,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: partRoleOf,
  initial: () => ({ recent: [], start: null, raised: 0, toRearm: 0, raises: 0 }),
  isOngoing: ({ raised, toRearm }) => raised > 0 || toRearm > 0,
  observe(state, { step, value }, { name, role, regime, thresholds }) {
    const raises = raisesOf(regime);
    if (state.raises !== raises) restart(state, raises);
    if (!standsForLoss(regime, role) || !Number.isFinite(value)) return null;
    const factor = role === 'total' ? thresholds.factor : thresholds.part_factor;
    const limit = isOrdinary(state.recent, value, thresholds) ? null : limitOf(state, { ...thresholds, factor });
    const isRaised = limit !== null && value > limit.threshold;
    const isFirst = isRaised && state.raised === 0 && state.toRearm === 0;
    follow(state, value, isRaised, thresholds);
    return isFirst ? { severity: 'warning', name, step, data: { name, value, factor, ...limit } } : null;
  },
};

function restart(state: State, raises: number): void {
  state.recent = [];
  state.raised = 0;
  state.raises = raises;
}

/** With a headroom of 1 or more no threshold is below the window's largest value: most points need no median. */
function isOrdinary(recent: readonly number[], value: number, { headroom }: typeof defaults): boolean {
  if (headroom < 1) return false;
  for (let i = recent.length - 1 - ownStart; i >= 0; i--) if (value <= (recent[i] as number)) return true;
  return false;
}

function limitOf({ recent, start }: State, t: typeof defaults): { threshold: number; median: number } | null {
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

function follow(state: State, value: number, isRaised: boolean, t: typeof defaults): void {
  if (isRaised) {
    state.raised += 1;
    state.toRearm = t.rearm_points;
    if (state.raised < t.settle_points) return;
    state.recent = [];
    state.raised = 0;
    return;
  }
  const { recent } = state;
  pushBounded(recent, bounded(value), t.window);
  if (state.start === null && recent.length >= t.min_points) state.start = medianOf(recent);
  state.raised = 0;
  state.toRearm = Math.max(0, state.toRearm - 1);
}
