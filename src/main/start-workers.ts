// Chooses the DFL backend and starts the job handlers on a core.
import type { BackendChoice } from '../contracts/health.ts';
import { chooseDflBackend } from '../kernels/dfl/choose-backend.ts';
import type { DflBackend } from '../kernels/dfl/contract.ts';
import { systemClock } from '../platform/clock.ts';
import { createSafeFetch } from '../platform/http/safe-fetch.ts';
import { newId } from '../platform/ids.ts';
import { makeHandlers } from '../workers/handlers.ts';
import type { Core } from './core.ts';

export async function openDflBackend({
  config,
  logger,
  lifecycle,
}: Core): Promise<{ backend: DflBackend; choice: BackendChoice }> {
  const chosen = await chooseDflBackend(config.dflBackend);
  lifecycle.onStop('dfl backend', () => chosen.backend.close());
  logger.info({ dfl: chosen.choice }, `DFL backend: ${chosen.choice.chosen} on ${chosen.choice.device}`);
  return chosen;
}

export async function startWorkers(core: Core, dflBackend: DflBackend, publicUrl: () => string): Promise<void> {
  const { config, logger, lifecycle, database, queues, blobs, catalog } = core;
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
    dflBackend,
    safeFetch,
    random: Math.random,
    publicUrl,
    healthyCaptureDays: config.healthyCaptureDays,
  });
  const workers = await queues.startWorkers(handlers);
  lifecycle.onStop('workers', () => workers.close());
}
