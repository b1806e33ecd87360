import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openIncident } from '../../../src/domain/incidents/transitions/on-diagnosed.ts';
import { commitChange } from '../../../src/flows/incidents.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { makeDiagnosis } from '../../support/diagnosis.ts';

let api: TestApi;
const script = 'export {};'.repeat(50);
let webRoot = '';
beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'losswatch-web-'));
  await mkdir(join(webRoot, 'assets'));
  const page = '<!doctype html><title>Losswatch</title><meta property="csp-nonce" nonce="__STYLE_NONCE__">';
  await writeFile(join(webRoot, 'index.html'), page);
  await writeFile(join(webRoot, 'assets', 'index-abc.js'), script);
  await writeFile(join(webRoot, 'assets', 'index-abc.js.br'), brotliCompressSync(script));
  await writeFile(join(webRoot, 'assets', 'index-abc.js.gz'), gzipSync(script));
  await writeFile(join(webRoot, 'assets', 'face.woff2'), 'a font');
  api = await buildTestApi({ webRoot });
});
afterAll(async () => {
  await api.close();
  await rm(webRoot, { recursive: true, force: true });
});

describe('idempotency keys', () => {
  const key = (value: string) => ({ 'idempotency-key': value });

  test('the same key and body again gets the same answer and changes nothing', async () => {
    const first = await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { name: 'x' }, headers: key('a') });
    const again = await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { name: 'x' }, headers: key('a') });
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const other = await api.call(api.tokens.strangerOwner, 'POST', '/v1/runs', {
      body: { name: 'x' },
      headers: key('a'),
    });
    expect(other.body.id).not.toBe(first.body.id);
  });

  test('the same key with another body is refused', async () => {
    await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { name: 'x' }, headers: key('b') });
    const refused = await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { name: 'y' }, headers: key('b') });
    expect(refused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('ten requests at once with one key have one effect and one answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { name: 'race' }, headers: key('race') }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.every((answer) => answer.status === 201)).toBe(true);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true')).toHaveLength(9);
    expect(await api.deps.database.client.run.count({ where: { name: 'race' } })).toBe(1);
  });

  test('a request that failed may be sent again with its key', async () => {
    const points = { points: [{ step: 1, values: { loss: 1 } }] };
    const early = await api.call(api.tokens.owner, 'POST', '/v1/runs/late/metrics', {
      body: points,
      headers: key('c'),
    });
    expect(early.status).toBe(404);
    await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: 'late', name: 'late' } });
    api.nudges.length = 0;
    expect(
      (await api.call(api.tokens.owner, 'POST', '/v1/runs/late/metrics', { body: points, headers: key('c') })).status,
    ).toBe(202);
    const replayed = await api.call(api.tokens.owner, 'POST', '/v1/runs/late/metrics', {
      body: points,
      headers: key('c'),
    });
    expect(replayed.body).toEqual({ accepted: 1, rejected: [] });
    expect(api.nudges).toHaveLength(1);
  });

  test('console output, traces, heartbeats and tokens take keys, too', async () => {
    const text = { 'content-type': 'text/plain' };
    const calls: [string, string, unknown, Record<string, string>][] = [
      [api.tokens.owner, '/v1/runs/late/logs', 'hello\n', text],
      [api.tokens.owner, '/v1/runs/late/traces', { text: 'ValueError: x' }, {}],
      [api.tokens.owner, '/v1/runs/late/heartbeat', {}, {}],
      [api.tokens.admin, '/v1/tokens', { name: 'x', role: 'read' }, {}],
    ];
    for (const [token, url, body, headers] of calls) {
      const first = await api.call(token, 'POST', url, { body, headers: { ...headers, ...key('d') } });
      const again = await api.call(token, 'POST', url, { body, headers: { ...headers, ...key('d') } });
      expect(again).toMatchObject({
        status: first.status,
        body: first.body,
        headers: { 'idempotency-replayed': 'true' },
      });
    }
    expect(await api.deps.database.client.logChunk.count({ where: { runId: 'late' } })).toBe(1);
    expect(await api.deps.database.client.trace.count({ where: { runId: 'late' } })).toBe(1);
  });
});

