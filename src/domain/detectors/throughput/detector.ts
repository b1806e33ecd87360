// Steps take much longer than they used to. The best median of a window is what the run can do; single slow steps (evaluation, checkpoints)
// do not move a median, and steps of very different speeds (batches of different lengths) make medians wander, so the slow ones must also be
// slower than nearly all single steps were. Where the trainer logs how long it waits for data, that tells the input pipeline from the computation.
import type { FindingData } from '../../../contracts/findings.ts';
import type { Detector } from '../detector.ts';
import { speedKind } from '../metric-names.ts';
import { stateOf } from '../series-of-rank.ts';
import { bounded, emptyWindow, medianOf, middleOf, pushBounded, type SortedWindow, slide } from '../statistics.ts';
import { about } from './about.ts';

interface Series {
  count: number;
  recent: SortedWindow;
  /** Median steps per second (or images, tokens) of the best window. */
  best: number | null;
  /** Every `stride`-th speed outside of slow stretches, at most `sampleSize`. */
  sample: number[];
  stride: number;
  skipped: number;
  /** All of the sample but `usual_share` are at least this fast; null while it is empty. */
  usual: number | null;
  slow: number;
  since: number | null;
  reported: boolean;
}

interface State {
  series: Record<string, Series>;
  /** Last waiting times, and the last step's times. */
  waits: SortedWindow;
  times: number[];
  /** Median waiting time while the speed was best. */
  usualWait: number | null;
}

const defaults = {
  /** First points, in which caches and kernels warm up. */
  skipped_points: 10,
  window: 15,
  /** The median falls below this share of the best. */
  share: 0.6,
  /** Share of the earlier single speeds that may lie below that median. */
  usual_share: 0.1,
  /** Points running for which it must. */
  points: 15,
  /** Share of the added time that is waiting for data, above which the input pipeline is to blame. */
  data_share: 0.5,
};

const sampleSize = 64;

function initialSeries(): Series {
  return {
    ...{ count: 0, recent: emptyWindow(), best: null, sample: [], stride: 1, skipped: 0, usual: null },
    ...{ slow: 0, since: null, reported: false },
  };
}

/** `step` is the first of the slow stretch. */
export const throughput: Detector<State, typeof defaults, 'rate' | 'time' | 'data'> = {
  id: 'metric.throughput-drop',
  version: 3,
  scope: 'rank',
  thresholds: defaults,
  about,
  roleOf: speedKind,
  initial: () => ({ series: {}, waits: emptyWindow(), times: [], usualWait: null }),
  isOngoing: ({ series }) => Object.values(series).some(({ slow, reported }) => slow > 0 || reported),
  observe(state, { step, value }, { name, role, thresholds: t }) {
    if (!Number.isFinite(value) || value < 0) return null;
    if (role === 'data') slide(state.waits, bounded(value), t.window);
    if (role === 'data' || value === 0) return null;
    if (role === 'time') pushBounded(state.times, bounded(value), t.window);
    const own = stateOf(state.series, name, initialSeries);
    follow(own, bounded(role === 'time' ? 1 / value : value), step, t);
    const { best } = own;
    if (best === null) return null;
    if (own.slow === 0 && state.waits.recent.length >= t.window) state.usualWait = middleOf(state.waits);
    if (own.reported || own.slow < t.points) return null;
    own.reported = true;
    const current = middleOf(own.recent);
    const data = { name, value, best, current, threshold: t.share * best, ...boundBy(state, best / current, t) };
    return { severity: 'warning', name, step: own.since ?? step, data };
  },
};

function follow(own: Series, speed: number, step: number, t: typeof defaults): void {
  own.count += 1;
  if (own.count <= t.skipped_points) return;
  // The newest values of a window may belong to a slowdown that its median does not show yet.
  const leaving = own.recent.recent.length < t.window ? undefined : own.recent.recent[0];
  if (leaving !== undefined && own.slow === 0) remember(own, leaving, t);
  slide(own.recent, speed, t.window);
  if (own.recent.recent.length < t.window) return;
  const median = middleOf(own.recent);
  own.best = Math.max(own.best ?? median, median);
  const isUsual = own.usual !== null && median >= own.usual;
  if (median >= t.share * own.best || isUsual) {
    own.slow = 0;
    own.since = null;
    own.reported = false;
  } else {
    own.slow += 1;
    own.since ??= step;
  }
}

function remember(own: Series, speed: number, t: typeof defaults): void {
  own.skipped += 1;
  if (own.skipped < own.stride) return;
  own.skipped = 0;
  own.sample.push(speed);
  if (own.sample.length > sampleSize) {
    own.sample = own.sample.filter((_, place) => place % 2 === 0);
    own.stride *= 2;
  }
  const sorted = [...own.sample].sort((a, b) => a - b);
  own.usual = sorted[Math.floor(t.usual_share * sorted.length)] ?? null;
}

/** What the added time is spent on; nothing where the trainer does not log its waiting. */
function boundBy({ waits, times, usualWait }: State, slowdown: number, t: typeof defaults): FindingData {
  if (usualWait === null || times.length < t.window || waits.recent.length < t.window) return { bound: null };
  const time = medianOf(times);
  const share = (middleOf(waits) - usualWait) / (time - time / slowdown);
  return { bound: share > t.data_share ? 'input' : 'compute', wait_share: share };
}
