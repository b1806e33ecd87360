// The pool with both kinds of peers, and what is particular to each.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { createChildRunner } from '../../../../src/kernels/dfl/child-runner.ts';
import { DflBackendError } from '../../../../src/kernels/dfl/contract.ts';
import { createThreadPool } from '../../../../src/kernels/dfl/cpu/thread-pool.ts';
import type { PeerPool } from '../../../../src/kernels/dfl/peer-pool.ts';

/** Does what test/support/child-peer.ts does. */
const threadScript = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    let calls = 0;
    parentPort.on('message', (request) => {
      calls++;
      if (request === 'exit') process.exit(3);
      if (request === 'throw') throw new Error('peer broke');
      if (request === 'hang') for (;;) {}
      if (request === 'refuse') return parentPort.postMessage({ error: 'bad request' });
      parentPort.postMessage({ answer: { request, calls } });
    });
  `)}`,
);
const childScript = new URL('../../../support/child-peer.ts', import.meta.url);

const peers = [
  { kind: 'thread', factory: 'cpu/thread-pool.ts', create: createThreadPool, script: threadScript },
  { kind: 'child', factory: 'child-runner.ts', create: createChildRunner, script: childScript },
] as const;

describe.each(peers)('a pool of one $kind', ({ factory, create, script }) => {
  let runner: PeerPool<unknown, unknown>;
  afterEach(async () => {
    vi.useRealTimers();
    await runner.close();
  });

  function start(options: { timeoutMs?: number; maxWaiting?: number } = {}): void {
    runner = create({ script, timeoutMs: options.timeoutMs ?? 60_000, maxWaiting: options.maxWaiting ?? 10 });
  }
  const ask = (request: unknown, signal?: AbortSignal) => runner.run(() => request, signal);

  it('answers in order, all from one peer', async () => {
    start();
    expect(await Promise.all([ask('a'), ask('b'), ask('c')])).toEqual([
      { request: 'a', calls: 1 },
      { request: 'b', calls: 2 },
      { request: 'c', calls: 3 },
    ]);
  });

  it('passes on an error the peer reports, and keeps the peer', async () => {
    start();
    await expect(ask('refuse')).rejects.toThrow('bad request');
    expect(await ask('a')).toEqual({ request: 'a', calls: 2 });
  });

  it.each([
    { death: 'exit', message: /exit code 3/ },
    { death: 'throw', message: /peer broke/ },
  ])('loses only the running call when the peer dies by $death', async ({ death, message }) => {
    start();
    const dying = ask(death).catch((error) => error);
    const next = ask('a');
    expect(await dying).toMatchObject({ failure: 'crashed', message: expect.stringMatching(message) });
    expect(await next).toEqual({ request: 'a', calls: 1 });
  });

  it('ends a call that takes too long and starts a new peer for the next', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    start({ timeoutMs: 1500 });
    const hanging = ask('hang').catch((error) => error);
    const next = ask('a');
    vi.advanceTimersByTime(1500);
    expect(await hanging).toMatchObject({
      failure: 'timed-out',
      message: expect.stringMatching(/longer than 1500 ms/),
    });
    expect(await next).toEqual({ request: 'a', calls: 1 });
  });

  it('leaves no deadline behind that could end a later call', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    start();
    await Promise.all([ask('a'), ask('b')]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a running call that is aborted', async () => {
    start();
    const aborted = new AbortController();
    const hanging = expect(ask('hang', aborted.signal)).rejects.toThrow('stop it');
    aborted.abort(new Error('stop it'));
    await hanging;
    expect(await ask('a')).toEqual({ request: 'a', calls: 1 });
  });

  it('drops a waiting call that is aborted without ever making its request', async () => {
    start();
    const aborted = new AbortController();
    const first = ask('a');
    let prepared = false;
    const second = runner.run(() => {
      prepared = true;
      return 'b';
    }, aborted.signal);
    aborted.abort(new Error('not needed'));
    await expect(second).rejects.toThrow('not needed');
    await first;
    expect(await ask('c')).toEqual({ request: 'c', calls: 2 });
    expect(prepared).toBe(false);
  });

  it('refuses a call as overloaded when too many wait', async () => {
    start({ maxWaiting: 2 });
    const accepted = [ask('a'), ask('b'), ask('c')];
    await expect(ask('d')).rejects.toMatchObject({ code: 'overloaded', status: 503, retryAfterSeconds: 5 });
    expect((await Promise.all(accepted)).length).toBe(3);
  });

  it('rejects a call whose request cannot be made or sent, and serves the next', async () => {
    start();
    const failing = runner.run(() => {
      throw new Error('no memory');
    });
    await expect(failing).rejects.toThrow('no memory');
    await expect(ask(() => 0)).rejects.toThrow(/could not be cloned/);
    expect(await ask('a')).toMatchObject({ request: 'a' });
  });

  it('rejects a call when the script cannot be loaded', async () => {
    runner = create({ script: new URL('file:///no/such/script.js'), timeoutMs: 60_000, maxWaiting: 1 });
    await expect(ask('a')).rejects.toThrow(/Cannot find module/);
  });

  /** What a program that asks for 'a' and then does `more` prints. */
  async function printed(more: string): Promise<string> {
    start();
    const module = new URL(`../../../../src/kernels/dfl/${factory}`, import.meta.url).href;
    const program = `
      import { ${create.name} } from ${JSON.stringify(module)};
      const runner = ${create.name}({ script: new URL(${JSON.stringify(script.href)}), timeoutMs: 60_000, maxWaiting: 1 });
      console.log((await runner.run(() => 'a')).request);
      ${more}`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    return stdout.trim();
  }

  it('lets the process end while its peer is idle', async () => {
    expect(await printed('')).toBe('a');
  }, 30_000);

  it('keeps the process until an idle peer that is closed has ended', async () => {
    expect(await printed("await runner.close(); console.log('closed');")).toBe('a\nclosed');
  }, 30_000);

  it('rejects running and waiting calls when it is closed', async () => {
    start();
    const calls = [ask('hang'), ask('a')].map((call) => expect(call).rejects.toThrow(/closed/));
    await runner.close();
    await Promise.all(calls);
    await expect(ask('b')).rejects.toThrow(/closed/);
  });
});

