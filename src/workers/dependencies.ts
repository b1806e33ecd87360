import type { Logger } from 'pino';
import type { Catalog } from '../contracts/catalog.ts';
import type { JobName, JobPayload } from '../contracts/jobs.ts';
import type { DflEngine } from '../kernels/dfl/engine.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/client.ts';
import type { SafeFetch } from '../platform/http/safe-fetch.ts';
import type { Mailer } from '../platform/mail/mailer.ts';

/** What the handlers act with; made once in src/main. */
export interface WorkerDependencies {
  database: Database;
  blobs: Blobs;
  catalog: Catalog;
  clock: Clock;
  logger: Logger;
  newId: (prefix: string) => string;
  /** Enqueues without waiting; a lost nudge is found by the sweeper. */
  nudge: <N extends JobName>(job: N, payload: JobPayload<N>, options?: { delayMs?: number }) => void;
  dflEngine: DflEngine;
  safeFetch: SafeFetch;
  mailer: Mailer;
  /** Uniform in [0, 1), for jitter. */
  random: () => number;
  publicUrl: () => string;
  healthyCaptureDays: number;
}
