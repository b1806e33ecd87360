// A batch: the points of one request or one piece of console output, in the order in which they came, as columns. Rows (one step of one rank)
// that name the same metrics share a shape, and each metric of a shape is a column.
//
// byte 1 (version); shapes: count, then each rank, names: count, then each name, whether it is windowed; rows: count, runs of equal shape
// (shape, length) up to that count; steps; times (Unix ms); the values of each shape's columns.
import { ByteReader, ByteWriter } from './bytes.ts';
import { readFloats, readInts, writeFloats, writeInts } from './columns.ts';
import { extremesOf } from './series.ts';

const version = 1;

/** What was measured at one step of one rank. */
export interface PointRow {
  step: number;
  rank: number;
  /** When, Unix milliseconds. */
  at: number;
  /** Each occurs once. */
  names: readonly string[];
  /** One for each name. */
  values: readonly number[];
  /** For each value, whether it is a mean or median over the trainer's logging window; none when left out. */
  windowed?: readonly boolean[];
}

export interface EncodedBatch {
  data: Buffer;
  /** Values of all rows. */
  points: number;
  lowStep: number;
  highStep: number;
}

interface Shape {
  rank: number;
  names: readonly string[];
  windowed: readonly boolean[];
}
type FillingShape = Shape & { index: number; rows: PointRow[] };

/** Room that batches are made in, one after the other: making it anew costs as much as filling it. */
const out = new ByteWriter(65_536);
let room = new Float64Array(1_024);

export function encodeBatch(rows: readonly PointRow[]): EncodedBatch {
  const shapes = new Map<string, FillingShape>();
  const runs: { shape: number; length: number }[] = [];
  let last: FillingShape | null = null;
  let points = 0;
  for (const row of rows) {
    const shape: FillingShape = last !== null && fits(last, row) ? last : shapeOf(shapes, row);
    const run = runs.at(-1);
    if (run && shape === last) run.length += 1;
    else runs.push({ shape: shape.index, length: 1 });
    last = shape;
    shape.rows.push(row);
    points += row.values.length;
  }
  out.clear();
  out.byte(version);
  writeShapes(out, [...shapes.values()]);
  out.varint(rows.length);
  for (const { shape, length } of runs) {
    out.varint(shape);
    out.varint(length);
  }
  const steps = fill(rows, ({ step }) => step);
  const { lowest: lowStep, highest: highStep } = extremesOf(steps);
  writeInts(out, steps);
  writeInts(
    out,
    fill(rows, ({ at }) => at),
  );
  for (const { names, rows: own } of shapes.values()) {
    for (let i = 0; i < names.length; i++)
      writeFloats(
        out,
        fill(own, ({ values }) => values[i] as number),
      );
  }
  return { data: Buffer.from(out.finish()), points, lowStep, highStep };
}

/** A column of the rows, until the next one is asked for. */
function fill(rows: readonly PointRow[], of: (row: PointRow) => number): Float64Array {
  if (rows.length > room.length) room = new Float64Array(2 * rows.length);
  for (let i = 0; i < rows.length; i++) room[i] = of(rows[i] as PointRow);
  return room.subarray(0, rows.length);
}

/** Rows of one request mostly share their list of names. */
function fits(shape: Shape, { rank, names, windowed }: PointRow): boolean {
  if (shape.rank !== rank || shape.names.length !== names.length) return false;
  for (let i = 0; i < names.length && shape.names !== names; i++) if (shape.names[i] !== names[i]) return false;
  return shape.windowed.every((flag, i) => flag === (windowed?.[i] ?? false));
}

function shapeOf(shapes: Map<string, FillingShape>, { rank, names, windowed }: PointRow): FillingShape {
  const flags = names.map((_, i) => windowed?.[i] ?? false);
  const key = JSON.stringify([rank, names, flags]);
  const known = shapes.get(key);
  if (known) return known;
  const shape = { rank, names, windowed: flags, index: shapes.size, rows: [] };
  shapes.set(key, shape);
  return shape;
}

function writeShapes(out: ByteWriter, shapes: Shape[]): void {
  out.varint(shapes.length);
  for (const { rank, names, windowed } of shapes) {
    out.varint(rank);
    out.varint(names.length);
    names.forEach((name, i) => {
      out.text(name);
      out.byte(windowed[i] ? 1 : 0);
    });
  }
}