describe('createChildRunner', () => {
  const runner = createChildRunner<unknown, unknown>({
    script: childScript,
    timeoutMs: 60_000,
    maxWaiting: 10,
    env: { LOSSWATCH_TEST_WORDS: 'given words' },
  });
  const ask = (request: unknown) => runner.run(() => request);
  afterAll(() => runner.close());

  it('carries typed arrays both ways, views and shared memory included, in whatever order of sizes', async () => {
    const shared = new Float64Array(new SharedArrayBuffer(24));
    shared.set([1.5, Number.NaN, Number.NEGATIVE_INFINITY]);
    const message = {
      bytes: Uint8Array.of(1, 2, 3),
      view: new Float32Array(new ArrayBuffer(64), 12, 5).fill(0.1),
      nested: [{ none: new Uint32Array(0), one: Uint32Array.of(7) }, null, 'text'],
      long: new Float32Array(300_000).map((_, i) => i),
    };
    const { request } = (await ask({ ...message, shared })) as { request: Record<string, unknown> };
    expect(request).toEqual({ ...message, shared: Float64Array.from(shared) });
  });

  it('sends a message of nothing but a value', async () => {
    expect(await ask({ list: [] })).toMatchObject({ request: { list: [] } });
  });

  it('keeps the kind of a failure the child reports, and the child', async () => {
    const { calls } = (await ask({})) as { calls: number };
    const failure = await ask('out-of-memory').catch((error) => error);
    expect(failure).toBeInstanceOf(DflBackendError);
    expect(failure).toMatchObject({ failure: 'out-of-memory', message: 'no room' });
    expect(await ask({})).toMatchObject({ calls: calls + 2 });
  });

  it('survives a crash in native code and says how the child ended', async () => {
    await expect(ask('segfault')).rejects.toMatchObject({
      failure: 'crashed',
      message: expect.stringContaining('SIGSEGV'),
    });
    expect(await ask({})).toMatchObject({ calls: 1 });
  });

  it('gives the child its environment and hands over what it wrote to standard error', async () => {
    expect(await ask('environment')).toEqual({ words: 'given words' });
    expect(await runner.readStderr()).toContain('a library speaks');
  });
});

describe('a pool of several peers', () => {
  const pool = createThreadPool<unknown, unknown>({
    script: threadScript,
    peers: 2,
    timeoutMs: 60_000,
    maxWaiting: 10,
  });
  afterAll(() => pool.close());

  it('gives each waiting call to the peer that is free, and tells which', async () => {
    const stopped = new AbortController();
    const hanging = pool.run(() => 'hang', stopped.signal).catch((error) => error);
    const peers: number[] = [];
    for (const _ of [1, 2, 3]) await pool.run((peer) => peers.push(peer));
    expect(peers).toEqual([1, 1, 1]);
    stopped.abort(new Error('enough'));
    expect(await hanging).toMatchObject({ message: 'enough' });
  });
});
