// Traces read back: who sent them, and what they say.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { boundTrace } from '../../support/story.ts';

const run = 'traced';
let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: run, name: run, world_size: 4 } });
  for (const rank of [0, 1, 2]) {
    const body = { text: boundTrace(-3, 'lower'), step: 7, rank, host: `node${rank}` };
    expect((await api.call(api.tokens.owner, 'POST', `/v1/runs/${run}/traces`, { body })).status).toBe(202);
  }
});
afterAll(() => api.close());

describe('traces of a run', () => {
  test('are listed without their texts, page by page, the newest first', async () => {
    const first = await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/traces?limit=2`);
    expect(first.status).toBe(200);
    expect(first.body.items).toHaveLength(2);
    expect(first.body.items[0]).toMatchObject({ run_id: run, step: 7, origin: 'pushed', source: null });
    expect(first.body.items[0]).not.toHaveProperty('text');
    const rest = await api.call(
      api.tokens.reader,
      'GET',
      `/v1/runs/${run}/traces?limit=2&cursor=${first.body.next_cursor}`,
    );
    const ranks = [...first.body.items, ...rest.body.items].map(({ rank, host }) => `${rank} ${host}`);
    expect(ranks.sort()).toEqual(['0 node0', '1 node1', '2 node2']);
    expect(rest.body.next_cursor).toBeNull();
  });

  test('are read with text, frames and the lines that tell the failure', async () => {
    const { items } = (await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/traces`)).body;
    const { status, body } = await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/traces/${items[0].id}`);
    expect(status).toBe(200);
    expect(body.text).toBe(boundTrace(-3, 'lower'));
    expect(body.exception).toMatchObject({ type: 'ValueError' });
    expect(body.exception.frames.length).toBeGreaterThan(1);
    expect(body.matched.map(({ text }: { text: string }) => text).join()).toMatch(/Target -3 is out of lower bound/);
  });

  test('belong to their run, and only those who may read see them', async () => {
    const { items } = (await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/traces`)).body;
    await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: 'other', name: 'other' } });
    expect((await api.call(api.tokens.reader, 'GET', `/v1/runs/other/traces/${items[0].id}`)).status).toBe(404);
    expect((await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/traces/trc_none`)).status).toBe(404);
    expect((await api.call(null, 'GET', `/v1/runs/${run}/traces`)).status).toBe(401);
  });
});
