// Chooses the DFL backend and starts the job handlers on a core.
import type { BackendChoice } from '../contracts/health.ts';
import { chooseDflBackend } from '../kernels/dfl/choose-backend.ts';
import { systemClock } from '../platform/clock.ts';
import { createSafeFetch } from '../platform/http/safe-fetch.ts';
import { newId } from '../platform/ids.ts';
import { makeHandlers } from '../workers/handlers.ts';
import type { Core } from './core.ts';

export async function startWorkers(core: Core, publicUrl: () => string): Promise<BackendChoice> {
  const { config, logger, lifecycle, database, queues, blobs, catalog } = core;
  const { backend, choice } = await chooseDflBackend(config.dflBackend);
  lifecycle.onStop('dfl backend', () => backend.close());
  logger.info({ dfl: choice }, `DFL backend: ${choice.chosen} on ${choice.device}`);
  const safeFetch = createSafeFetch({ allow: config.outboundAllow });
  lifecycle.onStop('outbound connections', () => safeFetch.close());
  const handlers = makeHandlers({
    database,
    blobs,
    catalog,
    clock: systemClock,
    logger,
    newId,
    nudge: queues.nudge,
    dflBackend: backend,
    safeFetch,
    random: Math.random,
    publicUrl,
    healthyCaptureDays: config.healthyCaptureDays,
  });
  const workers = await queues.startWorkers(handlers);
  lifecycle.onStop('workers', () => workers.close());
  return choice;
}
