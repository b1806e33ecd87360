// Endpoints over HTTP: every format with its settings and secret, changes, secrets replaced, messages shown before anything is sent.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookFormats } from '../../../src/contracts/webhooks.ts';
import { channels } from '../../../src/domain/channels/index.ts';
import { failDelivery, mergeDeliveries } from '../../../src/platform/db/deliveries.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { newWebhookSecret } from '../../support/endpoints.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

const call = (method: string, url: string, body?: unknown, headers?: Record<string, string>) =>
  api.call(api.tokens.admin, method, url, { ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) });
const register = async (body: object) => call('POST', '/v1/webhooks', body);

describe('the formats of endpoints', () => {
  it('are listed with the schema of their settings, in the language of the caller', async () => {
    const { body } = await call('GET', '/v1/channels', undefined, { 'accept-language': 'zh-CN' });
    expect(body.items.map((item: any) => item.format)).toEqual(webhookFormats);
    const dingtalk = body.items.find((item: any) => item.format === 'dingtalk');
    expect(dingtalk).toMatchObject({ secret: 'given', secret_required: false, rates: [{ count: 18, per_s: 60 }] });
    expect(dingtalk.fields).toMatchObject({
      type: 'object',
      properties: { at_mobiles: { type: 'array', title: '按手机号 @' }, at_all: { type: 'boolean' } },
    });
  });

  it.each(webhookFormats)('include %s, which can be registered, shown and tested', async (format) => {
    const channel = channels[format];
    const url = channel.url.default === null ? { url: channel.url.example } : {};
    const secret = channel.secret.required ? { secret: 'k'.repeat(32) } : {};
    const made = await register({ format, locale: 'zh', ...url, ...secret });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      format,
      settings: {},
      locale: 'zh',
      health: { state: 'unproven', last_delivered_at: null, failing_since: null, last_failure: null },
      url: channel.url.default ?? channel.url.example,
    });
    expect(made.body.secret).toEqual(
      channel.secret.kind === 'generated' ? expect.stringMatching(/^whsec_/) : (secret.secret ?? null),
    );
    expect((await call('POST', `/v1/webhooks/${made.body.id}/test`)).status).toBe(202);
    for (const locale of ['en', 'zh']) {
      const shown = await call('POST', '/v1/webhooks/preview', { format, locale });
      expect(shown.body.content_type).toBe(channel.contentType);
      expect(shown.body.body).toContain('target-out-of-bound');
    }
  });

  it('refuse settings that are wrong, naming the setting', async () => {
    const made = await register({
      url: 'https://example.com/a',
      format: 'slack',
      settings: { mention: ['everybody'] },
    });
    expect(made).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: '/settings/mention/0' }] },
    });
  });

  it('ignore settings of other formats', async () => {
    const made = await register({ url: 'https://example.com/a', format: 'slack', settings: { at_all: true } });
    expect(made).toMatchObject({ status: 201, body: { settings: {} } });
  });

  it.each([
    ['a missing address', { format: 'slack' }, '/url'],
    ['a missing routing key', { format: 'pagerduty' }, '/secret'],
    ['a routing key that is none', { format: 'pagerduty', secret: 'short' }, '/secret'],
    ['a secret where there is none', { format: 'teams', url: 'https://example.com/a', secret: 'x' }, '/secret'],
    ['a secret that is too short', { url: 'https://example.com/a', secret: 'whsec_AAAA' }, '/secret'],
    ['an address that is no mail address', { format: 'email', url: 'https://example.com/a' }, '/url'],
    [
      'a mail address that would add headers',
      { format: 'email', url: 'mailto:a@example.org%0D%0ABcc:b@example.org' },
      '/url',
    ],
  ])('refuse %s', async (_name, body, path) => {
    expect(await register(body)).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path }] } });
  });

  it('refuse mail where the service has no mail server', async () => {
    api.deps.settings.canMail = false;
    const made = await register({ format: 'email', url: 'mailto:oncall@example.org' });
    api.deps.settings.canMail = true;
    expect(made).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(made.body.detail).toContain('LOSSWATCH_SMTP_URL');
  });
});

