// The recorded runs that ship with the repository, replayed into the service as it runs alone and as separate API and worker processes
// on PostgreSQL and Redis: each must lead to what its expected.json says.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiClient } from '../../src/main/api-client.ts';
import { replayRecordedRun } from '../../src/main/replay-recorded-run.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { startTestRedis } from '../support/redis.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';

interface Expected {
  incidents: number;
  class?: string;
  cause?: string;
}

/** Starts a layout; answers where to send requests, and how to end everything. */
type Start = () => Promise<{ service: RunningService; end(): Promise<void> }>;

const alone: Start = async () => {
  const folder = makeDataFolder();
  const service = await startService(folder.path);
  return {
    service,
    async end() {
      await service.end('SIGTERM');
      folder.remove();
    },
  };
};

/** Without Redis on this machine (startTestRedis says so loudly) one process on its own PostgreSQL queue takes its place. */
const separate: Start = async () => {
  const redis = await startTestRedis();
  if (!redis) return alone();
  const folder = makeDataFolder();
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
  const service = await startService(folder.path, env, 'api');
  const workers = await Promise.all([1, 2].map(() => startService(folder.path, env, 'worker')));
  return {
    service,
    async end() {
      const codes = await Promise.all([service, ...workers].map((process) => process.end('SIGTERM')));
      await redis.stop();
      await database.drop();
      folder.remove();
      expect(codes).toEqual([0, 0, 0]);
    },
  };
};

describe.each([
  ['one process', alone],
  ['an API and two workers on Redis', separate],
] as const)('in %s', (_name, start) => {
  let running: Awaited<ReturnType<Start>>;
  beforeAll(async () => {
    running = await start();
  }, 120_000);
  afterAll(() => running?.end(), 60_000);

  it.each(['ppyoloe-masked-select', 'ppyoloe-labels', 'ppyoloe-healthy'])(
    '%s leads to what it should',
    async (recording) => {
      const { service } = running;
      const folder = `examples/recorded/${recording}`;
      const expected: Expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));
      const client = createApiClient({ url: service.url, token: service.token, locale: 'en' });
      await replayRecordedRun({ client, folder, runId: recording });
      await until('the analysis of every capture', async () => {
        const { body } = await service.call('GET', `/v1/runs/${recording}/captures`);
        return body.items.every((item: any) => item.status === 'done') ? body.items : null;
      });
      if (expected.incidents === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect((await service.call('GET', `/v1/incidents?run=${recording}`)).body.items).toEqual([]);
        return;
      }
      const incident = await until('the incident', async () => {
        const { body } = await service.call('GET', `/v1/incidents?run=${recording}`);
        return body.items.length === expected.incidents &&
          body.items[0].class === expected.class &&
          body.items[0].cause?.id === expected.cause
          ? body.items[0]
          : null;
      });
      expect(incident.runs).toEqual([recording]);
    },
  );
});
