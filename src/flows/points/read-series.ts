// Series as a chart wants them: all points of a stretch of steps, or few that show the same. Points at rest (chunks) and points as they came
// (batches) are one series here. What a chart does not show of a chunk is not unpacked: its sketches stand for it.
import type { MetricValue } from '../../contracts/runs.ts';
import { coarseBlock, decodeChunk, decodeLost, decodeSketch, fineBlock } from '../../kernels/points/chunk.ts';
import { createDownsampler, type Kept, maxLost, type Sketch, stretchSize } from '../../kernels/points/downsample.ts';
import { firstAtLeast, mergeSeries, sliceSeries } from '../../kernels/points/series.ts';
import {
  type ChunkHead,
  type LongColumn,
  readChunkColumn,
  readChunkHeads,
  type SeriesName,
} from '../../platform/db/metric-chunks.ts';
import type { Query } from '../../platform/db/statements.ts';
import { type ChartPoints, readBatchSeries } from './read-batch-series.ts';

export interface SeriesFilter {
  names: string[] | null;
  from: number | null;
  to: number | null;
  rank: number | null;
  maxPoints: number;
}

export interface Series extends SeriesName {
  steps: number[];
  values: MetricValue[];
  /** Some values are means or medians over the trainer's logging window. */
  windowed?: true;
  downsampled: boolean;
}

/**
 * Series of a run by name and rank, in order of step. A series longer than maxPoints is cut into equal stretches, of which first, last, minimum
 * and maximum are kept, and all non-finite points, so that neither a one-step spike nor a NaN vanishes. Only of a series with more than 10,000
 * non-finite points (a run that went on after its loss was lost) the first of each kind per stretch is kept. Read it from one snapshot.
 */
export async function readSeries(query: Query, runId: string, filter: SeriesFilter): Promise<Series[]> {
  const range = { lowStep: filter.from ?? 0, highStep: filter.to ?? Number.MAX_SAFE_INTEGER };
  const wanted = { runId, names: filter.names, rank: filter.rank, ...range };
  const batches = await readBatchSeries(query, wanted);
  const chunks = await readChunkHeads(query, wanted);
  const found: Series[] = [];
  for (const series of inOrder([...batches.values(), ...chunks])) {
    const heads = chunks.filter(({ name, rank }) => name === series.name && rank === series.rank);
    const pieces = piecesOf(heads, batches.get(keyOf(series))?.points ?? none, range);
    const one = await readOne(createChunkReader(query, { runId, ...series }, pieces), pieces, filter.maxPoints);
    if (one.steps.length > 0) found.push({ ...series, ...one });
  }
  return found;
}

function inOrder(series: SeriesName[]): SeriesName[] {
  const distinct = new Map(series.map(({ name, rank }) => [keyOf({ name, rank }), { name, rank }]));
  return [...distinct.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.rank - b.rank));
}

function keyOf({ rank, name }: SeriesName): string {
  return `${rank}/${name}`;
}

interface Range {
  lowStep: number;
  highStep: number;
}

/** A part of a series, in order of step: a chunk that may stand for itself, or one that must be read because points of batches fall into it or its ends are not wanted. */
type Piece =
  | { kind: 'chunk'; head: ChunkHead }
  | { kind: 'mixed'; head: ChunkHead; added: ChartPoints; range: Range }
  | { kind: 'points'; points: ChartPoints };

function piecesOf(heads: ChunkHead[], added: ChartPoints, range: Range): Piece[] {
  const pieces: Piece[] = [];
  let rest = added;
  const takeBelow = (step: number): ChartPoints => {
    const end = firstAtLeast(rest.steps, step);
    const taken = sliceSeries(rest, 0, end);
    rest = sliceSeries(rest, end, rest.steps.length);
    return taken;
  };
  for (const head of heads) {
    const before = takeBelow(head.firstStep);
    if (before.steps.length > 0) pieces.push({ kind: 'points', points: before });
    const inside = takeBelow(head.lastStep + 1);
    const isWhole = head.firstStep >= range.lowStep && head.lastStep <= range.highStep;
    if (isWhole && inside.steps.length === 0) pieces.push({ kind: 'chunk', head });
    else pieces.push({ kind: 'mixed', head, added: inside, range });
  }
  if (rest.steps.length > 0) pieces.push({ kind: 'points', points: rest });
  return pieces;
}

const none: ChartPoints = { steps: new Float64Array(), values: new Float64Array(), windowed: new Uint8Array() };

type ChunkReader = ReturnType<typeof createChunkReader>;

/** Chunks of which a column is read at once, by the room it takes. */
const page: Record<LongColumn, number> = { data: 4, fine: 32, lost_points: 32 };
/** Mixed chunks kept from counting to reading; there are rarely more than two. */
const maxKept = 4;

