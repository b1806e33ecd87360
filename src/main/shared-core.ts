import { readConfig } from '../platform/config.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/logger.ts';
import { type Core, openCore } from './core.ts';

/** The core of a program that shares database and queue with others. @throws Error naming the variables that are missing. */
export async function openSharedCore(env: Record<string, string | undefined>): Promise<Core> {
  const config = readConfig(env);
  if (!config.databaseUrl || !config.redisUrl) {
    const missing = [config.databaseUrl ? null : 'DATABASE_URL', config.redisUrl ? null : 'REDIS_URL'].filter(
      (name) => name !== null,
    );
    throw new Error(
      `Set ${missing.join(' and ')}: separate api and worker processes meet there. (npm start needs neither.)`,
    );
  }
  const logger = createLogger({ level: config.logLevel });
  return openCore({ config, logger, lifecycle: createLifecycle(logger) }, config.databaseUrl);
}
