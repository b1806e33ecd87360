// What changes from capture to capture of a run, although each capture alone is within its limits: more and more targets at a clip bound,
// targets or predictions that collapse into few bins, a reported loss that moves away from the recomputed one. The captures are replayed in
// the order of their steps, so neither the order of their arrival nor that of their analysis matters.
import type { Finding, FindingData } from '../../contracts/findings.ts';

/** Numbers of one analysed capture. */
export interface CaptureTrend {
  id: string;
  step: number | null;
  rank: number;
  /** Share of the sides at the clip bound that holds more of them. */
  clipShare: number | null;
  entropyMean: number | null;
  /** Targets by bin. */
  histogram: number[];
  /** Relative difference of the reported loss_dfl, absolute. */
  difference: number | null;
}

const thresholds = {
  /** First captures, whose median is the usual value, and last ones, whose median is the present one. */
  usual_captures: 8,
  present_captures: 5,
  /** Rise of the share at a clip bound. */
  clip_rise: 0.1,
  /** Present over usual: effective number of occupied bins, entropy of the predictions, and difference of the losses. */
  occupancy_factor: 0.4,
  entropy_factor: 0.1,
  difference_factor: 20,
  /** Differences below this are rounding. */
  least_difference: 1e-4,
};

const rules: {
  id: string;
  value: (trend: CaptureTrend) => number | null;
  hasDrifted: (usual: number, present: number) => boolean;
}[] = [
  {
    id: 'dfl.clip-rate-drift',
    value: ({ clipShare }) => clipShare,
    hasDrifted: (usual, present) => present - usual > thresholds.clip_rise,
  },
  {
    id: 'dfl.occupancy-drift',
    value: ({ histogram }) => effectiveBins(histogram),
    hasDrifted: (usual, present) => present < thresholds.occupancy_factor * usual,
  },
  {
    id: 'dfl.entropy-drift',
    value: ({ entropyMean }) => entropyMean,
    hasDrifted: (usual, present) => present < thresholds.entropy_factor * usual,
  },
  {
    id: 'dfl.difference-drift',
    value: ({ difference }) => difference,
    hasDrifted: (usual, present) =>
      present > thresholds.difference_factor * Math.max(usual, thresholds.least_difference / 10) &&
      present > thresholds.least_difference,
  },
];

/** At most one finding per rule and rank: of the capture with which the drift was established. */
export function captureDrift(captures: readonly CaptureTrend[]): Finding[] {
  const inOrder = captures.toSorted((a, b) => (a.step ?? 0) - (b.step ?? 0) || a.id.localeCompare(b.id));
  const ranks = [...new Set(inOrder.map(({ rank }) => rank))];
  return ranks.flatMap((rank) => {
    const own = inOrder.filter((capture) => capture.rank === rank);
    return rules.flatMap((rule) => findDrift(rule, own));
  });
}

function findDrift({ id, value, hasDrifted }: (typeof rules)[number], captures: CaptureTrend[]): Finding[] {
  const { usual_captures: first, present_captures: last } = thresholds;
  const known = captures.flatMap((capture) => {
    const number = value(capture);
    return number === null || !Number.isFinite(number) ? [] : [{ capture, number }];
  });
  const usual = medianOf(known.slice(0, first).map(({ number }) => number));
  for (let end = first + last; end <= known.length; end += 1) {
    const present = medianOf(known.slice(end - last, end).map(({ number }) => number));
    const established = known[end - 1]?.capture;
    if (!established || !hasDrifted(usual, present)) continue;
    const data: FindingData = { ...thresholds, usual, present };
    const { id: ref, step, rank } = established;
    return [{ id, version: 1, severity: 'warning', kind: 'capture', ref, step, rank, data }];
  }
  return [];
}

/** exp of the entropy of the occupancy: K for even use of K bins, 1 for a single bin; null without targets. */
function effectiveBins(histogram: number[]): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const shares = histogram.filter((count) => count > 0).map((count) => count / total);
  return Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
