// What the API and the workers both stand on: database (migrated), queues, tensors' folder, catalog. Every resource registers its own
// teardown, drained in reverse.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Catalog } from '../contracts/catalog.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';
import { openFolderBlobs } from '../platform/blobs/folder-blobs.ts';
import type { Config } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/db/client.ts';
import { applyMigrations } from '../platform/db/migrate.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import { createQueues, type Queues } from '../platform/queue/queues.ts';
import { loadCatalog } from './load-catalog.ts';
import { projectRoot } from './project-root.ts';

export interface Core {
  config: Config;
  logger: Logger;
  lifecycle: Lifecycle;
  databaseUrl: string;
  database: Database;
  queues: Queues;
  blobs: Blobs;
  catalog: Catalog;
}

export async function openCore(
  base: Pick<Core, 'config' | 'logger' | 'lifecycle'>,
  databaseUrl: string,
): Promise<Core> {
  const { config, logger, lifecycle } = base;
  const catalog = await loadCatalog();
  const applied = await applyMigrations(databaseUrl, join(projectRoot, 'prisma', 'migrations'));
  if (applied.length > 0) logger.info({ migrations: applied }, 'database migrated');
  const database = openDatabase(databaseUrl);
  lifecycle.onStop('database', () => database.close());
  const queues = await createQueues({ redisUrl: config.redisUrl, postgresUrl: databaseUrl, logger });
  lifecycle.onStop('queues', () => queues.close());
  const blobs = await openFolderBlobs(join(config.dataDir, 'captures'));
  return { ...base, databaseUrl, database, queues, blobs, catalog };
}
