// The queue on both of its stores, with the same cases.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type JobName, type JobPayload, jobCatalogue, jobNames } from '../../../src/contracts/jobs.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import type { JobCatalogue } from '../../../src/platform/queue/catalogue.ts';
import { PermanentError, RetryLater } from '../../../src/platform/queue/errors.ts';
import { createQueues, type Queues } from '../../../src/platform/queue/queues.ts';
import type { JobContext, JobHandlers, JobOutcome } from '../../../src/platform/queue/run-job.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { startTestRedis, type TestRedis } from '../../support/redis.ts';
import { until } from '../../support/service.ts';

const logger = createLogger({ level: 'silent' });
/** The contract's catalogue with delays that a test can wait for. */
const catalogue: JobCatalogue = {
  ...jobCatalogue,
  'recompute-dfl': { ...jobCatalogue['recompute-dfl'], attempts: 3, backoffMs: [60, 120], jitter: 0 },
  'diagnose-run': { ...jobCatalogue['diagnose-run'], backoffMs: [30] },
};

const redis: TestRedis | null = await startTestRedis();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await redis?.stop();
});

type Handle = (payload: never, context: JobContext) => Promise<void>;

const stores: ('postgres' | 'redis')[] = redis ? ['postgres', 'redis'] : ['postgres'];
describe.each(stores)('the queue on %s', (store) => {
  let queues: Queues;
  let workers: { close(): Promise<void> } | null = null;
  let outcomes: JobOutcome[];

  async function open(): Promise<Queues> {
    queues = await createQueues({
      redisUrl: store === 'redis' ? redis?.url : undefined,
      postgresUrl: database.url,
      logger,
      catalogue,
    });
    await queues.clear();
    return queues;
  }

  async function work(handlers: Partial<Record<JobName, Handle>>, tuning = {}): Promise<void> {
    outcomes = [];
    const all = Object.fromEntries(
      jobNames.map((name) => [name, handlers[name] ?? (async () => {})]),
    ) as unknown as JobHandlers;
    workers = await queues.startWorkers(all, { ...tuning, onSettled: (outcome) => outcomes.push(outcome) });
  }

  /** Waits until `count` attempts of the job have ended and none is left. */
  const settled = (name: JobName, count: number) =>
    until(`${count} attempts of ${name}`, async () => {
      const ended = outcomes.filter((outcome) => outcome.job === name);
      if (ended.length < count) return null;
      const { waiting, active, delayed } = (await queues.depth())[name];
      return waiting + active + delayed === 0 ? ended : null;
    });

  afterEach(async () => {
    await workers?.close();
    workers = null;
    await queues.close();
  });

  it('runs an enqueued job once, with its payload', async () => {
    await open();
    const seen: JobPayload<'recompute-dfl'>[] = [];
    await work({ 'recompute-dfl': async (payload) => void seen.push(payload) });
    await queues.enqueue('recompute-dfl', { lane: 1 });
    await settled('recompute-dfl', 1);
    expect(seen).toEqual([{ lane: 1 }]);
  });

  it('tries a failed job again after the delays of the catalogue, and no more often than it says', async () => {
    await open();
    const at: number[] = [];
    const attempts: number[] = [];
    await work({
      'recompute-dfl': async (_payload, context) => {
        at.push(performance.now());
        attempts.push(context.attemptsMade);
        throw new Error('the engine is away');
      },
    });
    await queues.enqueue('recompute-dfl', { lane: 1 });
    const ended = await settled('recompute-dfl', 3);
    expect(attempts).toEqual([0, 1, 2]);
    expect(ended.map((outcome) => outcome.willRetry)).toEqual([true, true, false]);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(55);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThanOrEqual(115);
  });

  it('lets a handler choose when it is tried again', async () => {
    await open();
    let calls = 0;
    await work({
      deliver: async () => {
        calls += 1;
        if (calls === 1) throw new RetryLater(50);
      },
    });
    await queues.enqueue('deliver', { deliveryId: 'dlv_1' });
    // The catalogue itself would wait five seconds.
    await settled('deliver', 2);
    expect(calls).toBe(2);
  });

  it('does not try a permanent error again', async () => {
    await open();
    let calls = 0;
    await work({
      'diagnose-run': async () => {
        calls += 1;
        throw new PermanentError('the run is gone');
      },
    });
    await queues.enqueue('diagnose-run', { runId: 'run-1' });
    const ended = await settled('diagnose-run', 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ended[0]).toMatchObject({ outcome: 'failed', willRetry: false });
    expect(calls).toBe(1);
  });

  it('refuses a payload that the catalogue does not describe', async () => {
    await open();
    let calls = 0;
    await work({
      'diagnose-run': async () => {
        calls += 1;
      },
    });
    await queues.enqueue('diagnose-run', { runID: 'run-1' } as never);
    const ended = await settled('diagnose-run', 1);
    expect(ended[0]).toMatchObject({ outcome: 'failed', willRetry: false });
    expect(calls).toBe(0);
  });

  it.each(['deliver', 'detect-anomalies'] as const)('counts equal waiting jobs of %s as one', async (name) => {
    await open();
    const payload = { deliveryId: 'same', lane: 1 };
    for (let i = 0; i < 5; i += 1) await queues.enqueue(name, payload);
    await queues.enqueue(name, { deliveryId: 'other', lane: 2 });
    expect((await queues.depth())[name].waiting).toBe(2);
    await work({});
    await settled(name, 2);
    expect(outcomes.filter((outcome) => outcome.job === name)).toHaveLength(2);
  });

  it.each(['recompute-dfl', 'detect-anomalies', 'deliver'] as const)(
    'runs an equal job of %s again once the first has ended',
    async (name) => {
      await open();
      await work({});
      const payload = { lane: 1, deliveryId: 'same' };
      await queues.enqueue(name, payload);
      await settled(name, 1);
      await queues.enqueue(name, payload);
      expect(await settled(name, 2)).toHaveLength(2);
    },
  );

  it('runs a failed job again when it is enqueued anew, so that the sweeper can repair', async () => {
    await open();
    await work({
      'diagnose-run': async () => {
        throw new PermanentError('not today');
      },
    });
    await queues.enqueue('diagnose-run', { runId: 'run-1' });
    await settled('diagnose-run', 1);
    await queues.enqueue('diagnose-run', { runId: 'run-1' });
    expect(await settled('diagnose-run', 2)).toHaveLength(2);
  });

  it('runs exactly once more when a lane is nudged many times while it is being worked on', async () => {
    await open();
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = 0;
    let most = 0;
    let calls = 0;
    await work({
      'detect-anomalies': async () => {
        calls += 1;
        running += 1;
        most = Math.max(most, running);
        await gate;
        running -= 1;
      },
    });
    await queues.enqueue('detect-anomalies', { lane: 1 });
    await until('the job to run', async () => (calls === 1 ? true : null));
    for (let i = 0; i < 4; i += 1) await queues.enqueue('detect-anomalies', { lane: 1 });
    release();
    await settled('detect-anomalies', 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(calls).toBe(2);
    expect(most).toBe(1);
  });

  it('does not run a delayed job before its time', async () => {
    await open();
    await work({});
    await queues.enqueue('deliver', { deliveryId: 'dlv_1' }, { delayMs: 400 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(outcomes.filter((outcome) => outcome.job === 'deliver')).toEqual([]);
    expect((await queues.depth()).deliver.delayed).toBe(1);
    await settled('deliver', 1);
  });

  it('runs the scheduled jobs without anybody enqueuing them', async () => {
    await open();
    await work({});
    await until('both scheduled jobs', async () => {
      const seen = new Set(outcomes.map((outcome) => outcome.job));
      return seen.has('sweep-unfinished') && seen.has('prune-expired') ? true : null;
    });
  });

  it('gives the job of a killed worker to another one', async () => {
    await open();
    const child = fork(join(import.meta.dirname, '../../support/hanging-worker.ts'), [], {
      execArgv: ['--import', 'tsx'],
      env: {
        ...process.env,
        TEST_POSTGRES_URL: database.url,
        ...(store === 'redis' ? { TEST_REDIS_URL: redis?.url } : {}),
      },
    });
    await once(child, 'message');
    await queues.enqueue('recompute-dfl', { lane: 1 });
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await work({}, { lockDurationMs: 1_000, stalledIntervalMs: 500 });
    await settled('recompute-dfl', 1);
    expect(outcomes.filter(({ job }) => job === 'recompute-dfl')).toMatchObject([{ outcome: 'done' }]);
  });

  it('forgets everything when cleared, and works on', async () => {
    await open();
    await queues.enqueue('deliver', { deliveryId: 'dlv_1' }, { delayMs: 60_000 });
    await queues.enqueue('diagnose-run', { runId: 'run-1' });
    await queues.clear();
    expect(
      Object.values(await queues.depth()).every(({ waiting, active, delayed }) => waiting + active + delayed === 0),
    ).toBe(true);
    await work({});
    await queues.enqueue('deliver', { deliveryId: 'dlv_1' });
    await settled('deliver', 1);
  });

  it('delivers nudges that are under way when it is closed', async () => {
    await open();
    queues.nudge('diagnose-run', { runId: 'run-1' });
    await queues.close();
    queues = await createQueues({
      redisUrl: store === 'redis' ? redis?.url : undefined,
      postgresUrl: database.url,
      logger,
      catalogue,
    });
    expect((await queues.depth())['diagnose-run'].waiting).toBe(1);
  });

  it('answers the readiness check, and fails it after closing', async () => {
    await open();
    await queues.ready();
    await queues.close();
    await expect(queues.ready()).rejects.toThrow();
    await open();
  });
});

describe('the queue on PostgreSQL', () => {
  it('is made by several starts at once without a conflict', async () => {
    const fresh = await createTestDatabase();
    const opened = await Promise.all([1, 2, 3].map(() => createQueues({ postgresUrl: fresh.url, logger })));
    await Promise.all(opened.map((queues) => queues.ready()));
    await Promise.all(opened.map((queues) => queues.close()));
    await fresh.drop();
  });

  it('works for all jobs on fourteen connections', async () => {
    const fresh = await createTestDatabase();
    const queues = await createQueues({ postgresUrl: fresh.url, logger });
    const workers = await queues.startWorkers(
      Object.fromEntries(jobNames.map((name) => [name, async () => {}])) as unknown as JobHandlers,
    );
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => queues.enqueue('deliver', { deliveryId: `dlv_${index}` })),
    );
    const client = new pg.Client({ connectionString: fresh.url });
    await client.connect();
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await client.end();
    await workers.close();
    await queues.close();
    await fresh.drop();
    // Six that listen, and the rest.
    expect(rows[0]?.count).toBeGreaterThan(6);
    expect(rows[0]?.count).toBeLessThanOrEqual(14);
  });

  it('throws from enqueue, and only logs from nudge, when the database is gone', async () => {
    const fresh = await createTestDatabase();
    const queues = await createQueues({ postgresUrl: fresh.url, logger });
    await fresh.drop();
    await expect(queues.enqueue('deliver', { deliveryId: 'dlv_1' })).rejects.toThrow();
    expect(() => queues.nudge('deliver', { deliveryId: 'dlv_1' })).not.toThrow();
    await queues.close();
  });

  it('says that Redis cannot be reached without showing its password', async () => {
    const opening = createQueues({ redisUrl: 'redis://:hidden-word@127.0.0.1:1', postgresUrl: '', logger });
    const error = await opening.catch((caught: Error) => caught);
    expect(String(error)).toContain('REDIS_URL');
    expect(String(error)).not.toContain('hidden-word');
  });
});
