// A PostgreSQL server that is not set to UTC (DATABASE_URL; the embedded one is).
import pg from 'pg';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/platform/db/client.ts';
import { createTestDatabase, inShanghai } from '../../support/postgres.ts';

it('means the same moment by a time as Losswatch does', async () => {
  const test = await createTestDatabase();
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  await client.query(inShanghai);
  await client.end();
  const database = openDatabase(test.url);
  try {
    const at = new Date('2026-11-26T12:00:00.123Z');
    const [row] = await database.client.$queryRaw<
      object[]
    >`SELECT extract(epoch FROM ${at}::timestamptz)::float8 AS given,
      to_timestamp(${at.getTime() / 1000}::float8) AS taken`;
    expect(row).toEqual({ given: at.getTime() / 1000, taken: at });
  } finally {
    await database.close();
    await test.drop();
  }
});
