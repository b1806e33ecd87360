// From which step on two runs tell different losses: pure. Runs of one seed and config agree to the last digit until something differs;
// runs of other seeds differ by their noise all along. So the difference at the start says what is usual between the two.
import { isEvaluation, isLossLike, isTotalLoss } from '../detectors/metric-names.ts';
import { medianOf } from '../detectors/statistics.ts';

/** The values of both runs at one step; may be NaN or infinite. */
export interface PairedPoint {
  step: number;
  run: number;
  good: number;
}

/** Of the common points, the share that says what is usual; so many at least and at most. */
const headShare = 0.1;
const headPoints = { least: 3, most: 50 };
/** A relative difference below this is rounding of printed values. */
const rounding = 1e-3;
/** Times the largest usual difference. */
const factor = 4;
/** Points running that must differ; a single one is noise. */
const persistence = 3;
/** The runs never agreed when this is usual. */
const disagreement = 0.5;

/** The first point from which on the runs differ; null when they never do, or share too few points to say. `points` in order of steps. */
export function findDivergence(points: readonly PairedPoint[]): PairedPoint | null {
  const differences = points.map(relativeDifference);
  const finite = differences.filter((difference) => Number.isFinite(difference));
  const size = Math.min(headPoints.most, Math.max(headPoints.least, Math.ceil(headShare * finite.length)));
  const head = finite.slice(0, size);
  const limit =
    medianOf(head) > disagreement
      ? disagreement
      : Math.max(rounding, factor * head.reduce((a, b) => Math.max(a, b), 0));
  let since = 0;
  for (const [index, difference] of differences.entries()) {
    if (difference <= limit) since = index + 1;
    else if (difference === Number.POSITIVE_INFINITY || index - since + 1 >= persistence) return points[since] ?? null;
  }
  return null;
}

/** Infinite when one is a number and the other is none, 0 when neither is. */
function relativeDifference({ run, good }: PairedPoint): number {
  if (!Number.isFinite(run) || !Number.isFinite(good))
    return Number.isFinite(run) === Number.isFinite(good) ? 0 : Number.POSITIVE_INFINITY;
  const size = Math.max(Math.abs(run), Math.abs(good));
  return size === 0 ? 0 : Math.abs(run - good) / size;
}

/** The metric to compare two runs by: the one that the failure is about, else the total loss, else another loss; null when none is common. */
export function metricToCompare(common: readonly string[], ofFailure: string | null): string | null {
  if (ofFailure !== null && common.includes(ofFailure)) return ofFailure;
  const training = common.filter((name) => !isEvaluation(name));
  return training.find(isTotalLoss) ?? training.find(isLossLike) ?? null;
}