describe('an endpoint', () => {
  it('can be changed in everything but its format', async () => {
    const { body } = await register({ url: 'https://example.com/a', format: 'slack' });
    const change = {
      url: 'https://example.com/b',
      events: ['incident.opened', 'incident.opened'],
      filter: { min_severity: 'critical' },
      settings: { mention: ['here'] },
      locale: 'zh',
      format: 'teams',
    };
    const changed = await call('PATCH', `/v1/webhooks/${body.id}`, change);
    expect(changed).toMatchObject({
      status: 200,
      body: { ...change, format: 'slack', events: ['incident.opened'] },
    });
    expect((await call('GET', `/v1/webhooks/${body.id}`)).body).toEqual(changed.body);
    expect((await call('PATCH', `/v1/webhooks/${body.id}`, { url: 'http://127.0.0.1/x' })).status).toBe(422);
    expect((await call('PATCH', '/v1/webhooks/ep_none', {})).status).toBe(404);
  });

  it('can be disabled and enabled again; a disabled one takes neither tests nor redeliveries', async () => {
    const { body } = await register({ url: 'https://example.com/a' });
    const sent = await call('POST', `/v1/webhooks/${body.id}/test`);
    const off = await call('PATCH', `/v1/webhooks/${body.id}`, { status: 'disabled' });
    expect(off.body).toMatchObject({
      status: 'disabled',
      disabled_reason: 'disabled by hand',
      health: { state: 'disabled' },
    });
    const base = `/v1/webhooks/${body.id}`;
    for (const path of ['test', 'recover', `deliveries/${sent.body.delivery_id}/redeliver`]) {
      const refused = await call('POST', `${base}/${path}`, path === 'recover' ? { since: 0 } : undefined);
      expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('PATCH') } });
    }
    expect((await call('PATCH', base, { status: 'enabled' })).body).toMatchObject({
      status: 'enabled',
      disabled_reason: null,
    });
    expect((await call('POST', `${base}/test`)).status).toBe(202);
  });

  it('gets a new secret, shown once', async () => {
    const made = await register({ url: 'https://example.com/a' });
    const rotated = await call('POST', `/v1/webhooks/${made.body.id}/rotate-secret`);
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(made.body.secret);
    expect(made.body.old_secret_until).toBeNull();
    const inADay = new Date(api.deps.clock.now().getTime() + 86_400_000).toISOString();
    expect(rotated.body.old_secret_until).toBe(inADay);
    expect((await call('GET', `/v1/webhooks/${made.body.id}`)).body.old_secret_until).toBe(inADay);
    const own = newWebhookSecret();
    const given = await call('POST', `/v1/webhooks/${made.body.id}/rotate-secret`, { secret: own, overlap_s: 0 });
    expect(given.body.secret).toBe(own);
    expect((await call('GET', '/v1/webhooks')).body.items.some((item: any) => 'secret' in item)).toBe(false);
  });

  it('of a bot wants the new secret of the bot, and one without a secret has none to replace', async () => {
    const bot = await register({ url: 'https://example.com/a', format: 'dingtalk', secret: 'SEC1' });
    const path = `/v1/webhooks/${bot.body.id}/rotate-secret`;
    expect(await call('POST', path)).toMatchObject({ status: 400, body: { errors: [{ path: '/secret' }] } });
    expect((await call('POST', path, { secret: 'SEC2' })).body.secret).toBe('SEC2');
    const plain = await register({ url: 'https://example.com/a', format: 'teams' });
    expect((await call('POST', `/v1/webhooks/${plain.body.id}/rotate-secret`)).status).toBe(409);
  });
});

