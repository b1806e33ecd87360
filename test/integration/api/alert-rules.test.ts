// Routes, silences and maintenance windows over HTTP, and what was told of an incident.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '../../../src/domain/incidents/transitions/on-diagnosed.ts';
import { commitChange } from '../../../src/flows/incidents.ts';
import { recordAttempt } from '../../../src/platform/db/deliveries.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { makeDiagnosis } from '../../support/diagnosis.ts';

let api: TestApi;
let endpoint: string;
beforeAll(async () => {
  api = await buildTestApi();
  endpoint = (await call('POST', '/v1/webhooks', { url: 'https://example.com/a' })).body.id;
});
afterAll(() => api.close());

const call = (method: string, url: string, body?: unknown, token = api.tokens.admin, headers = {}) =>
  api.call(token, method, url, { ...(body === undefined ? {} : { body }), headers });
const inHours = (hours: number) => new Date(api.deps.clock.now().getTime() + hours * 3_600_000).toISOString();
const nan = { label: 'class', op: '=', value: 'loss-nan' };

async function openOne(id: string): Promise<void> {
  const total = {
    diagnosis: makeDiagnosis({ fingerprint: id, class: 'loss-nan' }),
    occurrences: 1,
    firstStep: 0,
    lastStep: 1,
  };
  const { catalog, newId } = api.deps;
  const context = { catalog, now: api.deps.clock.now(), newId, publicUrl: 'http://losswatch.test' };
  const change = openIncident(id, 'vision', { total, runId: 'r1', owner: null }, 'first-seen', context.now);
  await api.deps.database.transaction((tx) => commitChange(tx, change, context));
}

