// GET /v1/runs/{id}/findings: the marks on a run's curves, told in the reader's language and page by page.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/contracts/findings.ts';
import { insertFindings } from '../../../src/platform/db/findings.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: 'marked', name: 'marked' } });
  const spike = (step: number): Finding => ({
    id: 'metric.spike',
    version: 1,
    severity: 'warning',
    kind: 'metric',
    ref: 'loss',
    step,
    rank: 0,
    data: { value: 90, median: 1.5 },
  });
  const shifted: Finding = { ...spike(7), id: 'dfl.targets-saturated', kind: 'capture', ref: 'cap_1', rank: null };
  await insertFindings(api.deps.database.client, 'marked', [spike(3), shifted, spike(9)], api.deps.clock.now());
});
afterAll(() => api.close());

const read = (query = '', headers = {}, token = api.tokens.reader) =>
  api.call(token, 'GET', `/v1/runs/marked/findings${query}`, { headers });

test('every finding says where it lies and what it means', async () => {
  const { body } = await read();
  expect(body.items.map(({ id, step }: Finding) => [id, step])).toEqual([
    ['metric.spike', 3],
    ['dfl.targets-saturated', 7],
    ['metric.spike', 9],
  ]);
  expect(body.items[0]).toMatchObject({ ref: 'loss', rank: 0, severity: 'warning', found_at: expect.any(String) });
  expect(body.items[0].text).toMatch(/^[A-Z].*3/);
  expect((await read('', { 'accept-language': 'zh-CN' })).body.items[0].text).toMatch(/\p{Script=Han}/u);
});

test('one kind, page by page', async () => {
  const first = (await read('?kind=metric&limit=1')).body;
  expect(first.items[0].step).toBe(3);
  const second = (await read(`?kind=metric&limit=1&cursor=${first.next_cursor}`)).body;
  expect(second.items[0].step).toBe(9);
  expect(second.next_cursor).toBeNull();
});

test('nobody sees the findings of another project', async () => {
  expect((await read('', {}, api.tokens.strangerReader)).status).toBe(404);
});