describe('deliveries', () => {
  it.each([
    ['standard', { secret: newWebhookSecret() }, { type: 'webhook.test' }],
    ['feishu', { secret: 'feishu-secret' }, { sign: '***', msg_type: 'interactive' }],
    ['dingtalk', { secret: 'SECdingtalk' }, { msgtype: 'markdown' }],
    ['pagerduty', { secret: 'k'.repeat(32) }, { routing_key: '***', event_action: 'trigger' }],
    ['email', { url: 'mailto:oncall@example.org' }, { subject: expect.any(String) }],
  ])('of the format %s tell the request that is sent, without its secret', async (format, fields, sent) => {
    const made = await register({ url: 'https://example.com/hook', format, ...fields });
    const base = `/v1/webhooks/${made.body.id}`;
    const { delivery_id: id } = (await call('POST', `${base}/test`)).body;
    const { status, body } = await call('GET', `${base}/deliveries/${id}`);
    expect(status).toBe(200);
    const { items } = (await call('GET', `${base}/deliveries`)).body;
    expect(body).toEqual({ ...items[0], request: { headers: expect.any(Object), body: expect.any(String) } });
    expect(JSON.parse(body.request.body)).toMatchObject(sent);
    for (const { secret } of [made.body, fields as { secret?: string }])
      if (secret) expect(JSON.stringify(body)).not.toContain(secret);
    if (format === 'standard')
      expect(body.request.headers).toMatchObject({ 'webhook-id': id, 'webhook-signature': 'v1,***' });
  });

  it('that another one told have no request of their own; those of another endpoint are not shown', async () => {
    const { body } = await register({ url: 'https://example.com/a', format: 'slack' });
    const base = `/v1/webhooks/${body.id}`;
    const [first, second] = [await call('POST', `${base}/test`), await call('POST', `${base}/test`)].map(
      (answer) => answer.body.delivery_id,
    );
    const told = { ids: [second], incidentIds: [], body: '{"text":"both"}', alerts: [] };
    await mergeDeliveries(api.deps.database.client, first, told);
    expect((await call('GET', `${base}/deliveries/${second}`)).body).toMatchObject({
      merged_into: first,
      request: null,
    });
    expect((await call('GET', `${base}/deliveries/${first}`)).body.request.body).toBe(told.body);
    const other = (await register({ url: 'https://example.com/b' })).body.id;
    expect(await call('GET', `/v1/webhooks/${other}/deliveries/${first}`)).toMatchObject({
      status: 404,
      body: { errors: [{ path: 'param:delivery_id' }] },
    });
  });

  it('that failed since a time are sent anew, one can be sent anew by itself, under the same id', async () => {
    const { body } = await register({ url: 'https://example.com/a' });
    const base = `/v1/webhooks/${body.id}`;
    const ids = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push((await call('POST', `${base}/test`)).body.delivery_id);
      api.advanceMs(60_000);
    }
    for (const id of ids) await failDelivery(api.deps.database.client, id);
    const since = new Date(api.deps.clock.now().getTime() - 130_000).toISOString();
    api.nudges.length = 0;
    expect(await call('POST', `${base}/recover`, { since })).toMatchObject({ status: 202, body: { deliveries: 2 } });
    expect(api.nudges).toEqual(
      ids.slice(1).map((deliveryId) => ({ job: 'deliver', payload: { deliveryId, turn: 1 } })),
    );
    expect(await call('POST', `${base}/deliveries/${ids[0]}/redeliver`)).toMatchObject({
      status: 202,
      body: { delivery_id: ids[0] },
    });
    const { items } = (await call('GET', `${base}/deliveries`)).body;
    expect(items.map((item: any) => [item.id, item.status])).toEqual(ids.map((id) => [id, 'pending']).reverse());
    expect((await call('POST', `${base}/deliveries/msg_none/redeliver`)).status).toBe(404);
    expect(await call('POST', `${base}/recover`, { since: 'yesterday' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/since' }] },
    });
  });
});
