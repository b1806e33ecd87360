// A process that runs jobs shows itself in the database: at once, every few seconds, and at each failure of its DFL device.
import { hostname } from 'node:os';
import { heartbeatMs } from '../contracts/health.ts';
import type { DflEngine } from '../kernels/dfl/engine.ts';
import { systemClock } from '../platform/clock.ts';
import { removeWorker, saveWorker } from '../platform/db/workers.ts';
import { newId } from '../platform/ids.ts';
import type { Core } from './core.ts';

export interface WorkerRegistration {
  /** Reports now; failing to is logged and made up for by the next heartbeat. */
  report(): Promise<void>;
}

/** Registers this process until the lifecycle's stop. */
export async function registerWorker(core: Core, engine: Pick<DflEngine, 'choice'>): Promise<WorkerRegistration> {
  const { lifecycle, logger } = core;
  const { client } = core.database;
  const identity = { id: newId('wrk'), host: hostname(), pid: process.pid, startedAt: systemClock.now() };
  let reporting = Promise.resolve();

  function report(): Promise<void> {
    reporting = reporting
      .then(() => saveWorker(client, { ...identity, seenAt: systemClock.now(), dfl: engine.choice() }))
      .catch((error) => logger.warn({ err: error }, 'the worker could not report itself'));
    return reporting;
  }

  await report();
  const heartbeat = setInterval(report, heartbeatMs);
  lifecycle.onStop('worker registration', async () => {
    clearInterval(heartbeat);
    await reporting;
    await removeWorker(client, identity.id);
  });
  return { report };
}
