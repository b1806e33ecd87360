// Every way to send nonsense: a 4xx that names the field and the limit, nothing half-saved, the service still answering.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApi, type CallOptions, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
  await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id: 'run-a', name: 'a' } });
  api.nudges.length = 0;
});
afterAll(() => api.close());

afterEach(async () => {
  expect((await api.call(null, 'GET', '/healthz')).status).toBe(200);
});

async function countRows(): Promise<number[]> {
  const { client } = api.deps.database;
  return Promise.all([
    client.run.count(),
    client.trace.count(),
    client.logChunk.count(),
    client.logSource.count(),
    client.metricBatch.count(),
    client.capture.count(),
    client.token.count(),
    client.endpoint.count(),
    client.idempotencyKey.count(),
  ]);
}

const text = { 'content-type': 'text/plain' };
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const metrics = '/v1/runs/run-a/metrics';

interface Case extends CallOptions {
  name: string;
  method?: string;
  url: string;
  status: number;
  /** `path` of the first error. */
  path?: string;
  /** Part of the first error's message, or of the detail. */
  says?: RegExp;
}

const cases: Case[] = [
  { name: 'malformed JSON', url: '/v1/runs', body: '{"name": ', status: 400, path: 'body', says: /JSON/ },
  { name: 'two JSON values', url: '/v1/runs', body: '{} {}', status: 400, path: 'body' },
  {
    name: 'an empty body',
    url: '/v1/runs',
    body: '',
    headers: { 'content-type': 'application/json' },
    status: 400,
    path: 'body',
    says: /empty/,
  },
  { name: 'no body at all', url: '/v1/runs', status: 400, path: 'body', says: /empty/ },
  { name: 'an array for an object', url: '/v1/runs', body: [], status: 400, path: 'body', says: /object/ },
  { name: 'a missing name', url: '/v1/runs', body: {}, status: 400, path: '/name', says: /required/ },
  { name: 'a number for a name', url: '/v1/runs', body: { name: 1 }, status: 400, path: '/name', says: /string/ },
  {
    name: 'a name too long',
    url: '/v1/runs',
    body: { name: 'x'.repeat(201) },
    status: 400,
    path: '/name',
    says: /200/,
  },
  {
    name: 'an id with a slash',
    url: '/v1/runs',
    body: { name: 'x', id: 'a/b' },
    status: 400,
    path: '/id',
    says: /pattern/,
  },
  {
    name: 'a text for an integer',
    url: '/v1/runs',
    body: { name: 'x', world_size: '2' },
    status: 400,
    path: '/world_size',
    says: /integer/,
  },
  {
    name: 'a huge integer',
    url: '/v1/runs',
    body: { name: 'x', world_size: 1e20 },
    status: 400,
    path: '/world_size',
    says: /1000000/,
  },
  {
    name: 'a literal that overflows',
    url: '/v1/runs',
    body: '{"name":"x","config":{"lr":1e400}}',
    status: 400,
    path: '/config/lr',
    says: /1.8e308/,
  },
  {
    name: 'a NUL in free text',
    url: '/v1/runs',
    body: { name: 'x', tags: { 'a/b': ['ok', 'a\u0000'] } },
    status: 400,
    path: '/tags/a~1b/1',
    says: /NUL/,
  },
  { name: 'a NUL in a key', url: '/v1/runs', body: { name: 'x', config: { 'a\u0000': 1 } }, status: 400, says: /NUL/ },
  { name: 'forty levels', url: '/v1/runs', body: `{"name":"x","config":${deep(40)}}`, status: 400, says: /32 levels/ },
  {
    name: 'a hundred thousand levels',
    url: '/v1/runs',
    body: `{"name":"x","config":${deep(100_000)}}`,
    status: 400,
    says: /32 levels/,
  },
  {
    name: '__proto__',
    url: '/v1/runs',
    body: '{"name":"x","config":{"__proto__":{"admin":true}}}',
    status: 400,
    path: '/config/__proto__',
    says: /not allowed/,
  },
  {
    name: 'constructor.prototype',
    url: '/v1/runs',
    body: '{"name":"x","tags":{"constructor":{"prototype":{}}}}',
    status: 400,
    path: '/tags/constructor',
  },
  {
    name: 'invalid UTF-8 in JSON',
    url: '/v1/runs',
    body: Buffer.from('{"name":"\xff"}', 'latin1'),
    headers: { 'content-type': 'application/json' },
    status: 400,
    says: /byte 9/,
  },
  {
    name: 'more than a megabyte',
    url: '/v1/runs',
    body: { name: 'x', config: { a: 'x'.repeat(1024 * 1024) } },
    status: 413,
    path: 'body',
    says: /1048576 bytes/,
  },
  {
    name: 'XML',
    url: '/v1/runs',
    body: '<run/>',
    headers: { 'content-type': 'text/xml' },
    status: 415,
    path: 'header:Content-Type',
    says: /application\/json/,
  },
  {
    name: 'text for JSON',
    url: '/v1/runs',
    body: '{"name":"x"}',
    headers: text,
    status: 415,
    says: /application\/json/,
  },
  {
    name: 'a compressed body',
    url: '/v1/runs',
    body: '{"name":"x"}',
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    path: 'header:Content-Encoding',
  },
  {
    name: 'a key of 201 characters',
    url: '/v1/runs',
    body: { name: 'x' },
    headers: { 'idempotency-key': 'k'.repeat(201) },
    status: 400,
    path: 'header:Idempotency-Key',
    says: /200/,
  },
  {
    name: 'an empty key',
    url: '/v1/runs',
    body: { name: 'x' },
    headers: { 'idempotency-key': '' },
    status: 400,
    path: 'header:Idempotency-Key',
  },
  {
    name: 'an unknown status',
    method: 'PATCH',
    url: '/v1/runs/run-a',
    body: { status: 'exploded' },
    status: 400,
    path: '/status',
    says: /running, finished, failed, stalled/,
  },
  { name: 'an id that no run can have', method: 'GET', url: '/v1/runs/a%20b', status: 400, path: 'param:id' },
  { name: 'an unknown run', method: 'GET', url: '/v1/runs/nobody', status: 404, path: 'param:id' },
  { name: 'a limit of 1000', method: 'GET', url: '/v1/runs?limit=1000', status: 400, path: 'query:limit', says: /100/ },
  {
    name: 'a limit that is a word',
    method: 'GET',
    url: '/v1/runs?limit=many',
    status: 400,
    path: 'query:limit',
    says: /integer/,
  },
  { name: 'a limit given twice', method: 'GET', url: '/v1/runs?limit=1&limit=2', status: 400, path: 'query:limit' },
  { name: 'a forged cursor', method: 'GET', url: '/v1/runs?cursor=abc', status: 400, path: 'query:cursor' },
  {
    name: 'a cursor of words',
    method: 'GET',
    url: `/v1/runs?cursor=${Buffer.from('["x","y"]').toString('base64url')}`,
    status: 400,
    path: 'query:cursor',
  },
  {
    name: 'a cursor beyond time',
    method: 'GET',
    url: `/v1/runs?cursor=${Buffer.from('[9e15,"y"]').toString('base64url')}`,
    status: 400,
    path: 'query:cursor',
  },
  { name: 'a NUL in the query', method: 'GET', url: '/v1/runs?q=a%00b', status: 400, path: 'query:q', says: /NUL/ },
  { name: 'a malformed percent code', method: 'GET', url: '/v1/runs/%E0%A4%A', status: 400 },
  { name: 'a negative from', method: 'GET', url: `${metrics}?from=-1`, status: 400, path: 'query:from', says: />= 0/ },
  {
    name: 'a huge step in the query',
    method: 'GET',
    url: `${metrics}?to=99999999999999999999`,
    status: 400,
    path: 'query:to',
  },
  {
    name: 'three points per series',
    method: 'GET',
    url: `${metrics}?max_points=3`,
    status: 400,
    path: 'query:max_points',
    says: /10/,
  },
  { name: 'points that are no list', url: metrics, body: { points: {} }, status: 400, path: '/points', says: /array/ },
  { name: 'no points', url: metrics, body: {}, status: 400, path: '/points', says: /required/ },
  {
    name: '1,001 points',
    url: metrics,
    body: { points: Array(1001).fill({ step: 1, values: { a: 1 } }) },
    status: 400,
    path: '/points',
    says: /1000/,
  },
  { name: '5 MB of points', url: metrics, body: `{"points":[${' '.repeat(5e6)}]}`, status: 413, says: /4194304 bytes/ },
  {
    name: 'points for an unknown run',
    url: '/v1/runs/nobody/metrics',
    body: { points: [{ step: 1, values: { a: 1 } }] },
    status: 404,
  },
  { name: 'JSON for console output', url: '/v1/runs/run-a/logs', body: {}, status: 415, says: /text\/plain/ },
  {
    name: 'console output in Latin-1',
    url: '/v1/runs/run-a/logs',
    body: Buffer.from('caf\xe9 au lait', 'latin1'),
    headers: text,
    status: 400,
    says: /byte 3/,
  },
  {
    name: 'console output with a NUL',
    url: '/v1/runs/run-a/logs',
    body: 'a\0',
    headers: text,
    status: 400,
    says: /byte 1/,
  },
  {
    name: '5 MB of console output',
    url: '/v1/runs/run-a/logs',
    body: 'x'.repeat(5e6),
    headers: text,
    status: 413,
    says: /4194304 bytes/,
  },
  {
    name: 'a source of 300 characters',
    url: `/v1/runs/run-a/logs?source=${'s'.repeat(300)}`,
    body: 'x',
    headers: text,
    status: 400,
    path: 'query:source',
    says: /200/,
  },
  {
    name: 'a source with a NUL',
    url: '/v1/runs/run-a/logs?source=a%00',
    body: 'x',
    headers: text,
    status: 400,
    path: 'query:source',
  },
  { name: 'an empty trace', url: '/v1/runs/run-a/traces', body: { text: '' }, status: 400, path: '/text' },
  { name: 'an empty trace as text', url: '/v1/runs/run-a/traces', body: '', headers: text, status: 400, path: 'body' },
  {
    name: 'a trace with a NUL',
    url: '/v1/runs/run-a/traces',
    body: { text: 'a\u0000' },
    status: 400,
    path: '/text',
    says: /NUL/,
  },
  {
    name: 'a trace of a negative step',
    url: '/v1/runs/run-a/traces',
    body: { text: 'a', step: -1 },
    status: 400,
    path: '/step',
    says: />= 0/,
  },
  {
    name: 'a trace of yesterday',
    url: '/v1/runs/run-a/traces',
    body: { text: 'a', time: 'yesterday' },
    status: 400,
    path: '/time',
    says: /RFC 3339/,
  },
  {
    name: 'a trace of 3 MB',
    url: '/v1/runs/run-a/traces',
    body: { text: 'x'.repeat(3e6) },
    status: 413,
    says: /2097152 bytes/,
  },
  {
    name: 'a heartbeat from the past',
    url: '/v1/runs/run-a/heartbeat',
    body: { expect_next_in_s: -1 },
    status: 400,
    path: '/expect_next_in_s',
  },
  { name: 'nothing to diagnose', url: '/v1/diagnose', body: {}, status: 400, path: '/text', says: /required/ },
  {
    name: 'a reversed reg_range',
    url: '/v1/diagnose',
    body: { text: 'x', reg_range: '17,0' },
    status: 400,
    path: '/reg_range',
    says: /lo < hi/,
  },
  {
    name: 'a diagnosis of 13 MB',
    url: '/v1/diagnose',
    body: 'x'.repeat(13 * 1024 * 1024),
    headers: text,
    status: 413,
    says: /12582912 bytes/,
  },
  { name: 'a webhook without a scheme', url: '/v1/webhooks', body: { url: 'example.com' }, status: 400, path: '/url' },
  { name: 'a webhook over FTP', url: '/v1/webhooks', body: { url: 'ftp://example.com' }, status: 400, path: '/url' },
  {
    name: 'a webhook to this machine',
    url: '/v1/webhooks',
    body: { url: 'http://127.0.0.1:9/' },
    status: 422,
    path: '/url',
  },
  {
    name: 'a webhook to the metadata service',
    url: '/v1/webhooks',
    body: { url: 'http://169.254.169.254/' },
    status: 422,
    path: '/url',
  },
  {
    name: 'a webhook of an unknown event',
    url: '/v1/webhooks',
    body: { url: 'https://example.com', events: ['incident.exploded'] },
    status: 400,
    path: '/events/0',
  },
  {
    name: 'a webhook with a weak secret',
    url: '/v1/webhooks',
    body: { url: 'https://example.com', secret: 'whsec_abc' },
    status: 400,
    path: '/secret',
  },
  {
    name: 'a token of an unknown role',
    url: '/v1/tokens',
    body: { name: 'x', role: 'root' },
    status: 400,
    path: '/role',
    says: /ingest, read, admin/,
  },
  { name: 'an unknown incident', method: 'GET', url: '/v1/incidents/inc_nobody', status: 404 },
  {
    name: 'an unknown incident state',
    method: 'PATCH',
    url: '/v1/incidents/inc_x',
    body: { state: 'gone' },
    status: 400,
    path: '/state',
    says: /open, acknowledged, resolved/,
  },
  {
    name: 'a mute until never',
    method: 'PATCH',
    url: '/v1/incidents/inc_x',
    body: { muted_until: 'never' },
    status: 400,
    path: '/muted_until',
  },
  { name: 'an empty comment', url: '/v1/incidents/inc_x/comments', body: { text: '' }, status: 400, path: '/text' },
  { name: 'an unknown path', method: 'GET', url: '/v1/nothing', status: 404 },
  { name: 'an unknown page', method: 'GET', url: '/nothing', status: 404 },
  { name: 'the wrong method', method: 'DELETE', url: '/v1/runs', status: 405, says: /GET.*POST/ },
];

describe('nonsense', () => {
  test.each(cases)('$name: $status', async ({ method = 'POST', url, body, headers = {}, status, path, says }) => {
    const before = await countRows();
    const answer = await api.call(api.tokens.admin, method, url, { body, headers });
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    const [first] = answer.body.errors ?? [];
    if (path !== undefined) expect(first.path).toBe(path);
    if (says !== undefined) expect(`${first?.message ?? ''} ${answer.body.detail}`).toMatch(says);
    expect(await countRows()).toEqual(before);
    expect(api.nudges).toEqual([]);
  });

  test('lone surrogates are stored as replacement characters', async () => {
    const made = await api.call(api.tokens.admin, 'POST', '/v1/runs', {
      body: '{"id":"odd","name":"a\\ud800b","tags":{"\\udc00":"\\ud83d\\ude82"}}',
    });
    expect(made.body).toMatchObject({ name: 'a\uFFFDb', tags: { '\uFFFD': '🚂' } });
  });

  test('at most twenty problems are listed', async () => {
    const packages = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, index]));
    const refused = await api.call(api.tokens.admin, 'POST', '/v1/runs', {
      body: { name: 'x', environment: { packages } },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.length).toBeLessThanOrEqual(20);
  });
});
