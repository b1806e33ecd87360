// Leaves out points that a run had before: in chunks, in batches, or earlier among them.
import type { DetectorPoint } from '../../domain/detectors/detector.ts';
import {
  type DoubtfulSeries,
  findDoubtful,
  keepFirst,
  type SeenSeries,
  seriesKey,
} from '../../domain/detectors/first-seen.ts';
import { seriesOfBatch } from '../../kernels/points/batch.ts';
import { decodeChunk } from '../../kernels/points/chunk.ts';
import { extremesOf } from '../../kernels/points/series.ts';
import { readBatches } from '../../platform/db/metric-batches.ts';
import { readChunkColumn, readChunkHeads } from '../../platform/db/metric-chunks.ts';
import type { Query } from '../../platform/db/statements.ts';

const batchesPerPage = 64;

/**
 * The points of `points` that are new. Read it from one snapshot.
 * @param from place of the first of them; what is stored below it came before
 * @param seen the highest step of each series below `from`
 */
export async function dropKnown<P extends DetectorPoint>(
  query: Query,
  { runId, from, points, seen }: { runId: string; from: number; points: P[]; seen: SeenSeries },
): Promise<P[]> {
  const doubtful = findDoubtful(seen, points);
  if (doubtful.size === 0) return points;
  const known = new Map([...doubtful.keys()].map((key) => [key, new Set<number>()]));
  for (const [key, series] of doubtful) await lookInChunks(query, runId, from, series, known.get(key) as Set<number>);
  await lookInBatches(query, runId, from, doubtful, known);
  return keepFirst(points, doubtful, known);
}

async function lookInChunks(
  query: Query,
  runId: string,
  before: number,
  series: DoubtfulSeries,
  known: Set<number>,
): Promise<void> {
  const { name, rank } = series;
  const filter = { runId, names: [name], rank, ...boundsOf([...series.steps]) };
  for (const { firstStep, lastStep } of await readChunkHeads(query, filter)) {
    const wanted = [...series.steps].filter((step) => step >= firstStep && step <= lastStep);
    if (wanted.length === 0) continue;
    const [data] = await readChunkColumn(query, 'data', { runId, name, rank, firstSteps: [firstStep] });
    if (data === undefined) continue;
    const { steps, ordinals } = await decodeChunk(data);
    note(series, steps, ordinals, before, known);
  }
}

async function lookInBatches(
  query: Query,
  runId: string,
  before: number,
  doubtful: ReadonlyMap<string, DoubtfulSeries>,
  known: ReadonlyMap<string, Set<number>>,
): Promise<void> {
  const bounds = boundsOf([...doubtful.values()].flatMap(({ steps }) => [...steps]));
  for (let from = 0; from < before; ) {
    const batches = await readBatches(query, { runId, from, before, ...bounds, limit: batchesPerPage });
    for (const { first, points, data } of batches) {
      for (const { name, rank, steps, ordinals } of seriesOfBatch(data)) {
        const key = seriesKey({ name, rank });
        const series = doubtful.get(key);
        if (series) note(series, steps, ordinals, before - first, known.get(key) as Set<number>);
      }
      from = first + points;
    }
    if (batches.length < batchesPerPage) return;
  }
}

/** Adds to `known` the doubtful steps that stand below the place `before`. */
function note(
  { steps: doubtful }: DoubtfulSeries,
  steps: Float64Array,
  ordinals: Float64Array,
  before: number,
  known: Set<number>,
): void {
  steps.forEach((step, i) => {
    if ((ordinals[i] as number) < before && doubtful.has(step)) known.add(step);
  });
}

function boundsOf(steps: ArrayLike<number>): { lowStep: number; highStep: number } {
  const { lowest: lowStep, highest: highStep } = extremesOf(steps);
  return { lowStep, highStep };
}