function createChunkReader(query: Query, series: SeriesName & { runId: string }, pieces: Piece[]) {
  const wholes = pieces.flatMap((piece) => (piece.kind === 'chunk' ? [piece.head] : []));
  const kept = new Map<Piece, ChartPoints>();
  const read = (column: LongColumn, heads: ChunkHead[]) =>
    readChunkColumn(query, column, { ...series, firstSteps: heads.map(({ firstStep }) => firstStep) });
  /** Reads a column of whole chunks in the order of their steps, some ahead. */
  const createColumn = (column: LongColumn, chunks = wholes) => {
    const ahead = new Map<ChunkHead, Buffer>();
    return async (head: ChunkHead): Promise<Buffer> => {
      if (!ahead.has(head)) {
        ahead.clear();
        const start = chunks.indexOf(head);
        const heads = chunks.slice(start, start + page[column]);
        for (const [index, bytes] of (await read(column, heads)).entries()) ahead.set(heads[index] as ChunkHead, bytes);
      }
      const bytes = ahead.get(head);
      if (!bytes) throw new Error(`a chunk of ${series.runId} is gone within a snapshot`);
      return bytes;
    };
  };
  const data = createColumn('data');
  const fine = createColumn('fine');
  const lost = createColumn(
    'lost_points',
    wholes.filter((head) => head.lost > 0),
  );
  const readMixed = async (piece: Piece & { kind: 'mixed' }): Promise<ChartPoints> => {
    const [bytes] = await read('data', [piece.head]);
    const { steps, values, windowed } = await decodeChunk(bytes as Buffer);
    const start = firstAtLeast(steps, piece.range.lowStep);
    const end = firstAtLeast(steps, piece.range.highStep + 1);
    return mergeSeries(sliceSeries({ steps, values, windowed }, start, end), piece.added);
  };
  return {
    async points(piece: Piece): Promise<ChartPoints> {
      if (piece.kind === 'points') return piece.points;
      if (piece.kind === 'chunk') return decodeChunk(await data(piece.head));
      const points = kept.get(piece) ?? (await readMixed(piece));
      if (kept.size < maxKept) kept.set(piece, points);
      return points;
    },
    fine: async (head: ChunkHead): Promise<Sketch> => decodeSketch(await fine(head)),
    lost: async (head: ChunkHead) => decodeLost(await lost(head)),
  };
}

async function readOne(
  reader: ChunkReader,
  pieces: Piece[],
  maxPoints: number,
): Promise<Omit<Series, keyof SeriesName>> {
  const { total, lost, isWindowed } = await count(reader, pieces);
  const kept =
    total <= maxPoints ? await readAll(reader, pieces) : await readFew(reader, pieces, { total, lost, maxPoints });
  return {
    steps: kept.steps,
    values: kept.values.map(spell),
    ...(isWindowed ? { windowed: true as const } : {}),
    downsampled: total > kept.steps.length,
  };
}

async function count(
  reader: ChunkReader,
  pieces: Piece[],
): Promise<{ total: number; lost: number; isWindowed: boolean }> {
  const sum = { total: 0, lost: 0, isWindowed: false };
  for (const piece of pieces) {
    if (piece.kind === 'chunk') {
      sum.total += piece.head.points;
      sum.lost += piece.head.lost;
      sum.isWindowed ||= piece.head.windowed;
    } else {
      const { values, windowed } = await reader.points(piece);
      sum.total += values.length;
      sum.lost += values.reduce((lost, value) => (Number.isFinite(value) ? lost : lost + 1), 0);
      sum.isWindowed ||= windowed.includes(1);
    }
  }
  return sum;
}

async function readAll(reader: ChunkReader, pieces: Piece[]): Promise<Kept> {
  const all: Kept = { steps: [], values: [] };
  for (const piece of pieces) {
    const { steps, values } = await reader.points(piece);
    all.steps.push(...steps);
    all.values.push(...values);
  }
  return all;
}

async function readFew(
  reader: ChunkReader,
  pieces: Piece[],
  { total, lost, maxPoints }: { total: number; lost: number; maxPoints: number },
): Promise<Kept> {
  const size = stretchSize({ total, maxPoints });
  const keepsAllLost = lost <= maxLost;
  const downsampler = createDownsampler({ total, maxPoints, keepsAllLost });
  for (const piece of pieces) {
    if (piece.kind !== 'chunk' || size < fineBlock) {
      const { steps, values } = await reader.points(piece);
      downsampler.points(steps, values);
      continue;
    }
    const { head } = piece;
    downsampler.sketch(size < coarseBlock ? await reader.fine(head) : decodeSketch(head.coarse));
    if (keepsAllLost && head.lost > 0) {
      const { steps, values } = await reader.lost(head);
      downsampler.lost(steps, values);
    }
  }
  return downsampler.finish();
}

function spell(value: number): MetricValue {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
