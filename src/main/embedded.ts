// The embedded service: PostgreSQL, API, workers and dashboard in one process. Same code as the separate programs; only what is handed
// over differs.
import type { Logger } from 'pino';
import { readConfig } from '../platform/config.ts';
import { releaseClaims } from '../platform/db/capture-work.ts';
import { releaseDeliveries } from '../platform/db/deliveries.ts';
import { removeWorkers } from '../platform/db/workers.ts';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/logger.ts';
import { loadAdminToken } from './admin-token.ts';
import { openCore } from './core.ts';
import { startApi } from './start-api.ts';
import { startDflEngine, startWorkers } from './start-workers.ts';

export interface EmbeddedService {
  url: string;
  adminToken: string;
  /** True when the token was made by this start, so it must be shown. */
  adminTokenIsNew: boolean;
  stop(): Promise<void>;
}

/** Starts everything. @throws Error with a message for the operator (data folder in use, bad settings, broken catalog, port taken). */
export async function startEmbedded(options: {
  env: Record<string, string | undefined>;
  logger?: Logger;
}): Promise<EmbeddedService> {
  const config = readConfig(options.env);
  const logger = options.logger ?? createLogger({ level: config.logLevel });
  const lifecycle = createLifecycle(logger);
  try {
    const databaseUrl = config.databaseUrl ?? (await startDatabase(config.dataDir, logger, lifecycle));
    const admin = await loadAdminToken(config);
    const core = await openCore({ config, logger, lifecycle }, databaseUrl);
    await core.blobs.sweepTemporary();
    if (!config.redisUrl && !config.databaseUrl) {
      await core.queues.clear();
      await releaseClaims(core.database.client);
      await releaseDeliveries(core.database.client);
      await removeWorkers(core.database.client);
    }
    const dflEngine = await startDflEngine(core);
    const { url } = await startApi(core, admin.token, {
      dflChoice: () => dflEngine.choice(),
      dflEngine: async () => dflEngine,
    });
    await startWorkers(core, dflEngine, () => config.publicUrl ?? url);
    core.queues.nudge('sweep-unfinished', {});
    return { url, adminToken: admin.token, adminTokenIsNew: admin.isNew, stop: () => lifecycle.stop('stop requested') };
  } catch (error) {
    await lifecycle.stop('start failed');
    throw error;
  }
}

async function startDatabase(
  dataDir: string,
  logger: Logger,
  lifecycle: ReturnType<typeof createLifecycle>,
): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDir, logger });
  lifecycle.onStop('embedded PostgreSQL', () => server.stop());
  return server.connectionString;
}
