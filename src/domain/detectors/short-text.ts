// What a text of few points shows: a person pastes eight lines of a log, and no more will come. The detectors wait for more points than
// that, which is right for a run that goes on and leaves such a text unsaid. Only the plainest rise counts here: above everything before
// the best value, many times that best, and to the end. The numbers are this project's own choice.
import type { Finding } from '../../contracts/findings.ts';
import type { ParsedPoint } from '../parsing/types.ts';
import { divergence } from './divergence/detector.ts';
import { partRoleOf } from './loss-regime.ts';

/** From this many points on the detector itself can speak. */
const enoughPoints = divergence.thresholds.min_points / 2;
const fewest = 6;
/** The last points, all of which must be raised. */
const tail = 3;
/** Times the best value, and times the highest value up to it. */
const factor = 5;
const startFactor = 3;

interface Series {
  name: string;
  rank: number;
  role: 'total' | 'part';
  steps: number[];
  values: number[];
}

/** Findings `metric.diverging` of the losses that have too few points for the detector of that name. */
export function findShortRises(points: readonly ParsedPoint[]): Finding[] {
  const series = lossesOf(points);
  const hasTotal = series.some(({ role }) => role === 'total');
  return series.filter(({ role }) => role === 'total' || !hasTotal).flatMap((one) => riseOf(one) ?? []);
}

function lossesOf(points: readonly ParsedPoint[]): Series[] {
  const series = new Map<string, Series>();
  for (const { step, rank, names, values } of points) {
    for (const [place, name] of names.entries()) {
      const role = partRoleOf(name);
      if (role === null) continue;
      const key = `${rank} ${name}`;
      const one = series.get(key) ?? { name, rank, role, steps: [], values: [] };
      one.steps.push(step);
      one.values.push(values[place] as number);
      series.set(key, one);
    }
  }
  return [...series.values()];
}

function riseOf({ name, rank, steps, values }: Series): Finding | null {
  if (values.length < fewest || values.length >= enoughPoints || !values.every(Number.isFinite)) return null;
  const best = Math.min(...values);
  const place = values.indexOf(best);
  const last = values.slice(-tail);
  const threshold = Math.max(factor * best, startFactor * Math.max(...values.slice(0, place + 1)));
  if (best <= 0 || place === 0 || place + tail >= values.length || last.some((value) => value <= threshold))
    return null;
  const current = last.at(-1) as number;
  const data = { name, value: current, threshold, from_step: steps[place] as number, best, current };
  const { id, version } = divergence;
  return { id, version, severity: 'warning', kind: 'metric', ref: name, step: steps.at(-1) as number, rank, data };
}
