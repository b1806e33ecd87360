// From how many occurrences on a muted incident has worsened. The limits are Sentry's for archived issues
// (src/sentry/issues/escalating/escalating_issues_alg.py), told by two clocks: hours, as there, and thousands of steps of a run, since
// training is clocked by steps: a run on faster machines is not worse.
import type { EscalationLimits } from './types.ts';

/** Seven days of hours; of steps as many buckets. */
export const baselineBuckets = 168;
const youngFactor = 10;
const spike = { deviations: 5, least: 5, most: 8 };
const bursty = { scale: 5, decay: -0.65, least: 2, most: 5 };

/**
 * `counts`: occurrences per bucket, empty buckets included, oldest first. `weights`: of each bucket in the average that the spike limit
 * starts from (Sentry doubles the hours of the same weekday); 1 where left out.
 * - less than 168 buckets: 10 times the largest;
 * - otherwise the larger of spike = weighted average + clamp((avg + 5 std) / avg, 5, 8) avg and bursty = largest clamp(5 e^(-0.65 std / avg), 2, 5).
 * Without any occurrence one is taken for the largest.
 */
export function escalationLimit(counts: readonly number[], weights: readonly number[] = []): number {
  const largest = counts.reduce((a, b) => Math.max(a, b), 0);
  if (counts.length < baselineBuckets || largest === 0) return youngFactor * Math.max(1, largest);
  const average = sum(counts) / counts.length;
  const deviation = Math.sqrt(sum(counts.map((count) => (count - average) ** 2)) / (counts.length - 1));
  const weightOf = (index: number) => weights[index] ?? 1;
  const weighted = sum(counts.map((count, index) => count * weightOf(index))) / sum(counts.map((_, i) => weightOf(i)));
  const factor = clamp((average + spike.deviations * deviation) / average, spike.least, spike.most);
  const burst = clamp(bursty.scale * Math.exp((bursty.decay * deviation) / average), bursty.least, bursty.most);
  return Math.floor(Math.max(weighted + factor * average, largest * burst));
}

/** Occurrences of one bucket. */
export interface Volume {
  /** Start of the hour. */
  hour: Date;
  runId: string;
  /** Step divided by 1000; null when the step is not known. */
  kilostep: number | null;
  count: number;
}

const hourMs = 3_600_000;

/** Limits from the volumes of the last seven days. `since`: when the incident was first seen. */
export function escalationLimits(volumes: readonly Volume[], since: Date, now: Date): EscalationLimits {
  const hours = hourlyCounts(volumes, since, now);
  const today = now.getUTCDay();
  const weights = hours.map(({ hour }) => (new Date(hour).getUTCDay() === today ? 2 : 1));
  const steps = kilostepCounts(volumes);
  return {
    perHour: escalationLimit(
      hours.map(({ count }) => count),
      weights,
    ),
    perKilostep: steps.length > 0 ? escalationLimit(steps) : null,
  };
}

function hourlyCounts(volumes: readonly Volume[], since: Date, now: Date): { hour: number; count: number }[] {
  const current = Math.floor(now.getTime() / hourMs);
  const first = Math.max(Math.floor(since.getTime() / hourMs), current - baselineBuckets + 1);
  const counts = new Map<number, number>();
  for (const { hour, count } of volumes) {
    const key = Math.floor(hour.getTime() / hourMs);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return Array.from({ length: Math.max(0, current - first + 1) }, (_, i) => ({
    hour: (first + i) * hourMs,
    count: counts.get(first + i) ?? 0,
  }));
}

/** Of every run, from the first thousand steps with an occurrence to the last one; the last 168 of all. */
function kilostepCounts(volumes: readonly Volume[]): number[] {
  const runs = new Map<string, Map<number, number>>();
  for (const { runId, kilostep, count } of volumes) {
    if (kilostep === null) continue;
    const own = runs.get(runId) ?? new Map<number, number>();
    runs.set(runId, own.set(kilostep, (own.get(kilostep) ?? 0) + count));
  }
  return [...runs.values()]
    .flatMap((own) => {
      const first = Math.max(Math.min(...own.keys()), Math.max(...own.keys()) - baselineBuckets + 1);
      return Array.from({ length: Math.max(...own.keys()) - first + 1 }, (_, i) => own.get(first + i) ?? 0);
    })
    .slice(-baselineBuckets);
}

/** Occurrences of the hour and of the thousand steps in which the latest evidence falls. */
export interface CurrentVolume {
  hour: number;
  kilostep: number | null;
}

/** The clock by which the limits are exceeded; null when they are not. */
export function exceeds(volume: CurrentVolume, limits: EscalationLimits): 'more-per-hour' | 'more-per-step' | null {
  if (volume.hour > limits.perHour) return 'more-per-hour';
  const { kilostep } = volume;
  return kilostep !== null && limits.perKilostep !== null && kilostep > limits.perKilostep ? 'more-per-step' : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
