// One embedded PostgreSQL for the whole run; test files make databases of their own in it (test/support/postgres.ts), most of them as copies
// of one to which all migrations have been applied here.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { applyMigrations } from '../../src/platform/db/migrate.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrationsFolder } from './migrations.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    /** Nobody connects to it: PostgreSQL copies only databases that are not in use. */
    migratedDatabase: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-test-'));
  const server = await startEmbeddedPostgres({ dataDir, logger: createLogger({ level: 'silent' }) });
  await writeCarelessly(server.connectionString);
  project.provide('postgresUrl', server.connectionString);
  project.provide('migratedDatabase', await makeMigratedDatabase(server.connectionString));
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** The tests make and drop hundreds of databases, each of which would wait for the disk. What is left after a crash is of no use to them. */
async function writeCarelessly(clusterUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl });
  await client.connect();
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit'])
    await client.query(`ALTER SYSTEM SET ${setting} = off`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

async function makeMigratedDatabase(clusterUrl: string): Promise<string> {
  const name = 'migrated';
  const client = new pg.Client({ connectionString: clusterUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  await applyMigrations(url.href, migrationsFolder);
  return name;
}
