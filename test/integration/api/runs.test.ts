import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

describe('runs', () => {
  test('a run is created once and joined by the ranks that come later', async () => {
    const { owner } = api.tokens;
    const body = {
      id: 'run-a',
      name: 'ppyoloe',
      environment: { os: 'Windows', packages: { 'paddlepaddle-gpu': '2.3.2' } },
      tags: { a: 1 },
      unknown_field: true,
    };
    const first = await api.call(owner, 'POST', '/v1/runs', { body });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      id: 'run-a',
      project: 'vision',
      status: 'running',
      last_step: null,
      open_incidents: 0,
    });
    const second = await api.call(owner, 'POST', '/v1/runs', {
      body: { id: 'run-a', name: 'rank 1', environment: { packages: { numpy: '1.26' } } },
    });
    expect(second.status).toBe(200);
    expect(second.body.name).toBe('ppyoloe');
    expect(second.body.environment).toEqual({
      os: 'Windows',
      packages: { 'paddlepaddle-gpu': '2.3.2', numpy: '1.26' },
    });
    const read = await api.call(api.tokens.reader, 'GET', '/v1/runs/run-a');
    expect(read.body.tags).toEqual({ a: 1 });
  });

  test('a run in an environment that is known to fail is warned before its first step, in the language of its reader', async () => {
    const body = {
      name: 'known to fail',
      device: 'gpu',
      environment: { os: 'Windows 10', packages: { 'paddlepaddle-gpu': '2.3.2' } },
    };
    const register = (language: string) =>
      api.call(api.tokens.owner, 'POST', '/v1/runs', { body, headers: { 'accept-language': language } });
    const { status, body: created } = await register('en');
    expect(status).toBe(201);
    expect(created.warnings).toMatchObject([
      {
        id: 'paddle-2-3-gpu-on-windows',
        severity: 'critical',
        classes: ['target-out-of-bound', 'selection-corrupted'],
        advice: expect.stringContaining('2.6.1'),
      },
    ]);
    expect((await register('zh-CN')).body.warnings[0].text).toMatch(/选错行/);
    const rtx = { world_size: 2, environment: { gpu: 'NVIDIA GeForce RTX 4090', driver: '535.129.03' } };
    const two = await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { name: 'two cards', ...rtx } });
    expect(two.body.warnings).toMatchObject([{ id: 'rtx-40-peer-to-peer', classes: ['nccl-failure', 'run-stalled'] }]);
    const fine = await api.call(api.tokens.owner, 'POST', '/v1/runs', {
      body: { ...body, environment: { os: 'Ubuntu 22.04', packages: { 'paddlepaddle-gpu': '2.6.1' } } },
    });
    expect(fine.body.warnings).toEqual([]);
  });

  test('a run without an id gets one', async () => {
    const created = await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { name: 'nameless' } });
    expect(created.status).toBe(201);
    expect(created.body.id).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
    expect(created.body.project).toBe('default');
  });

  test('an id that another project uses is a conflict that asks for another id', async () => {
    const taken = await api.call(api.tokens.strangerOwner, 'POST', '/v1/runs', { body: { id: 'run-a', name: 'mine' } });
    expect(taken.status).toBe(409);
    expect(taken.body.errors[0].path).toBe('/id');
    expect((await api.call(api.tokens.admin, 'GET', '/v1/runs/run-a')).body.name).toBe('ppyoloe');
  });

  test('a token without a project joins a run without naming its project', async () => {
    expect((await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id: 'run-a', name: 'x' } })).status).toBe(
      200,
    );
  });

  test('a token of one project cannot create a run in another', async () => {
    const refused = await api.call(api.tokens.owner, 'POST', '/v1/runs', {
      body: { id: 'run-x', name: 'x', project: 'other' },
    });
    expect(refused.status).toBe(403);
    expect((await api.call(api.tokens.admin, 'GET', '/v1/runs/run-x')).status).toBe(404);
  });

  test('lists are filtered, confined to the project and paged', async () => {
    for (let index = 0; index < 5; index += 1) {
      api.advanceMs(1000);
      await api.call(api.tokens.strangerOwner, 'POST', '/v1/runs', {
        body: { id: `other-${index}`, name: `night ${index}` },
      });
    }
    const all: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { status: number; body: { items: { id: string }[]; next_cursor: string | null } } = await api.call(
        api.tokens.strangerReader,
        'GET',
        `/v1/runs?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      expect(page.status).toBe(200);
      all.push(...page.body.items.map((item) => item.id));
      cursor = page.body.next_cursor;
    }
    expect(all).toEqual(['other-4', 'other-3', 'other-2', 'other-1', 'other-0']);
    const found = await api.call(api.tokens.admin, 'GET', '/v1/runs?q=NIGHT%203&status=running&project=other');
    expect(found.body.items.map((item: { id: string }) => item.id)).toEqual(['other-3']);
    expect((await api.call(api.tokens.reader, 'GET', '/v1/runs?project=other')).status).toBe(403);
  });

  test('a run is renamed and finished', async () => {
    const patched = await api.call(api.tokens.owner, 'PATCH', '/v1/runs/run-a', {
      body: { status: 'finished', name: 'renamed', tags: { b: 2 } },
    });
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ status: 'finished', name: 'renamed', tags: { a: 1, b: 2 } });
  });

  test('a heartbeat moves step and time, with or without a body', async () => {
    api.advanceMs(60_000);
    const beat = await api.call(api.tokens.owner, 'POST', '/v1/runs/run-a/heartbeat', {
      body: { phase: 'eval', step: 77, expect_next_in_s: 30 },
    });
    expect(beat.status).toBe(204);
    expect((await api.call(api.tokens.owner, 'POST', '/v1/runs/run-a/heartbeat')).status).toBe(204);
    expect(
      (
        await api.call(api.tokens.owner, 'POST', '/v1/runs/run-a/heartbeat', {
          body: '',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(204);
    const run = await api.call(api.tokens.reader, 'GET', '/v1/runs/run-a');
    expect(run.body.last_step).toBe(77);
    expect(run.body.last_seen_at).toBe(api.deps.clock.now().toISOString());
  });
});

describe('who may do what', () => {
  const calls: [method: string, url: string, body: unknown, access: 'ingest' | 'read'][] = [
    ['GET', '/v1/runs/run-a', undefined, 'read'],
    ['GET', '/v1/runs/run-a/metrics', undefined, 'read'],
    ['GET', '/v1/runs/run-a/captures', undefined, 'read'],
    ['GET', '/v1/runs/run-a/captures/cap_x', undefined, 'read'],
    ['PATCH', '/v1/runs/run-a', { tags: {} }, 'ingest'],
    ['POST', '/v1/runs/run-a/metrics', { points: [{ step: 1, values: { loss: 1 } }] }, 'ingest'],
    ['POST', '/v1/runs/run-a/heartbeat', {}, 'ingest'],
    ['POST', '/v1/runs/run-a/traces', { text: 'ValueError: x' }, 'ingest'],
    ['POST', '/v1/runs/run-a/captures', {}, 'ingest'],
  ];

  test.each(calls)(
    '%s %s: 401 without a token, 403 for the wrong role, 404 for another project',
    async (method, url, body, access) => {
      const { owner, reader, strangerOwner, strangerReader, admin } = api.tokens;
      const missing = await api.call(null, method, url, { body });
      expect(missing.status).toBe(401);
      expect(missing.headers['www-authenticate']).toBe('Bearer');
      expect((await api.call('lw_wrong', method, url, { body })).status).toBe(401);
      expect((await api.call(access === 'read' ? owner : reader, method, url, { body })).status).toBe(403);
      const stranger = await api.call(access === 'read' ? strangerReader : strangerOwner, method, url, { body });
      expect(stranger.status).toBe(404);
      for (const allowed of [access === 'read' ? reader : owner, admin]) {
        const { status, body: answer } = await api.call(allowed, method, url, { body });
        const isAnswered = status < 300 || answer.code === 'invalid_capture' || url.endsWith('cap_x');
        expect(isAnswered, JSON.stringify(answer)).toBe(true);
      }
    },
  );

  test('only admins see webhooks, make tokens and change incidents', async () => {
    for (const token of [api.tokens.owner, api.tokens.reader]) {
      expect((await api.call(token, 'GET', '/v1/webhooks')).status).toBe(403);
      expect((await api.call(token, 'POST', '/v1/tokens', { body: { name: 'x', role: 'admin' } })).status).toBe(403);
      expect((await api.call(token, 'PATCH', '/v1/incidents/inc_1', { body: { state: 'resolved' } })).status).toBe(403);
    }
  });

  test('a token made by an admin works at once, and one of a project makes tokens of that project only', async () => {
    const projectAdmin = await api.makeToken('admin', 'vision');
    const made = await api.call(projectAdmin, 'POST', '/v1/tokens', { body: { name: 'trainer', role: 'ingest' } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'trainer', role: 'ingest', project: 'vision' });
    expect((await api.call(made.body.token, 'POST', '/v1/runs/run-a/heartbeat', { body: {} })).status).toBe(204);
    expect(
      (await api.call(projectAdmin, 'POST', '/v1/tokens', { body: { name: 'x', role: 'read', project: 'other' } }))
        .status,
    ).toBe(403);
    const { rows } = await storedTokens(made.body.token);
    expect(rows).toBe(0);
  });

  test('failed attempts of one address are slowed down after sixty in a minute', async () => {
    let last = await api.call('lw_wrong', 'GET', '/v1/runs');
    for (let attempt = 0; attempt < 61; attempt += 1) last = await api.call(`lw_wrong${attempt}`, 'GET', '/v1/runs');
    expect(last.status).toBe(429);
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.call(api.tokens.reader, 'GET', '/v1/runs')).status).toBe(200);
    api.advanceMs(61_000);
    expect((await api.call('lw_wrong', 'GET', '/v1/runs')).status).toBe(401);
  });
});

/** Rows that hold a token in the clear: none may. */
async function storedTokens(token: string): Promise<{ rows: number }> {
  return {
    rows: await api.deps.database.client.token.count({
      where: { OR: [{ hash: token }, { name: token }, { id: token }] },
    }),
  };
}
