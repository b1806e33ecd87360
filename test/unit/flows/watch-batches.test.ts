import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detect, initialDetectorState, startWatch } from '../../../src/domain/detectors/detect.ts';
import { watchBatches } from '../../../src/flows/points/watch-batches.ts';
import { encodeBatch, type PointRow, pointsOfBatch } from '../../../src/kernels/points/batch.ts';
import type { PlainSql } from '../../../src/platform/db/statements.ts';

const context = { worldSize: null, bins: null, batchSize: null };
const noSql = { snapshot: () => Promise.reject(new Error('nothing was to be looked up')) } as unknown as PlainSql;
const value = fc.oneof(fc.double({ min: 0, max: 10 }), fc.constantFrom(Number.NaN, 1e9));
/** Rows whose steps rise, of one rank or another, with all or some of the metrics, windowed or not. */
const rows = fc
  .array(fc.record({ rank: fc.nat(1), count: fc.integer({ min: 1, max: 3 }), windowed: fc.boolean(), value }), {
    maxLength: 200,
  })
  .map((given) =>
    given.map(({ rank, count, windowed, value: of }, step): PointRow => {
      const names = ['loss', 'lr', 'accuracy'].slice(0, count);
      return { step, rank, at: step, names, values: names.map((_, i) => of + i), windowed: names.map(() => windowed) };
    }),
  );

test('new points are seen from their columns as if one by one, whatever the batches', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 60 }), async (given, size) => {
      const batches = [];
      let first = 0;
      for (let start = 0; start < given.length; start += size) {
        const { data, points } = encodeBatch(given.slice(start, start + size));
        batches.push({ first, points, data });
        first += points;
      }
      const watch = startWatch(initialDetectorState(), context);
      await watchBatches(noSql, watch, { runId: 'r', from: 0, seen: {}, batches });
      const points = batches.flatMap(({ data }) => pointsOfBatch(data));
      expect(watch.end()).toEqual(detect(initialDetectorState(), points, context));
    }),
  );
});
