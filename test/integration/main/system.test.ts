// What computes the DFL is visible wherever it computes: in the process that answers, and in workers that only share its database.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { startTestRedis, type TestRedis } from '../../support/redis.ts';
import { makeDataFolder, type RunningService, startService, until } from '../../support/service.ts';

// Starts of a whole service, several at a time on a small machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const redis: TestRedis | null = await startTestRedis();
const folder = makeDataFolder();
afterAll(async () => {
  await redis?.stop();
  folder.remove();
});

const ready = async (service: RunningService) => (await service.call('GET', '/readyz')).body;
const system = async (service: RunningService) => (await service.call('GET', '/v1/system')).body;

describe('the embedded service', () => {
  it('tells at once what computes, why others do not, and what waits; killed and started anew, it shows one worker again', async () => {
    const killed = await startService(folder.path);
    try {
      const { dfl, workers } = await ready(killed);
      expect(dfl).toMatchObject({ requested: 'auto', chosen: expect.any(String), device: expect.any(String) });
      expect(workers).toEqual([{ id: expect.stringMatching(/^wrk_/), dfl }]);
      const answer = await system(killed);
      expect(answer.workers).toMatchObject([{ pid: killed.process.pid, dfl }]);
      expect(answer.captures).toEqual({ pending: 0, limit: 10_000 });
      expect(answer.queue['recompute-dfl']).toEqual({ waiting: 0, active: 0, delayed: 0 });
    } finally {
      await killed.end('SIGKILL');
    }
    const service = await startService(folder.path);
    try {
      expect((await system(service)).workers).toMatchObject([{ pid: service.process.pid }]);
    } finally {
      await service.end('SIGTERM');
    }
  });
});

describe.each(redis ? [redis.url] : [])('api and workers as separate processes', (redisUrl) => {
  let database: TestDatabase;
  let api: RunningService;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, REDIS_URL: redisUrl };
    api = await startService(folder.path, env, 'api');
  });
  afterAll(async () => {
    await api?.end('SIGTERM');
    await database.drop();
  });

  it('show a worker from its start to its end', async () => {
    expect(await ready(api)).toMatchObject({ status: 'ready', dfl: null, workers: [] });
    const worker = await startService(folder.path, env, 'worker');
    const shown = await ready(api);
    expect(shown.dfl).toMatchObject({ requested: 'auto', chosen: expect.any(String) });
    expect(shown.workers).toMatchObject([{ dfl: shown.dfl }]);
    expect((await system(api)).workers).toMatchObject([{ pid: worker.process.pid, dfl: shown.dfl }]);
    await worker.end('SIGTERM');
    await until('the worker to be gone', async () => ((await system(api)).workers.length === 0 ? true : null));
    expect((await ready(api)).dfl).toBeNull();
  });
});
