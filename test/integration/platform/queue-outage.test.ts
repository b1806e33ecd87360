// The store of the queue goes away under running workers and comes back.
import { describe, expect, it } from 'vitest';
import { jobNames } from '../../../src/contracts/jobs.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createQueues } from '../../../src/platform/queue/queues.ts';
import type { JobHandlers } from '../../../src/platform/queue/run-job.ts';
import { startCuttableProxy } from '../../support/cuttable-proxy.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { startTestRedis } from '../../support/redis.ts';
import { until } from '../../support/service.ts';

const logger = createLogger({ level: 'silent' });

async function openStore(store: 'postgres' | 'redis') {
  if (store === 'postgres') {
    const database = await createTestDatabase();
    const proxy = await startCuttableProxy(database.url);
    return { proxy, options: { postgresUrl: proxy.url, logger }, remove: () => database.drop() };
  }
  const redis = await startTestRedis();
  if (!redis) return null;
  const proxy = await startCuttableProxy(redis.url);
  return { proxy, options: { redisUrl: proxy.url, postgresUrl: '', logger }, remove: () => redis.stop() };
}

describe.each(['postgres', 'redis'] as const)('the queue on %s', (kind) => {
  it('loses nudges without throwing while its store is away, and works on when it is back', async () => {
    const store = await openStore(kind);
    if (!store) return;
    const { proxy, options, remove } = store;
    const queues = await createQueues(options);
    const seen: string[] = [];
    const idle = Object.fromEntries(jobNames.map((name) => [name, async () => {}])) as unknown as JobHandlers;
    const workers = await queues.startWorkers({
      ...idle,
      deliver: async ({ deliveryId }) => void seen.push(deliveryId),
    });
    await queues.enqueue('deliver', { deliveryId: 'before' });
    await until('the first job', async () => (seen.includes('before') ? true : null));

    await proxy.cut();
    expect(() => queues.nudge('deliver', { deliveryId: 'lost' })).not.toThrow();
    await expect(queues.enqueue('deliver', { deliveryId: 'refused' })).rejects.toThrow();
    await expect(queues.ready()).rejects.toThrow();

    await proxy.restore();
    await until('the queue to answer', () =>
      queues.ready().then(
        () => true,
        () => null,
      ),
    );
    await queues.enqueue('deliver', { deliveryId: 'after' });
    await until('the job after the outage', async () => (seen.includes('after') ? true : null));
    await workers.close();
    await queues.close();
    await proxy.cut();
    await remove();
  }, 60_000);
});
