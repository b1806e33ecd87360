// The job queue: one BullMQ queue per job of the catalogue, on Redis or on PostgreSQL. A job is a nudge; what there is to do stands in
// rows, so jobs are removed when they end, whichever way.
import type { EventEmitter } from 'node:events';
import {
  type IQueueBackend,
  type Job,
  type JobProgress,
  type JobsOptions,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Logger } from 'pino';
import { type JobName, type JobPayload, jobCatalogue, jobNames, jobSchedules } from '../../contracts/jobs.ts';
import { withTimeout } from '../with-timeout.ts';
import { openPostgresStore, openRedisStore, type QueueStore } from './backends.ts';
import { backoffDelayMs, dedupeKey, type JobCatalogue, type JobSettings } from './catalogue.ts';
import { RetryLater } from './errors.ts';
import { type JobHandler, type JobHandlers, type JobOutcome, runJob } from './run-job.ts';

/** Where the catalogue says nothing else. */
const nudgeGapMs = 50;
/** An enqueue gives up after this long; the sweeper finds the work. */
const enqueueTimeoutMs = 2_000;

export interface EnqueueOptions {
  delayMs?: number;
}

export interface WorkerTuning {
  /** A job whose worker stopped renewing its lock is somebody else's after this long; 30,000 when left out. */
  lockDurationMs?: number;
  /** How often such jobs are looked for; 15,000 when left out. */
  stalledIntervalMs?: number;
  onSettled?: (outcome: JobOutcome) => void;
}

