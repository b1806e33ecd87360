// Applies prisma/migrations at start, under a lock, and keeps Prisma's own `_prisma_migrations` table, so that `prisma migrate deploy`
// and this runner can take turns. (The Prisma CLI downloads a native engine for this, which offline machines and slim images cannot.)
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/** Any constant works as long as every Losswatch uses the same; Prisma's own engine locks 72707369. */
const migrationLock = 72707369;

const createTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/**
 * Applies every migration of `folder` that the database does not have, in order of name, each in a transaction of its own.
 * Concurrent callers wait for each other. Answers the names applied now.
 * @throws Error when an applied migration was edited afterwards, or when the database has one that `folder` lacks (a newer Losswatch).
 */
export async function applyMigrations(url: string, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'losswatch-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query(createTable);
    const wanted = await readMigrations(folder);
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      'SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
    checkHistory(wanted, applied);
    const names: string[] = [];
    for (const migration of wanted) {
      if (applied.has(migration.name)) continue;
      await applyOne(client, migration);
      names.push(migration.name);
    }
    return names;
  } finally {
    await client.end();
  }
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function checkHistory(wanted: Migration[], applied: Map<string, string>): void {
  for (const [name, checksum] of applied) {
    const migration = wanted.find((candidate) => candidate.name === name);
    if (!migration)
      throw new Error(`The database has migration ${name}, which this version does not know: start a newer Losswatch.`);
    if (migration.checksum !== checksum)
      throw new Error(`Migration ${name} was changed after it had been applied; restore the file.`);
  }
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    // Triggers that wait for the commit (the live feed's) would keep a table whose rows were changed from being altered.
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`Migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
