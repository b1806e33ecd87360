import { array, assert, asyncProperty, constantFrom, double, integer, maxSafeNat, nat, oneof, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeChunk,
  decodeLost,
  decodeSketch,
  encodeChunk,
  fineBlock,
  maxChunkPoints,
} from '../../../../src/kernels/points/chunk.ts';
import { sketch } from '../../../../src/kernels/points/downsample.ts';
import type { SeriesPoints } from '../../../../src/kernels/points/series.ts';

const value = oneof(double(), double().map(Math.fround), constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0));
const point = tuple(
  integer({ min: 1, max: 1_000 }),
  value,
  integer({ min: -8.64e15, max: 8.64e15 }),
  maxSafeNat(),
  nat(1),
);
const points = array(point, { minLength: 1, maxLength: 600 }).map((given): SeriesPoints => {
  let step = 0;
  const column = (at: number) => Float64Array.from(given, (one) => one[at] as number);
  return {
    steps: Float64Array.from(given, ([delta]) => (step += delta)),
    values: column(1),
    ats: column(2),
    ordinals: column(3),
    windowed: Uint8Array.from(given, (one) => one[4]),
  };
});

describe('a chunk', () => {
  test('gives back every column bit for bit', async () => {
    await assert(
      asyncProperty(points, async (given) => {
        const encoded = await encodeChunk(given);
        expect(await decodeChunk(encoded.data)).toStrictEqual(given);
      }),
    );
  });

  test('tells its sketches and its points that are not finite without being unpacked', async () => {
    await assert(
      asyncProperty(points, async (given) => {
        const { fine, lost, lostPoints } = await encodeChunk(given);
        const expected = sketch(given.steps, given.values, fineBlock);
        const found = decodeSketch(fine);
        expect(Array.from(found.steps)).toEqual(expected.steps);
        expect(Array.from(found.values)).toStrictEqual(expected.values);
        expect(Array.from(found.counts)).toEqual(expected.counts);
        const values = given.values.filter((one) => !Number.isFinite(one));
        expect(lost).toBe(values.length);
        expect(decodeLost(lostPoints).values).toStrictEqual(values);
      }),
    );
  });

  test('of a regular series of 64-bit values takes less than nine bytes a point, sketches included', async () => {
    const noise = (i: number) => ((i * 48_271 * 16_807) % 2_147_483_647) / 1e11;
    const column = (of: (i: number) => number) => Float64Array.from({ length: maxChunkPoints }, (_, i) => of(i));
    const encoded = await encodeChunk({
      steps: column((i) => 100 + i),
      values: column((i) => 3 * Math.exp(-i / 20_000) + noise(i)),
      ats: column((i) => 1_764_000_000_000 + 997 * i),
      ordinals: column((i) => 5 * i),
      windowed: new Uint8Array(maxChunkPoints),
    });
    const bytes = encoded.data.length + encoded.fine.length + encoded.coarse.length + encoded.lostPoints.length;
    expect(bytes / maxChunkPoints).toBeLessThan(9);
  });

  test('of another version is refused', async () => {
    await expect(decodeChunk(Buffer.from([7, 1]))).rejects.toThrow(/version 7/);
  });
});
