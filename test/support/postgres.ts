// Fresh databases for tests, in the cluster that global-setup.ts started.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** Lets the sessions of the database keep the time of another zone than UTC, as servers at home in one do. */
export const inShanghai = `DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Shanghai''', current_database());
END $$`;

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** An empty database. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create('template1');
}

/** A database with all migrations applied, as a copy of the one that global-setup.ts made. */
export function createMigratedDatabase(): Promise<TestDatabase> {
  return create(inject('migratedDatabase'));
}

async function create(template: string): Promise<TestDatabase> {
  const clusterUrl = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runStatement(clusterUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runStatement(clusterUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runStatement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
