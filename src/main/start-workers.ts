// Opens the DFL engine and starts the job handlers on a core.
import { openDflEngine } from '../kernels/dfl/choose-backend.ts';
import type { DflEngine } from '../kernels/dfl/engine.ts';
import { systemClock } from '../platform/clock.ts';
import { createSafeFetch } from '../platform/http/safe-fetch.ts';
import { newId } from '../platform/ids.ts';
import { createMailer } from '../platform/mail/mailer.ts';
import { makeHandlers } from '../workers/handlers.ts';
import type { Core } from './core.ts';
import { registerWorker, type WorkerRegistration } from './register-worker.ts';

/** Opens the engine and registers this process as a worker that computes with it. */
export async function startDflEngine(core: Core): Promise<DflEngine> {
  const { config, logger, lifecycle } = core;
  let registration: WorkerRegistration | null = null;
  const engine = await openDflEngine(config.dflBackend, {
    now: systemClock.now,
    onFailure: (failure) => {
      logger.error({ dfl: failure }, 'DFL backend failed; the cpu computes instead');
      void registration?.report();
    },
  });
  lifecycle.onStop('dfl engine', () => engine.close());
  const choice = engine.choice();
  logger.info({ dfl: choice }, `DFL backend: ${choice.chosen} on ${choice.device}`);
  registration = await registerWorker(core, engine);
  return engine;
}

export async function startWorkers(core: Core, dflEngine: DflEngine, publicUrl: () => string): Promise<void> {
  const { config, logger, lifecycle, database, queues, blobs, catalog } = core;
  const safeFetch = createSafeFetch({ allow: config.outboundAllow });
  lifecycle.onStop('outbound connections', () => safeFetch.close());
  const mailer = createMailer(config.mailServer);
  lifecycle.onStop('mail server', async () => mailer.close());
  const handlers = makeHandlers({
    database,
    blobs,
    catalog,
    clock: systemClock,
    logger,
    newId,
    nudge: queues.nudge,
    dflEngine,
    safeFetch,
    mailer,
    random: Math.random,
    publicUrl,
    healthyCaptureDays: config.healthyCaptureDays,
  });
  const workers = await queues.startWorkers(handlers);
  lifecycle.onStop('workers', () => workers.close());
}
