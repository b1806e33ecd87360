// Points in the order in which they were stored: as the detectors see them, and see them again in a dry run.
import { type BatchPoint, pointsOfBatch } from '../../kernels/points/batch.ts';
import { decodeChunk } from '../../kernels/points/chunk.ts';
import { readBatches, type StoredBatch } from '../../platform/db/metric-batches.ts';
import { findChunksByPlace, readChunkColumn } from '../../platform/db/metric-chunks.ts';
import type { Query } from '../../platform/db/statements.ts';

/** Batches read at once. */
const batchesPerPage = 64;

export interface NewBatches {
  /** In the order of their places. Of the first, points below the asked place were seen before. */
  batches: StoredBatch[];
  /** Place after the last of them. */
  upTo: number;
}

/**
 * Whole batches from the place `from` on, until they hold `limit` points: all that the detectors have not seen is in batches. Points that the
 * run had already are among them.
 */
export async function readNewBatches(query: Query, runId: string, from: number, limit: number): Promise<NewBatches> {
  const filter = { runId, from, before: Number.MAX_SAFE_INTEGER, limit: batchesPerPage };
  const batches: StoredBatch[] = [];
  let upTo = from;
  for (const batch of await readBatches(query, filter)) {
    if (upTo >= from + limit) break;
    batches.push(batch);
    upTo = batch.first + batch.points;
  }
  return { batches, upTo };
}

export interface PointsInOrder {
  points: BatchPoint[];
  /** Place after the last of them. */
  upTo: number;
}

/** Places looked at together in a replay. */
const window = 65_536;

/** All points of a run with places below `end`, from chunks and batches, piece by piece in order. Read it from one snapshot. */
export async function* replayPoints(
  query: Query,
  runId: string,
  end: number,
): AsyncGenerator<PointsInOrder & { from: number }> {
  for (let from = 0; from < end; from += window) {
    const before = Math.min(from + window, end);
    const placed = [
      ...(await readChunkPoints(query, runId, from, before)),
      ...(await readBatchPoints(query, runId, from, before)),
    ];
    const points = placed.sort((a, b) => a.place - b.place).map(({ point }) => point);
    yield { from, points, upTo: before };
  }
}

interface PlacedPoint {
  place: number;
  point: BatchPoint;
}

async function readChunkPoints(query: Query, runId: string, from: number, before: number): Promise<PlacedPoint[]> {
  const placed: PlacedPoint[] = [];
  for (const { name, rank, firstStep } of await findChunksByPlace(query, { runId, from, before })) {
    const [data] = await readChunkColumn(query, 'data', { runId, name, rank, firstSteps: [firstStep] });
    if (data === undefined) continue;
    const { steps, values, ordinals, windowed } = await decodeChunk(data);
    ordinals.forEach((place, i) => {
      if (place < from || place >= before) return;
      const [step, value] = [steps[i] as number, values[i] as number];
      placed.push({ place, point: { step, rank, name, value, windowed: windowed[i] === 1 } });
    });
  }
  return placed;
}

async function readBatchPoints(query: Query, runId: string, from: number, before: number): Promise<PlacedPoint[]> {
  const placed: PlacedPoint[] = [];
  for (let at = from; at < before; ) {
    const batches = await readBatches(query, { runId, from: at, before, limit: batchesPerPage });
    for (const { first, points, data } of batches) {
      const start = Math.max(from, first);
      const found = pointsOfBatch(data, start - first, before - start);
      found.forEach((point, i) => {
        placed.push({ place: start + i, point });
      });
      at = first + points;
    }
    if (batches.length < batchesPerPage) break;
  }
  return placed;
}