export interface Queues {
  /** Adds a job unless its catalogue entry counts it as one that is there. @throws Error when the queue does not take it within 2 s. */
  enqueue<N extends JobName>(job: N, payload: JobPayload<N>, options?: EnqueueOptions): Promise<void>;
  /**
   * `enqueue` without waiting and without throwing: a failure is logged, and the sweeper makes up for it. Equal nudges that come within
   * a moment of one become one, sent at its end.
   */
  nudge<N extends JobName>(job: N, payload: JobPayload<N>, options?: EnqueueOptions): void;
  /** Starts one worker per job, and the schedules. `close` waits for the running jobs. */
  startWorkers(handlers: JobHandlers, tuning?: WorkerTuning): Promise<{ close(): Promise<void> }>;
  /** Answers when the store does. @throws Error otherwise. */
  ready(): Promise<void>;
  /** Jobs per name by state. @throws Error when the store does not answer within 2 s. */
  depth(): Promise<Record<JobName, { waiting: number; active: number; delayed: number }>>;
  /** Forgets every job and schedule: for the sole owner of a queue, at start, before its workers. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the queues on `redisUrl` if given, else on `postgresUrl`. `catalogue` is the contract's except in tests.
 * @throws Error when the store cannot be reached.
 */
export async function createQueues(options: {
  redisUrl?: string | undefined;
  postgresUrl: string;
  logger: Logger;
  catalogue?: JobCatalogue;
}): Promise<Queues> {
  const { redisUrl, postgresUrl, logger } = options;
  const catalogue: JobCatalogue = options.catalogue ?? jobCatalogue;
  const store = redisUrl ? await openRedisStore(redisUrl, logger) : await openPostgresStore(postgresUrl, logger);
  const queues = new Map(jobNames.map((name) => [name, openQueue(store, name, logger)]));
  const pending = new Set<Promise<void>>();
  const nudged = new Map<string, { isRepeated: boolean; timer: NodeJS.Timeout; end: () => void }>();
  let isClosing = false;

  function queueOf(name: JobName): AnyQueue {
    const queue = queues.get(name);
    if (!queue) throw new Error(`no queue for job ${name}`);
    return queue;
  }

  async function enqueue<N extends JobName>(
    name: N,
    payload: JobPayload<N>,
    { delayMs }: EnqueueOptions = {},
  ): Promise<void> {
    if (isClosing) throw new Error(`job ${name} was not enqueued: the queue is closing`);
    const added = queueOf(name).add(name, payload, {
      ...jobOptions(catalogue[name], payload),
      ...(delayMs ? { delay: delayMs } : {}),
    });
    await withTimeout(added, enqueueTimeoutMs, `job ${name} was not enqueued`);
  }

  function nudge<N extends JobName>(name: N, payload: JobPayload<N>, enqueueOptions?: EnqueueOptions): void {
    const key = JSON.stringify([name, payload, enqueueOptions]);
    const earlier = nudged.get(key);
    if (earlier) {
      earlier.isRepeated = true;
      return;
    }
    const moment = { isRepeated: false, timer: setTimeout(end, catalogue[name].nudgeGapMs ?? nudgeGapMs), end };
    function end(): void {
      clearTimeout(moment.timer);
      nudged.delete(key);
      if (moment.isRepeated) nudge(name, payload, enqueueOptions);
    }
    nudged.set(key, moment);
    const work = enqueue(name, payload, enqueueOptions)
      .catch((error) => logger.warn({ job: name, err: error }, 'nudge lost; the sweeper will find the work'))
      .finally(() => pending.delete(work));
    pending.add(work);
  }

  return {
    enqueue,
    nudge,
    async startWorkers(handlers, tuning = {}) {
      const connection = store.workerConnection();
      const workers = jobNames.map((name) =>
        openWorker({ store, name, connection, settings: catalogue[name], handlers, tuning, logger }),
      );
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      for (const { job, everyMs } of jobSchedules) {
        await queueOf(job).upsertJobScheduler(job, { every: everyMs }, { name: job, data: {}, opts: finished });
      }
      return {
        async close() {
          await Promise.all(workers.map((worker) => worker.close()));
          workers.forEach(silence);
        },
      };
    },
    async ready() {
      await withTimeout(store.ping(), enqueueTimeoutMs, 'the queue does not answer');
    },
    async depth() {
      const counting = Promise.all(
        jobNames.map(async (name) => {
          const {
            waiting = 0,
            active = 0,
            delayed = 0,
          } = await queueOf(name).getJobCounts('waiting', 'active', 'delayed');
          return [name, { waiting, active, delayed }] as const;
        }),
      );
      const counts = await withTimeout(counting, enqueueTimeoutMs, 'the queue does not answer');
      return Object.fromEntries(counts) as Awaited<ReturnType<Queues['depth']>>;
    },
    async clear() {
      for (const queue of queues.values()) {
        await queue.obliterate({ force: true });
        await queue.resume();
      }
    },
    async close() {
      for (const moment of [...nudged.values()]) moment.end();
      for (const { timer } of nudged.values()) clearTimeout(timer);
      isClosing = true;
      await Promise.all(pending);
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      for (const queue of queues.values()) silence(queue);
      await store.close();
    },
  };
}

const finished = { removeOnComplete: true, removeOnFail: true } as const;

function jobOptions(settings: JobSettings, payload: JobPayload<JobName>): JobsOptions {
  const key = dedupeKey(payload);
  const dedupe: JobsOptions =
    settings.dedupe === 'until-finished' ? { jobId: key } : { deduplication: { id: key, keepLastIfActive: true } };
  return { ...finished, ...dedupe, attempts: settings.attempts, backoff: { type: 'catalogue' } };
}

type AnyQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend>;
type AnyWorker = Worker<unknown, void, string, IQueueBackend, JobProgress>;

function openQueue(store: QueueStore, name: JobName, logger: Logger): AnyQueue {
  const options = { connection: store.producerConnection, prefix: store.prefix } as QueueOptions;
  const queue: AnyQueue = new Queue(store.nameOf(name), options, store.factory);
  queue.on('error', (error) => logger.warn({ queue: name, err: error }, 'queue error'));
  return queue;
}

/** Connections that a closed queue still holds die with their server: nobody needs to hear of it. */
function silence(closed: EventEmitter): void {
  closed.removeAllListeners('error');
  closed.on('error', () => {});
}

function openWorker(options: {
  store: QueueStore;
  name: JobName;
  connection: unknown;
  settings: JobSettings;
  handlers: JobHandlers;
  tuning: WorkerTuning;
  logger: Logger;
}): AnyWorker {
  const { store, name, connection, settings, handlers, tuning, logger } = options;
  const run = {
    name,
    settings,
    handler: handlers[name] as JobHandler<JobName>,
    logger,
    onSettled: tuning.onSettled ?? (() => {}),
  };
  const workerOptions = {
    connection,
    prefix: store.prefix,
    concurrency: settings.concurrency,
    lockDuration: tuning.lockDurationMs ?? 30_000,
    stalledInterval: tuning.stalledIntervalMs ?? 15_000,
    runRetryDelay: 1_000,
    settings: {
      backoffStrategy: (attemptsMade: number, _type?: string, error?: Error) =>
        error instanceof RetryLater ? error.delayMs : backoffDelayMs(settings, attemptsMade, Math.random()),
    },
  } as WorkerOptions;
  const process = (job: Job, _token?: string, signal?: AbortSignal) =>
    runJob(run, job, signal ?? new AbortController().signal);
  const worker: AnyWorker = new Worker(store.nameOf(name), process, workerOptions, store.factory);
  worker.on('error', (error) => logger.warn({ queue: name, err: error }, 'worker error'));
  return worker;
}
