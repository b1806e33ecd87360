// Migrations as a start applies them: once, by one at a time, whole or not at all, and never over a history that is not ours.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyMigrations } from '../../../src/platform/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'losswatch-migrations-'));
  write('1_first', 'CREATE TABLE first (id int); SELECT pg_sleep(0.2);');
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}

const apply = () => applyMigrations(database.url, folder);

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const tables = async () =>
  (await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)).map((row) => row.tablename);

describe('migrations', () => {
  it('are applied in the order of their names, and only what is new the next time', async () => {
    write('2_second', 'ALTER TABLE first RENAME TO second');
    expect(await apply()).toEqual(['1_first', '2_second']);
    expect(await apply()).toEqual([]);
    write('3_third', 'ALTER TABLE second RENAME TO third');
    expect(await apply()).toEqual(['3_third']);
    expect(await tables()).toEqual(['_prisma_migrations', 'third']);
  });

  it('are applied once when several programs start at the same moment', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, apply));
    expect(applied.flat()).toEqual(['1_first']);
    expect(await query('SELECT count(*)::int AS count FROM "_prisma_migrations"')).toEqual([{ count: 1 }]);
  });

  it('are refused when one was edited after it had been applied, and nothing is changed', async () => {
    await apply();
    write('1_first', 'CREATE TABLE first (id bigint)');
    write('2_second', 'CREATE TABLE second (id int)');
    await expect(apply()).rejects.toThrow(/1_first was changed after it had been applied/);
    expect(await tables()).toEqual(['_prisma_migrations', 'first']);
  });

  it('are refused on the database of a newer version, which the message says', async () => {
    write('2_newer', 'CREATE TABLE newer (id int)');
    await apply();
    rmSync(join(folder, '2_newer'), { recursive: true });
    write('1_older', 'CREATE TABLE older (id int)');
    await expect(apply()).rejects.toThrow(/2_newer.*start a newer Losswatch/);
    expect(await tables()).toEqual(['_prisma_migrations', 'first', 'newer']);
  });

  it('leave nothing behind when they fail half-way, and go on once they are mended', async () => {
    write('2_second', 'CREATE TABLE second (id int); CREATE TABLE second (id int);');
    await expect(apply()).rejects.toThrow(/2_second failed: .*already exists/);
    expect(await tables()).toEqual(['_prisma_migrations', 'first']);
    // Its statements work, and its note that it was applied cannot be written.
    write('2_second', 'CREATE TABLE second (id int); ALTER TABLE "_prisma_migrations" RENAME TO away;');
    await expect(apply()).rejects.toThrow(/2_second failed: /);
    expect(await tables()).toEqual(['_prisma_migrations', 'first']);
    write('2_second', 'CREATE TABLE second (id int)');
    expect(await apply()).toEqual(['2_second']);
  });
});
