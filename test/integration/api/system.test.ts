import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackendChoice } from '../../../src/contracts/health.ts';
import { findWorkers, saveWorker } from '../../../src/platform/db/workers.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

const dfl: BackendChoice = {
  requested: 'auto',
  chosen: 'cpu',
  device: 'a processor',
  rejected: [{ backend: 'webgpu', reason: 'no adapter' }],
  failures: [{ at: '2026-11-23T11:59:00.000Z', backend: 'webgpu', failure: 'device-lost', reason: 'unplugged' }],
};
let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi({
    queueDepth: async () => {
      throw new Error('the queue is away');
    },
  });
});
afterAll(() => api.close());

function report(id: string, ageMs: number) {
  const now = api.deps.clock.now().getTime();
  const seenAt = new Date(now - ageMs);
  return saveWorker(api.deps.database.client, { id, host: 'gpu-box', pid: 7, startedAt: seenAt, seenAt, dfl });
}

describe('workers', () => {
  test('are shown with backend, reasons and failures while they were seen lately, and their old rows are removed', async () => {
    await report('wrk_gone', 60_000);
    await report('wrk_quiet', 40_000);
    await report('wrk_here', 1_000);
    const { status, body } = await api.call(api.tokens.reader, 'GET', '/v1/system');
    expect(status).toBe(200);
    expect(body.workers.map(({ id }: { id: string }) => id)).toEqual(['wrk_here', 'wrk_quiet']);
    expect(body.workers[0]).toMatchObject({ host: 'gpu-box', pid: 7, dfl });
    expect(body.queue).toBeNull();
    expect(body.storage).toEqual({ database_bytes: expect.any(Number), captures: 0, capture_bytes: 0 });
    expect(body.storage.database_bytes).toBeGreaterThan(1_000_000);
    const ready = await api.call(null, 'GET', '/readyz');
    expect(ready.body).toMatchObject({ dfl, workers: [{ id: 'wrk_here', dfl }, { id: 'wrk_quiet' }] });
    const atTheirTime = new Date(api.deps.clock.now().getTime() - 60_000);
    const stored = await findWorkers(api.deps.database.client, atTheirTime);
    expect(stored.map(({ id }) => id)).not.toContain('wrk_gone');
  });

  test('are told to readers, not to those who only push', async () => {
    expect((await api.call(api.tokens.owner, 'GET', '/v1/system')).status).toBe(403);
    expect((await api.call(null, 'GET', '/v1/system')).status).toBe(401);
    expect((await api.call(api.tokens.admin, 'GET', '/v1/system')).status).toBe(200);
  });
});