describe('incidents', () => {
  async function open(id: string, project: string): Promise<void> {
    const context = {
      catalog: api.deps.catalog,
      now: api.deps.clock.now(),
      newId: api.deps.newId,
      publicUrl: 'http://losswatch.test',
    };
    const total = { diagnosis: makeDiagnosis({ fingerprint: id }), occurrences: 3, firstStep: 0, lastStep: 4 };
    const change = openIncident(id, project, { total, runId: 'late', owner: null }, 'first-seen', context.now);
    await api.deps.database.transaction((tx) => commitChange(tx, change, context));
  }

  test('are listed and read within the project, in the language asked for', async () => {
    await open('inc_v', 'vision');
    await open('inc_o', 'other');
    const list = await api.call(api.tokens.reader, 'GET', '/v1/incidents?state=open');
    expect(list.body.items.map((item: { id: string }) => item.id)).toEqual(['inc_v']);
    expect((await api.call(api.tokens.reader, 'GET', '/v1/incidents/inc_o')).status).toBe(404);
    expect((await api.call(api.tokens.reader, 'GET', '/v1/incidents?project=other')).status).toBe(403);
    expect((await api.call(api.tokens.admin, 'GET', '/v1/incidents')).body.items).toHaveLength(2);
    const english = await api.call(api.tokens.reader, 'GET', '/v1/incidents/inc_v');
    const chinese = await api.call(api.tokens.reader, 'GET', '/v1/incidents/inc_v', {
      headers: { 'accept-language': 'fr;q=0.9, zh-TW;q=0.8, en;q=0.5' },
    });
    expect(english).toMatchObject({
      status: 200,
      headers: { 'content-language': 'en' },
      body: { id: 'inc_v', class: 'target-out-of-bound', occurrences: 3 },
    });
    expect(chinese.headers['content-language']).toBe('zh-CN');
    expect(chinese.body.title).not.toBe(english.body.title);
  });

  test('are acknowledged, assigned, commented and resolved by an admin, and endpoints hear of it', async () => {
    const hook = await api.call(api.tokens.admin, 'POST', '/v1/webhooks', {
      body: { url: 'https://example.com/hook', filter: { project: 'vision' } },
    });
    api.nudges.length = 0;
    const patched = await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_v', {
      body: { state: 'acknowledged', assignee: 'li', muted_until: null },
    });
    expect(patched).toMatchObject({ status: 200, body: { state: 'acknowledged', assignee: 'li' } });
    expect(api.nudges).toEqual([{ job: 'deliver', payload: { deliveryId: expect.stringMatching(/^msg_/) } }]);
    const comment = await api.call(api.tokens.admin, 'POST', '/v1/incidents/inc_v/comments', {
      body: { text: 'looking' },
    });
    expect(comment.status).toBe(201);
    expect(comment.body.timeline.map((entry: { kind: string }) => entry.kind)).toEqual(
      expect.arrayContaining(['opened', 'acknowledged', 'assigned', 'commented']),
    );
    const resolved = await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_v', {
      body: { state: 'resolved', severity: 'info' },
    });
    expect(resolved.body).toMatchObject({ state: 'resolved', severity: 'info' });
    const deliveries = await api.call(api.tokens.admin, 'GET', `/v1/webhooks/${hook.body.id}/deliveries`);
    expect(deliveries.body.items.map((item: { event: string }) => item.event)).toContain('incident.acknowledged');
    const projectAdmin = await api.makeToken('admin', 'vision');
    expect((await api.call(projectAdmin, 'PATCH', '/v1/incidents/inc_o', { body: { state: 'resolved' } })).status).toBe(
      404,
    );
  });
});

