// The points of a run that are still in batches, by series.
import { seriesOfBatch } from '../../kernels/points/batch.ts';
import { concatSeries, firstAtLeast, sliceSeries, sortSeries } from '../../kernels/points/series.ts';
import { readBatches } from '../../platform/db/metric-batches.ts';
import type { HeadFilter, SeriesName } from '../../platform/db/metric-chunks.ts';
import type { Query } from '../../platform/db/statements.ts';

/** What a chart shows of a series, in the order of the steps, each once. */
export type ChartPoints = {
  steps: Float64Array;
  values: Float64Array;
  /** 1 where the value is a mean or median over the trainer's logging window. */
  windowed: Uint8Array;
};

export interface BatchedSeries extends SeriesName {
  points: ChartPoints;
}

const batchesPerPage = 64;

/** Series with points in batches that fit the filter, by "rank/name". */
export async function readBatchSeries(query: Query, filter: HeadFilter): Promise<Map<string, BatchedSeries>> {
  const { runId, rank, lowStep, highStep } = filter;
  const names = filter.names && new Set(filter.names);
  const found = new Map<string, SeriesName & { parts: [ChartPoints, ...ChartPoints[]] }>();
  let from = 0;
  for (let isOver = false; !isOver; ) {
    const page = { runId, from, before: Number.MAX_SAFE_INTEGER, lowStep, highStep, limit: batchesPerPage };
    const batches = await readBatches(query, page);
    for (const { first, points, data } of batches) {
      for (const { steps, values, isWindowed, ...series } of seriesOfBatch(data)) {
        if ((names && !names.has(series.name)) || (rank !== null && rank !== series.rank)) continue;
        const part = { steps, values, windowed: new Uint8Array(steps.length).fill(isWindowed ? 1 : 0) };
        const key = `${series.rank}/${series.name}`;
        const known = found.get(key);
        if (known) known.parts.push(part);
        else found.set(key, { name: series.name, rank: series.rank, parts: [part] });
      }
      from = first + points;
    }
    isOver = batches.length < batchesPerPage;
  }
  const series = [...found].map(([key, { name, rank: ofRank, parts }]): [string, BatchedSeries] => {
    const points = sortSeries(concatSeries(parts));
    const [start, end] = [firstAtLeast(points.steps, lowStep), firstAtLeast(points.steps, highStep + 1)];
    return [key, { name, rank: ofRank, points: sliceSeries(points, start, end) }];
  });
  return new Map(series.filter(([, { points }]) => points.steps.length > 0));
}
