import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: 'spiky', name: 'spiky' } });
  const values = [...Array.from({ length: 60 }, (_, i) => 2 + 0.1 * (i % 3)), 9, 2, 2];
  const points = values.map((loss, step) => ({ step, values: { loss } }));
  await api.call(api.tokens.owner, 'POST', '/v1/runs/spiky/metrics', { body: { points } });
});
afterAll(() => api.close());

const replay = (body: unknown, token = api.tokens.reader) =>
  api.call(token, 'POST', '/v1/runs/spiky/dry_run', { body });

describe('POST /v1/runs/{id}/dry_run', () => {
  test('shows what would have fired with the defaults, and that a threshold stands in the finding', async () => {
    const { status, body } = await replay({});
    expect(status).toBe(200);
    expect(body).toMatchObject({ points: 63, complete: true, classes: [{ class: 'loss-spike' }] });
    expect(body.findings).toMatchObject([{ id: 'metric.spike', ref: 'loss', step: 60, data: { factor: 2.5 } }]);
  });

  test('shows what would have fired with other options, and stores nothing', async () => {
    const calm = await replay({ detectors: { 'metric.spike': { thresholds: { factor: 10 } } } });
    expect(calm.body).toMatchObject({ findings: [], classes: [] });
    const off = await replay({ detectors: { 'metric.spike': { enabled: false } } });
    expect(off.body.findings).toEqual([]);
    expect((await api.call(api.tokens.reader, 'GET', '/v1/incidents')).body.items).toEqual([]);
  });

  test('refuses options of another form, and runs that are not there', async () => {
    expect((await replay({ detectors: { 'metric.spike': { thresholds: { factor: 'much' } } } })).status).toBe(400);
    const missing = await api.call(api.tokens.reader, 'POST', '/v1/runs/none/dry_run', { body: {} });
    expect(missing.status).toBe(404);
  });
});
