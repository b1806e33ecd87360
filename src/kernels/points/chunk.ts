// A chunk: up to 65,536 points of one series, compressed, with what charts need of it without unpacking it: sketches in two sizes of block and
// the points that are not finite.
//
// data: byte 1 (version), count, then raw deflate of: steps, ordinals, times, flags, values (byte planes).
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.ts';
import { readFlags, readFloats, readInts, writeFlags, writeFloats, writeInts } from './columns.ts';
import { maxLost, type Sketch, sketch } from './downsample.ts';
import type { SeriesPoints } from './series.ts';

export const maxChunkPoints = 65_536;
/** Points of a block of the fine and of the coarse sketch. */
export const fineBlock = 256;
export const coarseBlock = 16_384;

const version = 1;
/** Higher levels take several times as long for some percent: what is left after the byte planes is noise. */
const compression = { level: 1 };
const deflate = promisify(deflateRaw) as (bytes: Uint8Array, options: object) => Promise<Buffer>;
const inflate = promisify(inflateRaw) as (bytes: Uint8Array, options: object) => Promise<Buffer>;
/** A chunk that unpacks to more is none of ours: 41 bytes a point at most. */
const maxUnpacked = 48 * maxChunkPoints;

export interface EncodedChunk {
  data: Buffer;
  fine: Buffer;
  coarse: Buffer;
  /** Points that are not finite, and the first 10,000 of them (see `decodeLost`). */
  lost: number;
  lostPoints: Buffer;
}

/**
 * `pause` is awaited after every few milliseconds of work, for a thread that others wait for.
 * @param points in the order of their steps, 1 to 65,536
 */
export async function encodeChunk(
  points: SeriesPoints,
  pause: () => Promise<void> = async () => {},
): Promise<EncodedChunk> {
  const { steps, values } = points;
  const body = new ByteWriter(1_024 + 16 * steps.length);
  for (const column of [steps, points.ordinals, points.ats]) {
    writeInts(body, column);
    await pause();
  }
  writeFlags(body, points.windowed);
  writeFloats(body, values, { inPlanes: true });
  await pause();
  const packed = await deflate(body.finish(), compression);
  await pause();
  const head = new ByteWriter(16);
  head.byte(version);
  head.varint(steps.length);
  const lostSteps = steps.filter((_, i) => !Number.isFinite(values[i]));
  const lostValues = values.filter((value) => !Number.isFinite(value));
  await pause();
  const fine = encodeSketch(sketch(steps, values, fineBlock));
  await pause();
  return {
    data: Buffer.concat([head.finish(), packed]),
    fine,
    coarse: encodeSketch(sketch(steps, values, coarseBlock)),
    lost: lostSteps.length,
    lostPoints: encodeLost(lostSteps.subarray(0, maxLost), lostValues.subarray(0, maxLost)),
  };
}

export async function decodeChunk(data: Uint8Array): Promise<SeriesPoints> {
  const head = new ByteReader(data);
  const found = head.byte();
  if (found !== version) throw new Error(`a stored chunk has the version ${found}, which this Losswatch does not know`);
  const count = head.varint();
  const from = new ByteReader(await inflate(head.rest(), { maxOutputLength: maxUnpacked }));
  const steps = readInts(from, count);
  const ordinals = readInts(from, count);
  const ats = readInts(from, count);
  const windowed = readFlags(from, count);
  return { steps, ordinals, ats, windowed, values: readFloats(from, count) };
}

function encodeSketch({ counts, kept, steps, values }: Sketch): Buffer {
  const out = new ByteWriter(64 + 10 * steps.length);
  out.varint(counts.length);
  writeInts(out, counts);
  writeInts(out, kept);
  out.varint(steps.length);
  writeInts(out, steps);
  writeFloats(out, Float64Array.from(values));
  return out.finish();
}

export function decodeSketch(data: Uint8Array): Sketch {
  const from = new ByteReader(data);
  const blocks = from.varint();
  const counts = readInts(from, blocks);
  const kept = readInts(from, blocks);
  const count = from.varint();
  const steps = readInts(from, count);
  return { counts, kept, steps, values: readFloats(from, count) };
}

function encodeLost(steps: Float64Array, values: Float64Array): Buffer {
  const out = new ByteWriter(64);
  out.varint(steps.length);
  writeInts(out, steps);
  writeFloats(out, values);
  return out.finish();
}

export function decodeLost(data: Uint8Array): { steps: Float64Array; values: Float64Array } {
  const from = new ByteReader(data);
  const count = from.varint();
  return { steps: readInts(from, count), values: readFloats(from, count) };
}
