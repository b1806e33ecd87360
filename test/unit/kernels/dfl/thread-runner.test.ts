import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createThreadRunner, type ThreadRunner } from '../../../../src/kernels/dfl/cpu/thread-runner.ts';

/** A thread that does what its request says; `calls` counts the requests this very thread has had. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    let calls = 0;
    parentPort.on('message', (request) => {
      calls++;
      if (request === 'exit') process.exit(3);
      if (request === 'throw') throw new Error('thread broke');
      if (request === 'hang') for (;;) {}
      if (request === 'refuse') return parentPort.postMessage({ error: 'bad request' });
      parentPort.postMessage({ answer: { request, calls } });
    });
  `)}`,
);

let runner: ThreadRunner<unknown, unknown>;
afterEach(async () => {
  vi.useRealTimers();
  await runner.close();
});

function start(options: { timeoutMs?: number; maxWaiting?: number } = {}): void {
  runner = createThreadRunner({ script, timeoutMs: options.timeoutMs ?? 60_000, maxWaiting: options.maxWaiting ?? 10 });
}
const ask = (request: unknown, signal?: AbortSignal) => runner.run(() => request, signal);

describe('createThreadRunner', () => {
  it('answers in order, all from one thread', async () => {
    start();
    expect(await Promise.all([ask('a'), ask('b'), ask('c')])).toEqual([
      { request: 'a', calls: 1 },
      { request: 'b', calls: 2 },
      { request: 'c', calls: 3 },
    ]);
  });

  it('passes on an error the thread reports, and keeps the thread', async () => {
    start();
    await expect(ask('refuse')).rejects.toThrow('bad request');
    expect(await ask('a')).toEqual({ request: 'a', calls: 2 });
  });

  it.each([
    { death: 'exit', message: /exit code 3/ },
    { death: 'throw', message: /thread broke/ },
  ])('loses only the running call when the thread dies by $death', async ({ death, message }) => {
    start();
    const dying = expect(ask(death)).rejects.toThrow(message);
    const next = ask('a');
    await dying;
    expect(await next).toEqual({ request: 'a', calls: 1 });
  });

  it('ends a call that takes too long and starts a new thread for the next', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    start({ timeoutMs: 1500 });
    const hanging = expect(ask('hang')).rejects.toThrow(/longer than 1500 ms/);
    const next = ask('a');
    vi.advanceTimersByTime(1500);
    await hanging;
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
    runner = createThreadRunner({ script: new URL('file:///no/such/thread.js'), timeoutMs: 60_000, maxWaiting: 1 });
    await expect(ask('a')).rejects.toThrow(/Cannot find module/);
  });

  it('lets the process end while its thread is idle', async () => {
    const module = new URL('../../../../src/kernels/dfl/cpu/thread-runner.ts', import.meta.url).href;
    const program = `
      import { createThreadRunner } from ${JSON.stringify(module)};
      const runner = createThreadRunner({ script: new URL(${JSON.stringify(script.href)}), timeoutMs: 60_000, maxWaiting: 1 });
      console.log((await runner.run(() => 'a')).request);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(stdout.trim()).toBe('a');
  }, 30_000);

  it('rejects running and waiting calls when it is closed', async () => {
    start();
    const calls = [ask('hang'), ask('a')].map((call) => expect(call).rejects.toThrow(/closed/));
    await runner.close();
    await Promise.all(calls);
    await expect(ask('b')).rejects.toThrow(/closed/);
  });
});
