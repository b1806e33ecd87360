import type { Logger } from 'pino';
import type { Catalog } from '../contracts/catalog.ts';
import type { BackendChoice } from '../contracts/health.ts';
import type { JobName, JobPayload } from '../contracts/jobs.ts';
import type { DflEngine } from '../kernels/dfl/engine.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/client.ts';
import type { LiveFeed } from '../platform/live/live-feed.ts';

export interface ApiSettings {
  /** Base of links, without a slash at the end. */
  publicUrl: () => string;
  /** Requests per token in 10 seconds. */
  rateLimit: number;
  maxCaptureBytes: number;
  /** CIDRs and hosts that webhooks may reach besides public addresses. */
  outboundAllow: string[];
  /** A mail server is set. */
  canMail: boolean;
  /** Believe X-Forwarded-For: only behind a proxy that sets it. */
  trustProxy?: boolean;
}

/** What the routes act with; made once in src/main. */
export interface ApiDeps {
  settings: ApiSettings;
  database: Database;
  blobs: Blobs;
  /** Enqueues without waiting and never throws; a lost nudge is found by the sweeper. */
  nudge: <N extends JobName>(job: N, payload: JobPayload<N>, options?: { delayMs?: number }) => void;
  catalog: Catalog;
  clock: Clock;
  logger: Logger;
  newId: (prefix: string) => string;
  readiness: () => Promise<{ name: string; ok: boolean; detail: string }[]>;
  liveFeed: LiveFeed;
  /** Jobs per name by state. @throws Error when the queue does not answer. */
  queueDepth: () => Promise<Record<string, { waiting: number; active: number; delayed: number }>>;
  /** Of this process's worker; where none runs, one on the cpu that the first call opens. @throws Error when it cannot be opened. */
  dflEngine: () => Promise<DflEngine>;
  /** Null where no worker runs in this process. */
  dflChoice: () => BackendChoice | null;
  /** The script of replay bundles. @throws Error when it is not built. */
  verifyScript: () => Promise<string>;
  /** Folder of the built dashboard; null when it is not built. */
  webRoot: string | null;
}
