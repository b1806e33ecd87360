import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BatcherOptions, createBatcher } from '../../../../src/kernels/dfl/batcher.ts';

interface Dispatched {
  inputs: readonly string[];
  signal: AbortSignal;
  resolve: (results: string[]) => void;
  reject: (reason: unknown) => void;
}

/** A batcher whose dispatches wait until the test settles them; an input has as many bytes as letters. */
function start(options: BatcherOptions = {}) {
  const dispatched: Dispatched[] = [];
  const dispatch = (inputs: readonly string[], signal: AbortSignal) =>
    new Promise<string[]>((resolve, reject) => dispatched.push({ inputs, signal, resolve, reject }));
  const batcher = createBatcher<string, string>(options, dispatch, (input) => input.length);
  const answerAll = () => {
    for (const { inputs, resolve } of dispatched) resolve(inputs.map((input) => input.toUpperCase()));
  };
  return { batcher, dispatched, answerAll };
}

describe('createBatcher', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fuses calls of the same moment into one dispatch and gives each its own result', async () => {
    const { batcher, dispatched, answerAll } = start({ maxDelayMs: 2 });
    const results = Promise.all(['a', 'b', 'c'].map((input) => batcher.run(input)));
    expect(dispatched).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(dispatched.map(({ inputs }) => inputs)).toEqual([['a', 'b', 'c']]);
    answerAll();
    expect(await results).toEqual(['A', 'B', 'C']);
  });

  it('does not wait once a dispatch is full, and never makes one larger unless one call is', () => {
    const { batcher, dispatched } = start({ maxBatchBytes: 4, maxConcurrent: 9 });
    for (const input of ['aa', 'bb', 'ccc', 'dddddddd', 'e']) void batcher.run(input);
    vi.advanceTimersByTime(2);
    expect(dispatched.map(({ inputs }) => inputs)).toEqual([['aa', 'bb'], ['ccc'], ['dddddddd'], ['e']]);
  });

  it('gathers what comes while all dispatches are under way', async () => {
    const { batcher, dispatched, answerAll } = start({ maxConcurrent: 1 });
    const first = batcher.run('a');
    vi.advanceTimersByTime(2);
    const others = ['b', 'c'].map((input) => batcher.run(input));
    vi.advanceTimersByTime(50);
    expect(dispatched.length).toBe(1);
    answerAll();
    await first;
    await vi.waitFor(() => {
      vi.advanceTimersByTime(2);
      expect(dispatched[1]?.inputs).toEqual(['b', 'c']);
    });
    answerAll();
    expect(await Promise.all(others)).toEqual(['B', 'C']);
  });

  it('rejects all calls of a dispatch that fails, and only those', async () => {
    const { batcher, dispatched } = start({ maxBatchBytes: 2, maxConcurrent: 2 });
    const failing = ['a', 'b'].map((input) => expect(batcher.run(input)).rejects.toThrow('no device'));
    const fine = ['c', 'd'].map((input) => batcher.run(input));
    dispatched[0]?.reject(new Error('no device'));
    dispatched[1]?.resolve(['C', 'D']);
    await Promise.all(failing);
    expect(await Promise.all(fine)).toEqual(['C', 'D']);
  });

  it('drops a waiting call that is aborted, and ends a dispatch only when nobody wants it any more', async () => {
    const { batcher, dispatched } = start();
    const [waiting, one, two] = [new AbortController(), new AbortController(), new AbortController()];
    const reason = new Error('not wanted');
    const dropped = expect(batcher.run('a', waiting.signal)).rejects.toBe(reason);
    waiting.abort(reason);
    await dropped;
    const calls = [one, two].map(({ signal }) => expect(batcher.run('b', signal)).rejects.toBe(reason));
    vi.advanceTimersByTime(2);
    expect(dispatched[0]?.inputs).toEqual(['b', 'b']);
    one.abort(reason);
    expect(dispatched[0]?.signal.aborted).toBe(false);
    two.abort(reason);
    expect(dispatched[0]?.signal.aborted).toBe(true);
    await Promise.all(calls);
  });

  it('refuses calls as overloaded when too many bytes wait', async () => {
    const { batcher } = start({ maxWaitingBytes: 4, maxConcurrent: 1 });
    void batcher.run('aaaa');
    await expect(batcher.run('b')).rejects.toMatchObject({ code: 'overloaded', status: 503, retryAfterSeconds: 5 });
  });

  it('rejects what waits and what is under way when it is closed, and later calls', async () => {
    const { batcher, dispatched } = start({ maxConcurrent: 1 });
    const underWay = expect(batcher.run('a')).rejects.toThrow(/closed/);
    vi.advanceTimersByTime(2);
    const waiting = expect(batcher.run('b')).rejects.toThrow(/closed/);
    batcher.close();
    await Promise.all([underWay, waiting]);
    expect(dispatched[0]?.signal.aborted).toBe(true);
    await expect(batcher.run('c')).rejects.toThrow(/closed/);
  });
});
