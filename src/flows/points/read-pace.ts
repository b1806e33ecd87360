// How fast a run goes now.
import { seriesOfBatch } from '../../kernels/points/batch.ts';
import { readDetection } from '../../platform/db/detection.ts';
import { readBatches } from '../../platform/db/metric-batches.ts';
import type { Query } from '../../platform/db/statements.ts';

/** Places from the end of the run's points that are looked at, and batches of them. */
const places = 4_096;
const maxBatches = 64;

/**
 * Steps per second between the earliest and the latest of the newest points of a series (rank 0); null when they are at rest already, of one
 * step, or of one time.
 */
export async function readPace(query: Query, runId: string, name: string): Promise<number | null> {
  const { pointsUpTo } = (await readDetection(query, runId)) ?? { pointsUpTo: 0 };
  const from = Math.max(0, pointsUpTo - places);
  const batches = await readBatches(query, { runId, from, before: pointsUpTo, limit: maxBatches });
  const moments = batches.flatMap(({ data }) =>
    seriesOfBatch(data)
      .filter((series) => series.name === name && series.rank === 0)
      .flatMap(({ steps, ats }) => Array.from(steps, (step, i) => ({ step, at: ats[i] as number }))),
  );
  const [first, ...others] = moments.sort((a, b) => a.step - b.step);
  const last = others.at(-1);
  if (!first || !last || last.at <= first.at || last.step <= first.step) return null;
  return ((last.step - first.step) / (last.at - first.at)) * 1000;
}
