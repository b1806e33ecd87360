import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorTokenId } from '../../../src/contracts/tokens.ts';
import { setAdminToken } from '../../../src/platform/db/tokens.ts';
import { hashToken } from '../../../src/platform/ids.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

async function make(body: object, by = api.tokens.admin) {
  const answer = await api.call(by, 'POST', '/v1/tokens', { body });
  expect(answer.status).toBe(201);
  return answer.body as { id: string; token: string };
}

test('tokens are listed without what would let somebody in', async () => {
  const { id, token } = await make({ name: 'trainer', role: 'ingest', project: 'vision' });
  const { body } = await api.call(api.tokens.admin, 'GET', '/v1/tokens?limit=100');
  const listed = body.items.find((item: { id: string }) => item.id === id);
  expect(listed).toMatchObject({ name: 'trainer', role: 'ingest', project: 'vision', revoked_at: null });
  expect(JSON.stringify(body)).not.toContain(token);
  expect(JSON.stringify(body)).not.toContain(hashToken(token));
  expect((await api.call(api.tokens.reader, 'GET', '/v1/tokens')).status).toBe(403);
});

test('a revoked token is refused at once, and so is the session that began with it', async () => {
  const { id, token } = await make({ name: 'leaver', role: 'read' });
  const session = await api.call(null, 'POST', '/v1/session', { body: { token } });
  const cookie = String(session.headers['set-cookie']).split(';', 1)[0] as string;
  expect((await api.call(token, 'GET', '/v1/runs')).status).toBe(200);
  expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(200);
  expect((await api.call(api.tokens.admin, 'DELETE', `/v1/tokens/${id}`)).status).toBe(204);
  expect((await api.call(token, 'GET', '/v1/runs')).status).toBe(401);
  expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(401);
  expect((await api.call(api.tokens.admin, 'DELETE', `/v1/tokens/${id}`)).status).toBe(204);
});

test("an admin of one project sees and revokes that project's tokens only", async () => {
  const { token: owner } = await make({ name: 'vision admin', role: 'admin', project: 'vision' });
  const mine = await make({ name: 'mine', role: 'read', project: 'vision' });
  const theirs = await make({ name: 'theirs', role: 'read', project: 'other' });
  const { body } = await api.call(owner, 'GET', '/v1/tokens?limit=100');
  expect(new Set(body.items.map((item: { project: string }) => item.project))).toEqual(new Set(['vision']));
  expect((await api.call(owner, 'DELETE', `/v1/tokens/${theirs.id}`)).status).toBe(404);
  expect((await api.call(theirs.token, 'GET', '/v1/runs')).status).toBe(200);
  expect((await api.call(owner, 'DELETE', `/v1/tokens/${mine.id}`)).status).toBe(204);
  expect((await api.call(mine.token, 'GET', '/v1/runs')).status).toBe(401);
});

test("the operator's token is the setting's to change", async () => {
  await setAdminToken(api.deps.database.client, operatorTokenId, hashToken('operator-token-of-this-test'));
  const refused = await api.call(api.tokens.admin, 'DELETE', `/v1/tokens/${operatorTokenId}`);
  expect(refused.status).toBe(409);
  expect(refused.body.detail).toContain('LOSSWATCH_ADMIN_TOKEN');
  expect((await api.call('operator-token-of-this-test', 'GET', '/v1/runs')).status).toBe(200);
});
