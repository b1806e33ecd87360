// Steps take much longer than they used to. The best median of a window is what the run can do; single slow steps (evaluation, checkpoints)
// do not move a median. Where the trainer logs how long it waits for data, that tells the input pipeline from the computation.
import type { FindingData } from '../../../contracts/findings.ts';
import type { Detector } from '../detector.ts';
import { speedKind } from '../metric-names.ts';
import { stateOf } from '../series-of-rank.ts';
import { bounded, emptyWindow, medianOf, middleOf, pushBounded, type SortedWindow, slide } from '../statistics.ts';

interface Series {
  count: number;
  recent: SortedWindow;
  /** Median steps per second (or images, tokens) of the best window. */
  best: number | null;
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
  /** Points running for which it must. */
  points: 15,
  /** Share of the added time that is waiting for data, above which the input pipeline is to blame. */
  data_share: 0.5,
};

function initialSeries(): Series {
  return { count: 0, recent: emptyWindow(), best: null, slow: 0, since: null, reported: false };
}

/** `step` is the first of the slow stretch. */
export const throughput: Detector<State, typeof defaults, 'rate' | 'time' | 'data'> = {
  id: 'metric.throughput-drop',
  version: 2,
  scope: 'rank',
  thresholds: defaults,
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
  slide(own.recent, speed, t.window);
  if (own.recent.recent.length < t.window) return;
  const median = middleOf(own.recent);
  own.best = Math.max(own.best ?? median, median);
  if (median >= t.share * own.best) {
    own.slow = 0;
    own.since = null;
    own.reported = false;
  } else {
    own.slow += 1;
    own.since ??= step;
  }
}

/** What the added time is spent on; nothing where the trainer does not log its waiting. */
function boundBy({ waits, times, usualWait }: State, slowdown: number, t: typeof defaults): FindingData {
  if (usualWait === null || times.length < t.window || waits.recent.length < t.window) return { bound: null };
  const time = medianOf(times);
  const share = (middleOf(waits) - usualWait) / (time - time / slowdown);
  return { bound: share > t.data_share ? 'input' : 'compute', wait_share: share };
}
