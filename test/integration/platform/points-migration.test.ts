// Points stored as rows by earlier versions become batches, with their order, their values and what the detectors knew of them.
import { expect, it } from 'vitest';
import { readNewBatches } from '../../../src/flows/points/read-in-order.ts';
import { readSeries } from '../../../src/flows/points/read-series.ts';
import { pointsOfBatch } from '../../../src/kernels/points/batch.ts';
import { openDatabase } from '../../../src/platform/db/client.ts';
import { applyMigrations } from '../../../src/platform/db/migrate.ts';
import { applyMigrationsBefore, migrationsFolder } from '../../support/migrations.ts';
import { createTestDatabase } from '../../support/postgres.ts';

it('a migration moves points that are rows', async () => {
  const test = await createTestDatabase();
  const left = await applyMigrationsBefore(test.url, '_points_in_columns');
  const old = openDatabase(test.url);
  await old.client.$executeRaw`
    INSERT INTO run (id, project, name, points_up_to, detected_up_to, detector_state)
    VALUES ('r', 'p', 'r', 13000, 301, '{"series": ["0/loss", "3/损失"], "states": {"x": 1}}'), ('empty', 'p', 'empty', 0, 0, NULL)`;
  // Points of all runs were numbered together.
  await old.client.$executeRaw`
    INSERT INTO metric_point (run_id, rank, name, step, value, at) VALUES ('empty', 0, 'loss', 0, 1, '2026-11-23T11:00:00Z')`;
  await old.client.$executeRaw`
    INSERT INTO metric_point (run_id, rank, name, step, value, windowed, at)
    SELECT 'r', 0, 'loss', 12000 - i, CASE i WHEN 7 THEN 'NaN' WHEN 8 THEN '-0' WHEN 9 THEN 'Infinity' ELSE i::float8 / 3 END, i < 5, '2026-11-23T12:00:00.123Z'
    FROM generate_series(1, 12000) AS i`;
  await old.client.$executeRaw`
    INSERT INTO metric_point (run_id, rank, name, step, value, at) VALUES ('r', 3, '损失', 9007199254740991, 0.1, '2026-11-23T12:00:01Z')`;
  await old.close();

  expect(await applyMigrations(test.url, migrationsFolder)).toEqual(left);
  const database = openDatabase(test.url);
  try {
    const run = await database.client.run.findUniqueOrThrow({ where: { id: 'r' }, include: { detectorState: true } });
    expect(run).toMatchObject({ pointsUpTo: 12_001n, detectedUpTo: 300n, compactedUpTo: 0n });
    expect(run.detectorState?.state).toEqual({ series: { '0/loss': 11_999, '3/损失': -1 }, states: { x: 1 } });
    const { batches } = await readNewBatches(database.sql.query, 'r', 0, 20_000);
    const points = batches.flatMap(({ data }) => pointsOfBatch(data));
    expect(points).toHaveLength(12_001);
    expect(points[6]).toEqual({ step: 11_993, rank: 0, name: 'loss', value: Number.NaN, windowed: false });
    expect(points[7]?.value).toBe(-0);
    expect(points[0]).toMatchObject({ step: 11_999, value: 1 / 3, windowed: true });
    expect(points.at(-1)).toEqual({
      step: Number.MAX_SAFE_INTEGER,
      rank: 3,
      name: '损失',
      value: 0.1,
      windowed: false,
    });
    const filter = { names: ['loss'], from: 0, to: 5, rank: null, maxPoints: 100 };
    const [series] = await database.sql.snapshot((query) => readSeries(query, 'r', filter));
    expect(series?.values).toEqual([4000, 11_999 / 3, 11_998 / 3, 3999, 11_996 / 3, 11_995 / 3]);
  } finally {
    await database.close();
    await test.drop();
  }
});
