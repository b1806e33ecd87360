// A process that owns an embedded PostgreSQL until it is killed, for tests of what a killed owner leaves. Argument: the data folder.
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logger.ts';

process.send?.({ kind: 'starting' });
const server = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  logger: createLogger({ level: 'silent' }),
});
process.send?.({ kind: 'up', url: server.connectionString });
setInterval(() => {}, 60_000);