describe('routes', () => {
  it('are made with defaults, listed in their order, changed and removed', async () => {
    const made = await call('POST', '/v1/routes', { name: 'ops', endpoints: [endpoint], matchers: [nan], unknown: 1 });
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^rte_/),
        position: 0,
        group_by: ['project', 'class'],
        group_wait_s: 30,
        group_interval_s: 300,
        repeat_interval_s: 14_400,
        continue: false,
        digest: null,
        quiet_hours: null,
        escalate: null,
      },
    });
    expect(made.body).not.toHaveProperty('unknown');
    const second = await call('POST', '/v1/routes', { name: 'rest', group_by: ['incident', 'tag.team'] });
    expect(second.body.position).toBe(1);
    const change = { position: 2, digest: { at: '09:00', time_zone: 'Asia/Shanghai' }, repeat_interval_s: null };
    expect((await call('PATCH', `/v1/routes/${made.body.id}`, change)).body).toEqual({ ...made.body, ...change });
    const list = await call('GET', '/v1/routes', undefined, api.tokens.admin);
    expect(list.body.items.map((item: any) => item.name)).toEqual(['rest', 'ops']);
    for (const { id } of list.body.items) expect((await call('DELETE', `/v1/routes/${id}`)).status).toBe(204);
    expect((await call('DELETE', `/v1/routes/${made.body.id}`)).status).toBe(404);
    expect((await call('PATCH', `/v1/routes/${made.body.id}`, {})).status).toBe(404);
  });

  it.each([
    ['an endpoint that is not there', { endpoints: ['ep_none'] }, '/endpoints/0'],
    ['a label that is not there', { matchers: [{ label: 'host', op: '=', value: 'x' }] }, '/matchers/0/label'],
    ['an expression that is none', { matchers: [{ label: 'run', op: '=~', value: '(' }] }, '/matchers/0/value'],
    ['an expression that could hang', { matchers: [{ label: 'run', op: '=~', value: '(a+)+' }] }, '/matchers/0/value'],
    [
      'a zone that is not there',
      { quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Mars' } },
      '/quiet_hours/time_zone',
    ],
    ['hours without length', { quiet_hours: { from: '22:00', to: '22:00', time_zone: 'UTC' } }, '/quiet_hours/to'],
    ['a time that is none', { digest: { at: '25:00' } }, '/digest/at'],
    ['an escalation to nobody known', { escalate: { after_s: 900, endpoints: ['ep_none'] } }, '/escalate/endpoints/0'],
  ])('refuse %s', async (_name, fields, path) => {
    const refused = await call('POST', '/v1/routes', { name: 'x', ...fields });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((error: any) => error.path)).toContain(path);
  });

  it('are tried with an incident that is made up or there, each with its reason, and nothing is sent', async () => {
    const other = (await call('POST', '/v1/webhooks', { url: 'https://example.com/b' })).body.id;
    const filter = { min_severity: 'critical' };
    const choosy = (await call('POST', '/v1/webhooks', { url: 'https://example.com/c', filter })).body.id;
    const team = { label: 'tag.team', op: '=', value: 'vision' };
    const made = [
      await call('POST', '/v1/routes', { name: 'vision', matchers: [team], endpoints: [endpoint] }),
      await call('POST', '/v1/routes', { name: 'nan', matchers: [nan], endpoints: [endpoint, choosy], continue: true }),
      await call('POST', '/v1/routes', { name: 'rest', endpoints: [] }),
      await call('POST', '/v1/routes', { name: 'never', endpoints: [] }),
    ].map(({ body }) => body.id);
    const reader = await api.makeToken('read', null);
    const preview = async (body: object, headers = {}) =>
      (await call('POST', '/v1/routes/preview', body, reader, headers)).body;
    const answer = await preview({ class: 'loss-nan', severity: 'warning', tags: { team: 'speech' } });
    expect(answer.routes).toEqual([
      {
        id: made[0],
        name: 'vision',
        taken: false,
        code: 'mismatch',
        reason: 'tag.team = vision does not hold: it is speech',
      },
      { id: made[1], name: 'nan', taken: true, code: 'matched', reason: 'Taken by the route nan' },
      { id: made[2], name: 'rest', taken: true, code: 'matched', reason: 'Taken by the route rest' },
      {
        id: made[3],
        name: 'never',
        taken: false,
        code: 'not-tried',
        reason: 'Not tried: the route rest before it takes it',
      },
    ]);
    expect(answer.endpoints).toEqual([
      {
        id: endpoint,
        format: 'standard',
        route_id: made[1],
        told: true,
        code: 'would-be-told',
        reason: 'Would be told',
      },
      {
        ...{ id: choosy, format: 'standard', route_id: made[1], told: false, code: 'filtered' },
        reason: "The endpoint's filter excludes it",
      },
      {
        ...{ id: other, format: 'standard', route_id: 'default', told: true, code: 'would-be-told-by-default' },
        reason: 'Would be told: no route names this endpoint',
      },
    ]);
    const chinese = await preview({ tags: { team: 'vision' } }, { 'accept-language': 'zh-CN' });
    expect(chinese.routes.map(({ taken, reason }: any) => [taken, reason])).toEqual([
      [true, '命中路由 vision'],
      [false, '未尝试：前面的路由 vision 已命中'],
      [false, '未尝试：前面的路由 vision 已命中'],
      [false, '未尝试：前面的路由 vision 已命中'],
    ]);
    await openOne('inc_preview');
    const deliveries = async () => (await call('GET', `/v1/webhooks/${other}/deliveries`)).body.items.length;
    const before = await deliveries();
    const real = await preview({ incident_id: 'inc_preview', class: 'disk-full' });
    expect(real.routes.map(({ taken }: any) => taken)).toEqual([false, true, true, false]);
    expect(real.routes[0].reason).toBe('tag.team = vision does not hold: there is none');
    expect(await deliveries()).toBe(before);
    const absent = await call('POST', '/v1/routes/preview', { incident_id: 'inc_none' });
    expect(absent.status).toBe(404);
    for (const id of made) await call('DELETE', `/v1/routes/${id}`);
    for (const id of [other, choosy]) await call('DELETE', `/v1/webhooks/${id}`);
  });

  it('are not for tokens of one project', async () => {
    const owner = await api.makeToken('admin', 'vision');
    for (const [method, path] of [
      ['GET', '/v1/routes'],
      ['POST', '/v1/routes'],
      ['POST', '/v1/routes/preview'],
      ['GET', '/v1/maintenance-windows'],
    ] as const)
      expect((await call(method, path, method === 'POST' ? { name: 'x' } : undefined, owner)).status).toBe(403);
  });
});

