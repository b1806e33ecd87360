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

  test('says what was found in the language asked for', async () => {
    const headers = { 'accept-language': 'zh-CN' };
    const { body } = await api.call(api.tokens.reader, 'POST', '/v1/runs/spiky/dry_run', { body: {}, headers });
    expect(body.findings[0].text).toBe('loss 在第 60 步跳到 9；近期中位数为 2.1');
    const { items } = (await api.call(api.tokens.reader, 'GET', '/v1/detectors', { headers })).body;
    const spike = items.find(({ id }: { id: string }) => id === 'metric.spike');
    expect(spike).toMatchObject({ title: '损失突然跳升', thresholds: { factor: 2.5 } });
    expect(spike.options.find(({ name }: { name: string }) => name === 'factor')).toEqual({
      ...{ name: 'factor', type: 'number', unit: 'times', default: 2.5, minimum: 1, maximum: 1e9 },
      text: '总损失须超过中位数的倍数',
    });
  });

  test('names the threshold that is out of its bounds', async () => {
    const { status, body } = await replay({ detectors: { 'metric.spike': { thresholds: { window: 0 } } } });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { path: '/detectors/metric.spike/thresholds/window', message: 'must be a whole number from 1 to 1000' },
    ]);
  });

  test('refuses options of another form, and runs that are not there', async () => {
    expect((await replay({ detectors: { 'metric.spike': { thresholds: { factor: 'much' } } } })).status).toBe(400);
    const missing = await api.call(api.tokens.reader, 'POST', '/v1/runs/none/dry_run', { body: {} });
    expect(missing.status).toBe(404);
  });
});
