// A worker process that takes a recompute-dfl job and never ends it, for tests that kill it.
import { type JobName, jobNames } from '../../src/contracts/jobs.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createQueues } from '../../src/platform/queue/queues.ts';
import type { JobHandlers } from '../../src/platform/queue/run-job.ts';

const queues = await createQueues({
  redisUrl: process.env.TEST_REDIS_URL,
  postgresUrl: process.env.TEST_POSTGRES_URL ?? '',
  logger: createLogger({ level: 'silent' }),
});
const hang = (name: JobName) => async () => {
  if (name !== 'recompute-dfl') return;
  process.send?.('taken');
  await new Promise(() => {});
};
const handlers = Object.fromEntries(jobNames.map((name) => [name, hang(name)])) as unknown as JobHandlers;
await queues.startWorkers(handlers, { lockDurationMs: 1_000, stalledIntervalMs: 500 });
process.send?.('listening');