describe('silences', () => {
  it('have an author, a reason and an end; removing one ends it', async () => {
    const made = await call('POST', '/v1/silences', {
      matchers: [nan],
      reason: 'moving the cluster',
      ends_at: inHours(2),
    });
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'active', reason: 'moving the cluster', author: expect.stringMatching(/\S/) },
    });
    const path = `/v1/silences/${made.body.id}`;
    expect((await call('PATCH', path, { starts_at: inHours(1) })).body.status).toBe('pending');
    expect((await call('PATCH', path, { starts_at: inHours(-1) })).body.status).toBe('active');
    expect((await call('DELETE', path)).status).toBe(204);
    const list = await call('GET', '/v1/silences?status=expired');
    expect(list.body.items).toMatchObject([{ id: made.body.id, status: 'expired', ends_at: inHours(0) }]);
    expect((await call('GET', '/v1/silences?status=active')).body.items).toEqual([]);
    expect((await call('DELETE', '/v1/silences/sil_none')).status).toBe(404);
  });

  it.each([
    ['without matchers', { matchers: [], reason: 'x', ends_at: '2027-01-01T00:00:00Z' }, '/matchers'],
    ['without a reason', { matchers: [nan], ends_at: '2027-01-01T00:00:00Z' }, '/reason'],
    ['without an end', { matchers: [nan], reason: 'x' }, '/ends_at'],
    ['that ends before it begins', { matchers: [nan], reason: 'x', ends_at: '2020-01-01T00:00:00Z' }, '/ends_at'],
    ['with an end that is no time', { matchers: [nan], reason: 'x', ends_at: 'tomorrow' }, '/ends_at'],
  ])('are refused %s', async (_name, body, path) => {
    expect(await call('POST', '/v1/silences', body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('of a token of one project silence that project, and are its own', async () => {
    const owner = await api.makeToken('admin', 'vision');
    const stranger = await api.makeToken('admin', 'other');
    const made = await call('POST', '/v1/silences', { matchers: [nan], reason: 'x', ends_at: inHours(1) }, owner);
    expect(made.body.matchers).toEqual([nan, { label: 'project', op: '=', value: 'vision' }]);
    expect((await call('DELETE', `/v1/silences/${made.body.id}`, undefined, stranger)).status).toBe(404);
    expect(
      (await call('GET', '/v1/silences', undefined, stranger)).body.items.map((item: any) => item.id),
    ).not.toContain(made.body.id);
    expect((await call('DELETE', `/v1/silences/${made.body.id}`, undefined, owner)).status).toBe(204);
  });
});

describe('maintenance windows', () => {
  it('come once or again and again, and say whether they are open', async () => {
    const repeat = { every: 'day', time_zone: 'Asia/Shanghai' };
    const made = await call('POST', '/v1/maintenance-windows', {
      name: 'nightly',
      starts_at: inHours(-49),
      ends_at: inHours(-47),
      repeat,
    });
    expect(made).toMatchObject({ status: 201, body: { name: 'nightly', matchers: [], repeat, active: true } });
    const path = `/v1/maintenance-windows/${made.body.id}`;
    expect((await call('PATCH', path, { repeat: null })).body.active).toBe(false);
    expect((await call('PATCH', path, { ends_at: inHours(2) })).body.active).toBe(true);
    expect((await call('GET', '/v1/maintenance-windows')).body.items).toHaveLength(1);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it.each([
    [
      'longer than their repetition',
      { starts_at: 0, ends_at: 90_000, repeat: { every: 'day', time_zone: 'UTC' } },
      '/ends_at',
    ],
    [
      'in a zone that is not there',
      { starts_at: 0, ends_at: 60, repeat: { every: 'week', time_zone: 'Mars' } },
      '/repeat/time_zone',
    ],
    ['that end before they begin', { starts_at: 100, ends_at: 60 }, '/ends_at'],
  ])('are refused %s', async (_name, fields, path) => {
    expect(await call('POST', '/v1/maintenance-windows', { name: 'w', ...fields })).toMatchObject({
      status: 400,
      body: { errors: [{ path }] },
    });
  });
});

describe('the deliveries of an incident', () => {
  it('are listed with every attempt and every decision, in words of the language asked for', async () => {
    await openOne('inc_told');
    const [delivery] = (await call('GET', `/v1/webhooks/${endpoint}/deliveries`)).body.items;
    const attempt = {
      at: api.deps.clock.now(),
      status: 500,
      latencyMs: 3,
      error: 'status 500',
      answer: 'inner secret',
    };
    await recordAttempt(api.deps.database.client, delivery.id, attempt, { status: 'failed', nextAttemptAt: null });
    const path = '/v1/incidents/inc_told/deliveries';
    const { body } = await call('GET', path);
    expect(body.items).toMatchObject([
      {
        id: delivery.id,
        event: 'incident.opened',
        status: 'failed',
        endpoint: { id: endpoint, format: 'standard' },
        attempts: [{ answer: 'inner secret' }],
      },
    ]);
    expect(body.decisions).toMatchObject([
      {
        stage: 'send',
        decision: 'send',
        code: 'queued',
        reason: `Sent as ${delivery.id}`,
        endpoint_id: endpoint,
        route_id: 'default',
      },
    ]);
    const chinese = await call('GET', path, undefined, api.tokens.reader, { 'accept-language': 'zh-CN' });
    expect(chinese.body.decisions[0].reason).toBe(`已发送，投递 ${delivery.id}`);
    expect(chinese.body.items[0].attempts[0]).toMatchObject({ status: 500, answer: null });
    expect((await call('GET', path, undefined, api.tokens.strangerReader)).status).toBe(404);
    expect((await call('GET', '/v1/incidents/inc_none/deliveries')).status).toBe(404);
  });

  it('say that an incident was silenced, by whom and why', async () => {
    await call('POST', '/v1/silences', { matchers: [nan], reason: 'known', ends_at: inHours(1) });
    await openOne('inc_silent');
    const { body } = await call('GET', '/v1/incidents/inc_silent/deliveries');
    expect(body.items).toEqual([]);
    expect(body.decisions).toMatchObject([
      { stage: 'silence', decision: 'hold', reason: expect.stringMatching(/^Silenced until .*: known$/) },
    ]);
  });
});
