import { afterAll, expect, test } from 'vitest';
import { isDatabaseUnavailable, openDatabase } from '../../../src/platform/db/client.ts';
import { findRun } from '../../../src/platform/db/runs.ts';
import { createMigratedDatabase } from '../../support/postgres.ts';

const testDatabase = await createMigratedDatabase();
const database = openDatabase(testDatabase.url, 1);
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

test('a statement that finds no free connection in time says that the database is away for now', async () => {
  const longest = database.sql.query({ text: 'SELECT 1 AS one FROM pg_sleep(7)', values: [] });
  const error = await findRun(database.client, 'none').catch((reason) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(isDatabaseUnavailable(error), `${error.constructor.name}: ${error.message}`).toBe(true);
  await longest;
}, 30_000);