/** Points of one series in a batch, in the order in which they came; `ordinals` count all points of the batch, from 0. */
export interface BatchSeries {
  rank: number;
  name: string;
  isWindowed: boolean;
  steps: Float64Array;
  ats: Float64Array;
  values: Float64Array;
  ordinals: Float64Array;
}

export interface BatchPoint {
  step: number;
  rank: number;
  name: string;
  value: number;
  windowed: boolean;
}

export interface BatchColumns {
  /** `rows` of each shape, and its values: a column for each name. */
  shapes: (Shape & { rows: number[]; columns: Float64Array[] })[];
  /** The shape of each row, and the row's place among those of its shape. */
  shapeOfRow: Uint32Array;
  placeOfRow: Uint32Array;
  steps: Float64Array;
  ats: Float64Array;
  /** Ordinal of each row's first point. */
  starts: Float64Array;
}

/** The points with the ordinals `from` to `from + limit - 1`. */
export function pointsOfBatch(data: Uint8Array, from = 0, limit = Number.POSITIVE_INFINITY): BatchPoint[] {
  const { shapes, shapeOfRow, placeOfRow, steps, starts } = columnsOfBatch(data);
  const points: BatchPoint[] = [];
  for (let row = 0; row < steps.length && points.length < limit; row++) {
    const { rank, names, windowed, columns } = shapes[shapeOfRow[row] as number] as BatchColumns['shapes'][number];
    const place = placeOfRow[row] as number;
    const step = steps[row] as number;
    for (let i = Math.max(0, from - (starts[row] as number)); i < names.length && points.length < limit; i++) {
      const value = columns[i]?.[place] as number;
      points.push({ step, rank, name: names[i] as string, value, windowed: windowed[i] as boolean });
    }
  }
  return points;
}

/** A batch taken apart by series. A series whose printed values changed their meaning on the way comes twice. */
export function seriesOfBatch(data: Uint8Array): BatchSeries[] {
  const { shapes, steps, ats, starts } = columnsOfBatch(data);
  return shapes.flatMap(({ rank, names, windowed, rows, columns }) => {
    const isWhole = rows.length === steps.length;
    const ofRows = (values: Float64Array) =>
      isWhole ? values : Float64Array.from(rows, (row) => values[row] as number);
    const [ownSteps, ownAts, ownStarts] = [ofRows(steps), ofRows(ats), ofRows(starts)];
    return names.map((name, i) => ({
      rank,
      name,
      isWindowed: windowed[i] as boolean,
      steps: ownSteps,
      ats: ownAts,
      values: columns[i] as Float64Array,
      ordinals: ownStarts.map((start) => start + i),
    }));
  });
}

/** @throws Error when the bytes are no whole batch of a known version. */
export function columnsOfBatch(data: Uint8Array): BatchColumns {
  const from = new ByteReader(data);
  const found = from.byte();
  if (found !== version) throw new Error(`a stored batch has the version ${found}, which this Losswatch does not know`);
  const shapes = Array.from({ length: from.varint() }, () => readShape(from));
  const rows = from.varint();
  const shapeOfRow = new Uint32Array(rows);
  const placeOfRow = new Uint32Array(rows);
  const starts = new Float64Array(rows);
  let points = 0;
  for (let row = 0; row < rows; ) {
    const index = from.varint();
    const shape = shapes[index];
    const end = row + from.varint();
    if (!shape || end > rows) throw new Error('a stored batch has rows of no shape');
    for (; row < end; row++) {
      shapeOfRow[row] = index;
      placeOfRow[row] = shape.rows.push(row) - 1;
      starts[row] = points;
      points += shape.names.length;
    }
  }
  const steps = readInts(from, rows);
  const ats = readInts(from, rows);
  for (const shape of shapes) shape.columns = shape.names.map(() => readFloats(from, shape.rows.length));
  return { shapes, shapeOfRow, placeOfRow, steps, ats, starts };
}

function readShape(from: ByteReader): BatchColumns['shapes'][number] {
  const rank = from.varint();
  const names: string[] = [];
  const windowed: boolean[] = [];
  for (let count = from.varint(); count > 0; count--) {
    names.push(from.text());
    windowed.push(from.byte() === 1);
  }
  return { rank, names, windowed, rows: [], columns: [] };
}
