// Upkeep: moves a run's points from batches, where they lie as they came, into chunks, where they lie by series and take little room. Reading
// is the same before, while and after: it happens in one transaction, and readers look at one state of the database.
import { type BatchSeries, seriesOfBatch } from '../../kernels/points/batch.ts';
import { decodeChunk, encodeChunk, maxChunkPoints } from '../../kernels/points/chunk.ts';
import {
  concatSeries,
  extremesOf,
  firstAtLeast,
  mergeSeries,
  type SeriesPoints,
  sliceSeries,
  sortSeries,
} from '../../kernels/points/series.ts';
import { readBatches, removeBatches } from '../../platform/db/metric-batches.ts';
import {
  type ChunkBounds,
  type ChunkRow,
  readChunkBounds,
  readChunkColumn,
  replaceChunks,
  type SeriesName,
} from '../../platform/db/metric-chunks.ts';
import { claimCompaction, saveCompaction } from '../../platform/db/runs.ts';
import type { Query } from '../../platform/db/statements.ts';
import { giveWay, isSliceOver } from '../../platform/give-way.ts';

/** Points of one transaction; some more where a single batch has them. */
const pointsPerTurn = 262_144;
const batchesPerPage = 64;

export interface Compaction {
  /** Points taken out of batches, those that the run had already among them. */
  points: number;
  /** What the detectors have seen is all in chunks, or another worker is at it. */
  isDone: boolean;
}

/**
 * Moves some of the points that the detectors have seen. Call it in a transaction until it is done; two at once do not disturb each other.
 */
export async function compactRun(query: Query, runId: string): Promise<Compaction> {
  const run = await claimCompaction(query, runId);
  if (!run) return { points: 0, isDone: true };
  const { parts, upTo } = await takeBatches(query, runId, run.compactedUpTo, run.detectedUpTo);
  for (const series of parts.values()) {
    const { name, rank } = series;
    await giveWay();
    await placeInChunks(query, { runId, name, rank }, sortSeries(concatSeries(series.parts)));
  }
  if (upTo > run.compactedUpTo) {
    await removeBatches(query, runId, upTo);
    await saveCompaction(query, runId, upTo);
  }
  return { points: upTo - run.compactedUpTo, isDone: upTo - run.compactedUpTo < pointsPerTurn };
}

interface SeriesParts extends SeriesName {
  parts: [SeriesPoints, ...SeriesPoints[]];
}

/** Whole batches from the place `from` on that end at `end` at the latest, taken apart by series. */
async function takeBatches(
  query: Query,
  runId: string,
  from: number,
  end: number,
): Promise<{ parts: Map<string, SeriesParts>; upTo: number }> {
  const parts = new Map<string, SeriesParts>();
  let upTo = from;
  while (upTo < end && upTo - from < pointsPerTurn) {
    const batches = await readBatches(query, { runId, from: upTo, before: end, limit: batchesPerPage });
    const whole = batches.filter(({ first, points }) => first + points <= end);
    for (const { first, points, data } of whole) {
      if (isSliceOver()) await giveWay();
      for (const series of seriesOfBatch(data)) addPart(parts, series, first);
      upTo = first + points;
    }
    if (whole.length < batchesPerPage) break;
  }
  return { parts, upTo };
}

function addPart(parts: Map<string, SeriesParts>, series: BatchSeries, first: number): void {
  const { name, rank, steps, values, ats, isWindowed } = series;
  const part: SeriesPoints = {
    steps,
    values,
    ats,
    ordinals: series.ordinals.map((ordinal) => first + ordinal),
    windowed: new Uint8Array(steps.length).fill(isWindowed ? 1 : 0),
  };
  const key = `${rank}/${name}`;
  const known = parts.get(key);
  if (known) known.parts.push(part);
  else parts.set(key, { name, rank, parts: [part] });
}

type Series = SeriesName & { runId: string };

/** Each chunk takes the steps from its first on up to the next chunk's; the first takes those before it, too. */
async function placeInChunks(query: Query, series: Series, points: SeriesPoints): Promise<void> {
  const [lowStep, highStep] = [points.steps[0] as number, points.steps.at(-1) as number];
  const bounds = await readChunkBounds(query, series, { lowStep, highStep });
  let start = 0;
  for (const [index, chunk] of bounds.entries()) {
    const next = bounds[index + 1]?.firstStep ?? Number.POSITIVE_INFINITY;
    const end = firstAtLeast(points.steps, next);
    if (end > start) await addToChunk(query, series, chunk, sliceSeries(points, start, end));
    start = end;
  }
  if (start < points.steps.length) {
    await writeChunks(query, series, [], sliceSeries(points, start, points.steps.length));
  }
}

async function addToChunk(query: Query, series: Series, chunk: ChunkBounds, added: SeriesPoints): Promise<void> {
  const isBehind = (added.steps[0] as number) > chunk.lastStep;
  if (isBehind && chunk.points + added.steps.length > maxChunkPoints) return writeChunks(query, series, [], added);
  const [data] = await readChunkColumn(query, 'data', { ...series, firstSteps: [chunk.firstStep] });
  if (data === undefined) throw new Error(`a chunk of ${series.runId} is gone under its upkeep`);
  const before = await decodeChunk(data);
  await giveWay();
  const merged = mergeSeries(before, added);
  if (merged.steps.length > before.steps.length) await writeChunks(query, series, [chunk.firstStep], merged);
}

async function writeChunks(query: Query, series: Series, replaced: number[], points: SeriesPoints): Promise<void> {
  const pieces = Math.ceil(points.steps.length / maxChunkPoints);
  const size = Math.ceil(points.steps.length / pieces);
  const chunks: ChunkRow[] = [];
  for (let start = 0; start < points.steps.length; start += size) {
    chunks.push(await toRow(series, sliceSeries(points, start, Math.min(start + size, points.steps.length))));
  }
  await replaceChunks(query, { ...series, replaced }, chunks);
}

async function toRow(series: Series, points: SeriesPoints): Promise<ChunkRow> {
  await giveWay();
  const { steps, ordinals, ats, windowed } = points;
  const { lowest: lowOrdinal, highest: highOrdinal } = extremesOf(ordinals);
  return {
    ...series,
    ...(await encodeChunk(points, giveWay)),
    firstStep: steps[0] as number,
    lastStep: steps.at(-1) as number,
    points: steps.length,
    windowed: windowed.includes(1),
    lowOrdinal,
    highOrdinal,
    lastAt: new Date(extremesOf(ats).highest),
  };
}