describe('webhooks', () => {
  test('are registered with a secret shown once, listed, tested and removed', async () => {
    const made = await api.call(api.tokens.admin, 'POST', '/v1/webhooks', { body: { url: 'https://example.com/a' } });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^whsec_/);
    expect(made.body).toMatchObject({ format: 'standard', locale: 'en', status: 'enabled' });
    expect(made.body.events).toEqual([
      'incident.opened',
      'incident.updated',
      'incident.acknowledged',
      'incident.resolved',
      'incident.regressed',
      'run.stalled',
      'alerting.failed',
    ]);
    const list = await api.call(api.tokens.admin, 'GET', '/v1/webhooks');
    expect(JSON.stringify(list.body)).not.toContain('whsec_');
    api.nudges.length = 0;
    const tested = await api.call(api.tokens.admin, 'POST', `/v1/webhooks/${made.body.id}/test`);
    expect(tested.status).toBe(202);
    expect(api.nudges).toEqual([{ job: 'deliver', payload: { deliveryId: tested.body.delivery_id } }]);
    const deliveries = await api.call(api.tokens.admin, 'GET', `/v1/webhooks/${made.body.id}/deliveries`);
    expect(deliveries.body.items).toMatchObject([
      { id: tested.body.delivery_id, event: 'webhook.test', status: 'pending', attempts: [] },
    ]);
    expect((await api.call(api.tokens.admin, 'DELETE', `/v1/webhooks/${made.body.id}`)).status).toBe(204);
    expect((await api.call(api.tokens.admin, 'DELETE', `/v1/webhooks/${made.body.id}`)).status).toBe(404);
    expect((await api.call(api.tokens.admin, 'POST', `/v1/webhooks/${made.body.id}/test`)).status).toBe(404);
  });

  test("of one project are that project's alone", async () => {
    const visionAdmin = await api.makeToken('admin', 'vision');
    const otherAdmin = await api.makeToken('admin', 'other');
    const made = await api.call(visionAdmin, 'POST', '/v1/webhooks', { body: { url: 'https://example.com/v' } });
    expect(made.body.filter).toEqual({ project: 'vision' });
    expect(
      (
        await api.call(visionAdmin, 'POST', '/v1/webhooks', {
          body: { url: 'https://example.com/v', filter: { project: 'other' } },
        })
      ).status,
    ).toBe(403);
    expect((await api.call(otherAdmin, 'GET', '/v1/webhooks')).body.items).toEqual([]);
    expect((await api.call(otherAdmin, 'GET', `/v1/webhooks/${made.body.id}/deliveries`)).status).toBe(404);
    expect((await api.call(otherAdmin, 'DELETE', `/v1/webhooks/${made.body.id}`)).status).toBe(404);
  });
});

