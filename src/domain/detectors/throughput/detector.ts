// Steps take much longer than they used to. The best median of a window is what the run can do; single slow steps (evaluation, checkpoints)
// do not move a median. Where the trainer logs how long it waits for data, that tells the input pipeline from the computation.
import type { FindingData } from '../../../contracts/findings.ts';
import { type Detector, nothing } from '../detector.ts';
import { speedKind } from '../metric-names.ts';
import { stateOf, withState } from '../series-of-rank.ts';
import { bounded, medianOf } from '../statistics.ts';

interface Series {
  count: number;
  recent: number[];
  /** Median steps per second (or images, tokens) of the best window. */
  best: number | null;
  slow: number;
  since: number | null;
  reported: boolean;
}

interface State {
  series: Record<string, Series>;
  /** Last waiting times, and the last step's time. */
  waits: number[];
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

const initialSeries: Series = { count: 0, recent: [], best: null, slow: 0, since: null, reported: false };

/** `step` is the first of the slow stretch. */
export const throughput: Detector<State, typeof defaults> = {
  id: 'metric.throughput-drop',
  version: 1,
  scope: 'rank',
  thresholds: defaults,
  watches: (name) => speedKind(name) !== null,
  initial: () => ({ series: {}, waits: [], times: [], usualWait: null }),
  observe(before, { name, step, value }, _context, t) {
    if (!Number.isFinite(value) || value < 0) return nothing(before);
    const kind = speedKind(name);
    if (kind === 'data') return nothing({ ...before, waits: [...before.waits, bounded(value)].slice(-t.window) });
    if (value === 0) return nothing(before);
    const times = kind === 'time' ? [...before.times, bounded(value)].slice(-t.window) : before.times;
    const speed = bounded(kind === 'time' ? 1 / value : value);
    const own = follow(stateOf(before.series, name, initialSeries), speed, step, t);
    const isBest = own.best !== null && own.slow === 0;
    const usualWait = isBest && before.waits.length >= t.window ? medianOf(before.waits) : before.usualWait;
    const state = { ...before, times, usualWait, series: withState(before.series, name, own) };
    const { best } = own;
    if (own.reported || best === null || own.slow < t.points) return nothing(state);
    const current = medianOf(own.recent);
    const data = { name, value, best, current, threshold: t.share * best, ...boundBy(state, best / current, t) };
    return {
      state: { ...state, series: withState<Series>(state.series, name, { ...own, reported: true }) },
      detection: { severity: 'warning', name, step: own.since ?? step, data },
    };
  },
};

function follow(own: Series, speed: number, step: number, t: typeof defaults): Series {
  const count = own.count + 1;
  if (count <= t.skipped_points) return { ...own, count };
  const recent = [...own.recent, speed].slice(-t.window);
  if (recent.length < t.window) return { ...own, count, recent };
  const median = medianOf(recent);
  const best = Math.max(own.best ?? median, median);
  if (median >= t.share * best) return { count, recent, best, slow: 0, since: null, reported: false };
  return { ...own, count, recent, best, slow: own.slow + 1, since: own.since ?? step };
}

/** What the added time is spent on; nothing where the trainer does not log its waiting. */
function boundBy({ waits, times, usualWait }: State, slowdown: number, t: typeof defaults): FindingData {
  if (usualWait === null || times.length < t.window || waits.length < t.window) return { bound: null };
  const time = medianOf(times);
  const share = (medianOf(waits) - usualWait) / (time - time / slowdown);
  return { bound: share > t.data_share ? 'input' : 'compute', wait_share: share };
}
