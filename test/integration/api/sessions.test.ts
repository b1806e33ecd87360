// Logging in: the cookie stands for the token it came from, and nothing else may use it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/platform/ids.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

async function logIn(token: string) {
  const answer = await api.call(null, 'POST', '/v1/session', { body: { token } });
  const setCookie = String(answer.headers['set-cookie']);
  const cookie = setCookie.split(';', 1)[0] as string;
  return { answer, setCookie, cookie, csrf: answer.body.csrf_token as string };
}

describe('a session', () => {
  it('hides its secret from scripts and from other sites', async () => {
    const { answer, setCookie } = await logIn(api.tokens.reader);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ role: 'read', project: 'vision' });
    expect(setCookie).toMatch(/; HttpOnly/);
    expect(setCookie).toMatch(/; SameSite=Strict/);
    expect(setCookie).not.toMatch(/; Secure/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(JSON.stringify(answer.body)).not.toContain(setCookie.slice(18, 50));
  });

  it('is only for https where the service is reached by https', async () => {
    const secure = await buildTestApi({ settings: { publicUrl: () => 'https://losswatch.test' } });
    try {
      const answer = await secure.call(null, 'POST', '/v1/session', { body: { token: secure.tokens.admin } });
      expect(String(answer.headers['set-cookie'])).toMatch(/; Secure/);
    } finally {
      await secure.close();
    }
  });

  it('reads what its token may read, of its project only', async () => {
    const { cookie } = await logIn(api.tokens.reader);
    expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(200);
    expect((await api.call(null, 'GET', '/v1/runs?project=other', { headers: { cookie } })).status).toBe(403);
  });

  it('changes nothing without its CSRF token', async () => {
    const { cookie, csrf } = await logIn(api.tokens.admin);
    const body = { name: 'by cookie' };
    const without = await api.call(null, 'POST', '/v1/runs', { body, headers: { cookie } });
    expect(without.status).toBe(403);
    expect(without.body.errors[0].path).toBe('header:x-csrf-token');
    const other = await logIn(api.tokens.admin);
    const wrong = { cookie, 'x-csrf-token': other.csrf };
    expect((await api.call(null, 'POST', '/v1/runs', { body, headers: wrong })).status).toBe(403);
    const right = { cookie, 'x-csrf-token': csrf };
    expect((await api.call(null, 'POST', '/v1/runs', { body, headers: right })).status).toBe(201);
  });

  it('is told again after a reload, with the same CSRF token', async () => {
    const { cookie, csrf } = await logIn(api.tokens.admin);
    const again = await api.call(null, 'GET', '/v1/session', { headers: { cookie } });
    expect(again.body.csrf_token).toBe(csrf);
    expect((await api.call(null, 'GET', '/v1/session')).status).toBe(401);
  });

  it('ends at once when it is logged out', async () => {
    const { cookie, csrf } = await logIn(api.tokens.admin);
    expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(200);
    expect((await api.call(null, 'DELETE', '/v1/session', { headers: { cookie } })).status).toBe(403);
    const out = await api.call(null, 'DELETE', '/v1/session', { headers: { cookie, 'x-csrf-token': csrf } });
    expect(out.status).toBe(204);
    expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(401);
  });

  it('ends after a week', async () => {
    const { cookie } = await logIn(api.tokens.admin);
    api.advanceMs(7 * 86_400_000 - 1_000);
    expect((await api.call(null, 'GET', '/v1/session', { headers: { cookie } })).status).toBe(200);
    api.advanceMs(1_000);
    expect((await api.call(null, 'GET', '/v1/session', { headers: { cookie } })).status).toBe(401);
    expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(401);
  });

  it('ends when its token is revoked or replaced by another of the same id', async () => {
    const { client } = api.deps.database;
    for (const data of [{ revokedAt: new Date() }, { hash: hashToken('another') }]) {
      const token = await api.makeToken('admin', null);
      const { cookie } = await logIn(token);
      await client.token.update({ where: { hash: hashToken(token) }, data });
      expect((await api.call(null, 'GET', '/v1/runs', { headers: { cookie } })).status).toBe(401);
    }
  });

  it('is refused to a wrong token and to one that cannot read', async () => {
    expect((await logIn('lw_wrong')).answer.status).toBe(401);
    expect((await logIn(api.tokens.owner)).answer.status).toBe(403);
  });

  it('cannot be guessed: an address that fails too often is answered 429', async () => {
    const guarded = await buildTestApi();
    try {
      const statuses = new Set<number>();
      for (let n = 0; n < 62; n += 1)
        statuses.add((await guarded.call(null, 'POST', '/v1/session', { body: { token: `lw_guess${n}` } })).status);
      expect(statuses).toEqual(new Set([401, 429]));
    } finally {
      await guarded.close();
    }
  });

  it('leaves a script with its own token alone', async () => {
    const { cookie } = await logIn(api.tokens.reader);
    const answer = await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { name: 'x' }, headers: { cookie } });
    expect(answer.status).toBe(201);
  });

  it('is one of at most a hundred of its token: the oldest ends', async () => {
    const token = await api.makeToken('admin', null);
    const first = await logIn(token);
    for (let n = 0; n < 100; n += 1) {
      api.advanceMs(1);
      await logIn(token);
    }
    expect((await api.call(null, 'GET', '/v1/session', { headers: { cookie: first.cookie } })).status).toBe(401);
  });
});
