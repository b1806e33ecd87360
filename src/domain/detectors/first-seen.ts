// A point that comes twice (same run, rank, name and step) counts once, and the first value stays. Steps rise, so most points are new because
// their step is above all that was seen of their series; only the others must be looked up.
import type { DetectorPoint } from './detector.ts';
import { detectors } from './index.ts';
import { lossRoleOf } from './loss-regime.ts';

/** The highest step seen of each watched series, by its key. */
export type SeenSeries = Record<string, number>;

export function seriesKey({ rank, name }: { rank: number; name: string }): string {
  return `${rank}/${name}`;
}

/** Whether a metric means something to some detector, be it on or off. */
export function isWatched(name: string): boolean {
  return lossRoleOf(name) !== null || detectors.some((detector) => detector.roleOf(name) !== null);
}

/** Steps of a series that may have come before. */
export interface DoubtfulSeries {
  name: string;
  rank: number;
  steps: Set<number>;
}

/** By key, the watched points that are not above everything that came before them, in `seen` or in `points` itself. */
export function findDoubtful(seen: SeenSeries, points: readonly DetectorPoint[]): Map<string, DoubtfulSeries> {
  const watched = new Map<string, boolean>();
  const highest = new Map(Object.entries(seen));
  const doubtful = new Map<string, DoubtfulSeries>();
  for (const { name, rank, step } of points) {
    // A run has few names and many points.
    if (!watched.has(name)) watched.set(name, isWatched(name));
    if (!watched.get(name)) continue;
    const key = seriesKey({ rank, name });
    if (step > (highest.get(key) ?? -1)) {
      highest.set(key, step);
      continue;
    }
    const series = doubtful.get(key);
    if (series) series.steps.add(step);
    else doubtful.set(key, { name, rank, steps: new Set([step]) });
  }
  return doubtful;
}

/** `points` without those that came before: in `known` (steps by key), or earlier in `points`. */
export function keepFirst<P extends DetectorPoint>(
  points: P[],
  doubtful: ReadonlyMap<string, DoubtfulSeries>,
  known: ReadonlyMap<string, ReadonlySet<number>>,
): P[] {
  if (doubtful.size === 0) return points;
  const came = new Map([...doubtful.keys()].map((key) => [key, new Set(known.get(key))]));
  return points.filter((point) => {
    const steps = came.get(seriesKey(point));
    if (!steps) return true;
    if (steps.has(point.step)) return false;
    steps.add(point.step);
    return true;
  });
}
