// The database goes away under a running API and comes back.
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { buildApi } from '../../../src/api/app.ts';
import { type Database, openDatabase } from '../../../src/platform/db/client.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { type CuttableProxy, startCuttableProxy } from '../../support/cuttable-proxy.ts';
import { until } from '../../support/service.ts';

let api: TestApi;
let proxy: CuttableProxy;
let database: Database;
/** The API under test; `api` looks at the same rows past the proxy. */
let app: FastifyInstance;

beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  const [row] = await api.deps.database.client.$queryRaw<{ name: string }[]>`SELECT current_database() AS name`;
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${row?.name}`;
  proxy = await startCuttableProxy(url.href);
  database = openDatabase(proxy.url);
  app = await buildApi({ ...api.deps, database });
});
afterEach(async () => {
  await app.close();
  await database.close();
  await proxy.cut();
});

const createRun = (id: string) => send('/v1/runs', { id, name: id }, `create ${id}`);
const send = (url: string, body: object, key: string) =>
  app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${api.tokens.owner}`, 'idempotency-key': key },
    payload: body,
  });

describe('while the database is away', () => {
  test('writes are answered 503 with Retry-After, and the same request succeeds when it is back', async () => {
    expect((await createRun('early')).statusCode).toBe(201);
    await proxy.cut();
    const refused = await until('the API to notice', async () => {
      const answer = await createRun('late');
      return answer.statusCode === 503 ? answer : null;
    });
    expect(refused.json().code).toBe('overloaded');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    await proxy.restore();
    expect((await createRun('late')).statusCode).toBe(201);
    expect((await createRun('early')).headers['idempotency-replayed']).toBe('true');
  });

  test('a write that it interrupts is not half saved, and counts once when sent again', async () => {
    expect((await createRun('cut')).statusCode).toBe(201);
    const trace = { text: 'ValueError: Target -1 is out of lower bound', step: 1 };
    await api.deps.database.transaction(async (tx) => {
      // The write waits for the run's row, so the connection breaks in the middle of its transaction.
      await tx.$queryRaw`SELECT 1 FROM run WHERE id = 'cut' FOR UPDATE`;
      const interrupted = send('/v1/runs/cut/traces', trace, 'trace');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await proxy.cut();
      expect((await interrupted).statusCode).toBe(503);
    });
    expect(await api.deps.database.client.trace.count()).toBe(0);
    await proxy.restore();
    expect((await send('/v1/runs/cut/traces', trace, 'trace')).statusCode).toBe(202);
    expect((await send('/v1/runs/cut/traces', trace, 'trace')).headers['idempotency-replayed']).toBe('true');
    expect(await api.deps.database.client.trace.count()).toBe(1);
  });
});