describe('diagnose', () => {
  const text =
    'Traceback (most recent call last):\n  File "train.py", line 1, in <module>\nValueError: Target -1 is out of lower bound\n';

  test('answers text and JSON alike and stores nothing', async () => {
    const plain = await api.call(api.tokens.reader, 'POST', '/v1/diagnose', {
      body: text,
      headers: { 'content-type': 'text/plain' },
    });
    expect(plain).toMatchObject({
      status: 200,
      headers: { 'content-language': 'en' },
      body: { class: 'target-out-of-bound', exception: { type: 'ValueError' } },
    });
    const json = await api.call(api.tokens.reader, 'POST', '/v1/diagnose', {
      body: { text, reg_range: [0, 17], device: 'gpu', num_classes: 80 },
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(json).toMatchObject({
      status: 200,
      headers: { 'content-language': 'zh-CN' },
      body: { class: 'target-out-of-bound' },
    });
    expect(json.body.title).not.toBe(plain.body.title);
    expect(await api.deps.database.client.trace.count({ where: { text } })).toBe(0);
  });

  test('is not guessed where nothing fits, and needs the role read', async () => {
    const healthy = await api.call(api.tokens.reader, 'POST', '/v1/diagnose', {
      body: 'all is well\n',
      headers: { 'content-type': 'text/plain' },
    });
    expect(healthy).toMatchObject({ status: 200, body: { class: 'unknown', exception: null } });
    expect((await api.call(api.tokens.owner, 'POST', '/v1/diagnose', { body: { text } })).status).toBe(403);
  });

  test('the catalogue lists its classes in both languages', async () => {
    const english = await api.call(api.tokens.reader, 'GET', '/v1/failure-classes');
    const chinese = await api.call(api.tokens.reader, 'GET', '/v1/failure-classes', {
      headers: { 'accept-language': 'zh' },
    });
    const ids = english.body.items.map((item: { id: string }) => item.id);
    expect(ids).toContain('target-out-of-bound');
    expect(chinese.body.items.map((item: { id: string }) => item.id)).toEqual(ids);
    expect(chinese.body.items[0].title).not.toBe(english.body.items[0].title);
    for (const { body } of [english, chinese]) expect(JSON.stringify(body)).not.toMatch(/\{\w+(:-[^}]*)?\}/);
  });
});

describe('the edge', () => {
  test('health needs no token; readiness names what does not answer', async () => {
    expect(await api.call(null, 'GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await api.call(null, 'GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready', dfl: null } });
    const sick = await buildTestApi({
      readiness: async () => [{ name: 'queue', ok: false, detail: 'does not answer' }],
    });
    expect(await sick.call(null, 'GET', '/readyz')).toMatchObject({
      status: 503,
      body: { status: 'not-ready', checks: [{ name: 'queue', ok: false }] },
    });
    await sick.close();
  });

  test('openapi.json lists every route with its answers, and the token scheme', async () => {
    const { body } = await api.call(null, 'GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const listed = Object.entries(
      body.paths as Record<string, Record<string, { responses: object; security?: unknown }>>,
    ).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
    expect(listed.sort()).toEqual(
      [
        'POST /v1/runs',
        'GET /v1/runs',
        'GET /v1/runs/{id}',
        'PATCH /v1/runs/{id}',
        'POST /v1/runs/{id}/dry_run',
        'POST /v1/runs/{id}/heartbeat',
        'POST /v1/runs/{id}/metrics',
        'GET /v1/runs/{id}/logs',
        'GET /v1/runs/{id}/metrics',
        'POST /v1/runs/{id}/logs',
        'POST /v1/runs/{id}/traces',
        'POST /v1/runs/{id}/captures',
        'GET /v1/runs/{id}/captures',
        'GET /v1/runs/{id}/captures/{capture_id}',
        'GET /v1/detectors',
        'POST /v1/diagnose',
        'POST /v1/diagnose/capture',
        'GET /v1/failure-classes',
        'GET /v1/incidents',
        'GET /v1/incidents/{id}',
        'PATCH /v1/incidents/{id}',
        'POST /v1/incidents/{id}/comments',
        'POST /v1/incidents/{id}/remediations/{remediation_id}/feedback',
        'POST /v1/incidents/{id}/unmerge',
        'POST /v1/incidents/merge',
        'GET /v1/incidents/export',
        'GET /v1/incidents/{id}/bundle',
        'GET /v1/incidents/{id}/similar',
        'GET /v1/incidents/{id}/comparison',
        'GET /v1/runs/{id}/findings',
        'GET /v1/runs/{id}/traces',
        'GET /v1/runs/{id}/traces/{trace_id}',
        'GET /v1/projects',
        'GET /v1/projects/{id}',
        'PATCH /v1/projects/{id}',
        'POST /v1/incidents/bulk',
        'POST /v1/webhooks',
        'GET /v1/webhooks',
        'GET /v1/webhooks/{id}',
        'PATCH /v1/webhooks/{id}',
        'DELETE /v1/webhooks/{id}',
        'POST /v1/webhooks/{id}/rotate-secret',
        'POST /v1/webhooks/{id}/test',
        'GET /v1/webhooks/{id}/deliveries',
        'GET /v1/webhooks/{id}/deliveries/{delivery_id}',
        'POST /v1/webhooks/{id}/deliveries/{delivery_id}/redeliver',
        'POST /v1/webhooks/{id}/recover',
        'POST /v1/webhooks/preview',
        'GET /v1/channels',
        'GET /v1/routes',
        'POST /v1/routes',
        'PATCH /v1/routes/{id}',
        'DELETE /v1/routes/{id}',
        'POST /v1/routes/preview',
        'GET /v1/silences',
        'POST /v1/silences',
        'PATCH /v1/silences/{id}',
        'DELETE /v1/silences/{id}',
        'GET /v1/maintenance-windows',
        'POST /v1/maintenance-windows',
        'PATCH /v1/maintenance-windows/{id}',
        'DELETE /v1/maintenance-windows/{id}',
        'GET /v1/incidents/{id}/deliveries',
        'POST /v1/tokens',
        'GET /v1/tokens',
        'DELETE /v1/tokens/{id}',
        'GET /v1/session',
        'POST /v1/session',
        'DELETE /v1/session',
        'GET /v1/events',
        'GET /v1/overview',
        'GET /metrics',
        'GET /healthz',
        'GET /readyz',
        'GET /v1/system',
        'GET /openapi.json',
      ].sort(),
    );
    expect(body.components.securitySchemes.bearer).toEqual({ type: 'http', scheme: 'bearer' });
    const push = body.paths['/v1/runs/{id}/metrics'].post;
    expect(Object.keys(push.requestBody.content)).toEqual(['application/json', 'application/x-ndjson']);
    expect(Object.keys(push.responses['401'].content)).toEqual(['application/problem+json']);
  });

  test('/docs is a page of its own, without another host, under the same content policy', async () => {
    const page = await api.app.inject({ method: 'GET', url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';style-src 'self' 'unsafe-inline';");
    const linked = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => String(link));
    expect(linked.length).toBeGreaterThan(3);
    expect(page.body).not.toMatch(/<script(?![^>]*src=)/);
    for (const link of linked) {
      const { pathname, origin } = new URL(link, 'http://losswatch.test/docs');
      expect(origin).toBe('http://losswatch.test');
      expect((await api.app.inject({ method: 'GET', url: pathname })).statusCode, link).toBe(200);
    }
  });

  test('answers carry security headers and a request id, and do not name their server', async () => {
    const { headers } = await api.call(null, 'GET', '/healthz');
    expect(headers['content-security-policy']).toBe(
      "default-src 'self';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-request-id']).toMatch(/^req_/);
    expect(headers.server ?? headers['x-powered-by']).toBeUndefined();
  });

  test('pages go to the dashboard, everything else that is unknown to a problem document', async () => {
    const page = { headers: { accept: 'text/html' } };
    for (const url of ['/', '/incidents/inc_1']) {
      const answer = await api.call(null, 'GET', url, page);
      expect(answer, url).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
      expect(answer.body).toContain('Losswatch');
    }
    expect((await api.call(null, 'GET', '/assets/index-abc.js')).headers['cache-control']).toContain('immutable');
    expect((await api.call(null, 'GET', '/v1/nothing', page)).status).toBe(404);
    expect((await api.call(null, 'GET', '/incidents/inc_1')).status).toBe(404);
    expect((await api.call(null, 'GET', '/../package.json', page)).body).not.toContain('losswatch"');
  });

  test('a page allows the styles that carry its own nonce, and no other page has that nonce', async () => {
    const nonces: string[] = [];
    for (const url of ['/', '/alerts', '/index.html']) {
      const { body, headers } = await api.call(null, 'GET', url, { headers: { accept: 'text/html' } });
      const [, nonce] = /nonce="([A-Za-z0-9+/=]{24})"/.exec(body) ?? [];
      expect(headers['content-security-policy'], url).toContain(`style-src 'self' 'nonce-${nonce}';`);
      expect(headers.etag ?? headers['last-modified']).toBeUndefined();
      nonces.push(String(nonce));
    }
    expect(new Set(nonces).size).toBe(3);
  });

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    [undefined, undefined, (bytes: Buffer) => bytes],
  ] as const)('an asset comes as the build compressed it to whoever accepts %s', async (accepted, encoding, read) => {
    const headers = { ...(accepted && { 'accept-encoding': accepted }) };
    const answer = await api.app.inject({ url: '/assets/index-abc.js', headers });
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': expect.stringContaining('immutable'),
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(read(answer.rawPayload).toString()).toBe(script);
    const font = await api.app.inject({ url: '/assets/face.woff2', headers });
    expect([font.body, font.headers['content-encoding']]).toEqual(['a font', undefined]);
    expect((await api.app.inject({ url: '/assets/index-abc.js.br', headers })).statusCode).toBe(404);
  });

  test('a token that is too fast is told when to come back; others are not held up', async () => {
    const slow = await buildTestApi({ settings: { rateLimit: 3 } });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1)
      statuses.push((await slow.call(slow.tokens.reader, 'GET', '/v1/runs')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await slow.call(slow.tokens.reader, 'GET', '/v1/runs');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.body.code).toBe('rate_limited');
    expect((await slow.call(slow.tokens.strangerReader, 'GET', '/v1/runs')).status).toBe(200);
    expect((await slow.call(null, 'GET', '/healthz')).status).toBe(200);
    await slow.close();
  });

  test('what goes wrong inside is not told outside', async () => {
    const broken = await buildTestApi({
      dflChoice: () => {
        throw new Error('password=hunter2');
      },
    });
    const answer = await broken.app.inject('/readyz');
    expect(answer.statusCode).toBe(500);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).not.toContain('hunter2');
    await broken.close();
  });
});
