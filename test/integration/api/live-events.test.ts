// GET /v1/events on a real socket: what is committed is heard, in order, by whom it concerns, and again after a break.
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pruneExpired } from '../../../src/workers/prune-expired.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
let url: string;
beforeAll(async () => {
  api = await buildTestApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
});
afterAll(() => api.close());

interface Heard {
  id: string | null;
  event: string;
  data: any;
}

/** Reads a stream until `isEnough`. */
async function listen(options: { token?: string; query?: string; lastEventId?: string } = {}) {
  const { token = api.tokens.admin, query = '', lastEventId } = options;
  const controller = new AbortController();
  const answer = await fetch(`${url}/v1/events${query}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: controller.signal,
  });
  const heard: Heard[] = [];
  let wake = (): void => {};
  const reading = (async () => {
    let rest = '';
    for await (const chunk of answer.body ?? []) {
      const blocks = (rest + Buffer.from(chunk as Uint8Array).toString('utf8')).split('\n\n');
      rest = blocks.pop() as string;
      for (const block of blocks) {
        const fields = Object.fromEntries(
          block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]),
        );
        if (fields.event)
          heard.push({ id: fields.id ?? null, event: fields.event, data: JSON.parse(fields.data ?? '') });
      }
      wake();
    }
  })().catch(() => {});
  return {
    answer,
    heard,
    async until(isEnough: (heard: Heard[]) => boolean): Promise<Heard[]> {
      while (!isEnough(heard)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return heard;
    },
    async close() {
      controller.abort();
      await reading;
    },
  };
}

async function addRun(id: string, project = 'vision') {
  expect((await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id, name: id, project } })).status).toBe(201);
}

describe('the event stream', () => {
  it('tells of a run that begins and ends', async () => {
    const stream = await listen();
    expect(stream.answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    await addRun('begins');
    await api.call(api.tokens.admin, 'PATCH', '/v1/runs/begins', { body: { status: 'finished' } });
    const [begun, ended] = await stream.until((heard) => heard.length >= 2);
    expect(begun).toMatchObject({
      event: 'run',
      data: { id: 'begins', project: 'vision', status: 'running', last_step: null },
    });
    expect(ended).toMatchObject({ event: 'run', data: { id: 'begins', status: 'finished' } });
    expect(Number(ended?.id)).toBeGreaterThan(Number(begun?.id));
    await stream.close();
  });

  it('tells nothing of other projects', async () => {
    const stranger = await listen({ token: api.tokens.strangerReader });
    const all = await listen();
    await addRun('mine', 'vision');
    await addRun('theirs', 'other');
    await stranger.until((heard) => heard.length >= 1);
    await all.until((heard) => heard.length >= 2);
    expect(stranger.heard.map(({ data }) => data.id)).toEqual(['theirs']);
    await stranger.close();
    await all.close();
    const refused = await listen({ token: api.tokens.strangerReader, query: '?project=vision' });
    expect(refused.answer.status).toBe(403);
  });

  it('goes on after Last-Event-ID without a gap or a repetition, while more is being written', async () => {
    const first = await listen();
    await addRun('resume-0');
    const [event] = await first.until((heard) => heard.length >= 1);
    await first.close();
    const writing = Promise.all(Array.from({ length: 20 }, (_, n) => addRun(`resume-${n + 1}`)));
    const second = await listen({ lastEventId: event?.id as string });
    await writing;
    await second.until((heard) => heard.length >= 20);
    const ids = second.heard.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(new Set(second.heard.map(({ data }) => data.id)).size).toBe(20);
    await second.close();
  });

  it('loses no event of transactions that commit in another order than they began', async () => {
    const stream = await listen();
    const { database } = api.deps;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const run = { name: 'x', project: 'vision' };
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = database.transaction(async (tx) => {
      await tx.run.create({ data: { id: 'slow', ...run } });
      begun();
      await held;
    });
    await hasBegun;
    await database.transaction((tx) => tx.run.create({ data: { id: 'quick', ...run } }));
    await stream.until((heard) => heard.some(({ data }) => data.id === 'quick'));
    release();
    await slow;
    const heard = await stream.until((all) => all.some(({ data }) => data.id === 'slow'));
    expect(heard.map(({ data }) => data.id)).toEqual(['quick', 'slow']);
    await stream.close();
  });

  it('says that events were missed when they are kept no longer', async () => {
    await addRun('old-1');
    await addRun('old-2');
    api.advanceMs(0);
    const { client } = api.deps.database;
    await client.liveEvent.updateMany({ data: { at: new Date('2026-01-01T00:00:00Z') } });
    const workers = { ...api.deps, healthyCaptureDays: 7 } as unknown as Parameters<typeof pruneExpired>[0];
    await pruneExpired(workers);
    const stream = await listen({ lastEventId: '1' });
    const [reset] = await stream.until((heard) => heard.length >= 1);
    expect(reset).toEqual({ id: null, event: 'reset', data: {} });
    await addRun('after-reset');
    await stream.until((heard) => heard.some(({ data }) => data.id === 'after-reset'));
    await stream.close();
    const ahead = await listen({ lastEventId: '999999999' });
    expect((await ahead.until((heard) => heard.length >= 1))[0]?.event).toBe('reset');
    await ahead.close();
  });

  it('is told through a lost connection to the database', async () => {
    const stream = await listen();
    await addRun('before-loss');
    await stream.until((heard) => heard.length >= 1);
    await api.deps.database.client.$queryRaw`
      SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE query LIKE 'LISTEN losswatch_live%' AND datname = current_database()`;
    await addRun('after-loss');
    await stream.until((heard) => heard.some(({ data }) => data.id === 'after-loss'));
    await stream.close();
  });

  it('refuses a Last-Event-ID that is none', async () => {
    const answer = await api.call(api.tokens.admin, 'GET', '/v1/events', { headers: { 'last-event-id': 'x' } });
    expect(answer.status).toBe(400);
  });
});

describe('the metrics page', () => {
  it('is open on this machine, counts what is there, and needs a token behind a proxy', async () => {
    await addRun('counted');
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/^losswatch_runs\{status="running"\} [1-9]/m);
    expect(text).toMatch(/^losswatch_store_up\{store="database"\} 1$/m);
    expect(text).toMatch(
      /losswatch_http_request_duration_seconds_count\{method="POST",route="\/v1\/runs",status="201"\} [1-9]/,
    );
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    const ask = (token: string | null) => api.call(token, 'GET', '/metrics', { headers: forwarded });
    expect((await ask(null)).status).toBe(401);
    expect((await ask(api.tokens.reader)).status).toBe(403);
    expect((await ask(api.tokens.admin)).status).toBe(200);
  });
});
