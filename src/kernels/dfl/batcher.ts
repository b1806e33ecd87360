// Fuses calls that come close together into one dispatch: while one is under way, or for a moment after the first call, further calls
// gather. Bounded in bytes per dispatch, in dispatches under way and in calls that wait.
import { setMaxListeners } from 'node:events';
import { PublicError } from '../../contracts/errors.ts';

export interface BatcherOptions {
  /** A dispatch holds at most this many bytes, or one call if that has more. */
  maxBatchBytes?: number;
  /** How long the first call of a dispatch waits for others. */
  maxDelayMs?: number;
  /** Dispatches under way at the same time: one computes while the next is prepared. */
  maxConcurrent?: number;
  /** Bytes of the calls that wait; more are refused with PublicError overloaded. */
  maxWaitingBytes?: number;
}

export interface Batcher<Input, Result> {
  /** Rejects with what the dispatch rejects with, with the signal's reason, or with PublicError overloaded. */
  run(input: Input, signal?: AbortSignal): Promise<Result>;
  /** Rejects what waits or is under way; later calls are rejected. */
  close(): void;
}

interface Call<Input, Result> {
  input: Input;
  bytes: number;
  settle: (outcome: { result: Result } | { failure: unknown }) => void;
}

interface Dispatch<Input, Result> {
  /** Calls not settled yet; the last one that is aborted aborts the dispatch. */
  open: Set<Call<Input, Result>>;
  abort: AbortController;
}

/** `dispatch` answers in the order of its inputs; when it rejects, all its calls do. */
export function createBatcher<Input, Result>(
  options: BatcherOptions,
  dispatch: (inputs: readonly Input[], signal: AbortSignal) => Promise<Result[]>,
  bytesOf: (input: Input) => number,
): Batcher<Input, Result> {
  const { maxBatchBytes = 32 * 2 ** 20, maxDelayMs = 2, maxConcurrent = 2, maxWaitingBytes = 2 ** 30 } = options;
  const waiting: Call<Input, Result>[] = [];
  const running = new Set<Dispatch<Input, Result>>();
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function run(input: Input, signal?: AbortSignal): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (closed) return reject(new Error('The DFL engine is closed'));
      if (signal?.aborted) return reject(signal.reason);
      const bytes = bytesOf(input);
      if (waiting.length > 0 && waitingBytes + bytes > maxWaitingBytes) {
        const detail = `${waiting.length} re-computations with ${waitingBytes} bytes are waiting; try again later.`;
        return reject(new PublicError('overloaded', detail, { retryAfterSeconds: 5 }));
      }
      const onAbort = () => cancel(call, signal?.reason);
      const call: Call<Input, Result> = {
        input,
        bytes,
        settle(outcome) {
          signal?.removeEventListener('abort', onAbort);
          if ('result' in outcome) resolve(outcome.result);
          else reject(outcome.failure);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(call);
      waitingBytes += bytes;
      schedule();
    });
  }

  function schedule(): void {
    if (waiting.length === 0 || running.size >= maxConcurrent) return;
    if (waitingBytes >= maxBatchBytes) start();
    else timer ??= setTimeout(start, maxDelayMs);
  }

  function start(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const calls = takeBatch();
    if (calls.length === 0) return;
    const started: Dispatch<Input, Result> = { open: new Set(calls), abort: new AbortController() };
    // Each part of a dispatch listens for its abort: that is no leak.
    setMaxListeners(0, started.abort.signal);
    running.add(started);
    dispatch(
      calls.map(({ input }) => input),
      started.abort.signal,
    )
      .then(
        (results) => calls.map((call, i) => finish(started, call, { result: results[i] as Result })),
        (failure) => calls.map((call) => finish(started, call, { failure })),
      )
      .finally(() => {
        running.delete(started);
        schedule();
      });
    schedule();
  }

  function takeBatch(): Call<Input, Result>[] {
    let bytes = 0;
    let count = 0;
    for (const call of waiting) {
      if (count > 0 && bytes + call.bytes > maxBatchBytes) break;
      bytes += call.bytes;
      count += 1;
    }
    waitingBytes -= bytes;
    return waiting.splice(0, count);
  }

  function finish(
    started: Dispatch<Input, Result>,
    call: Call<Input, Result>,
    outcome: Parameters<Call<Input, Result>['settle']>[0],
  ) {
    if (started.open.delete(call)) call.settle(outcome);
  }

  function cancel(call: Call<Input, Result>, reason: unknown): void {
    const at = waiting.indexOf(call);
    if (at !== -1) {
      waiting.splice(at, 1);
      waitingBytes -= call.bytes;
      call.settle({ failure: reason });
      return;
    }
    for (const started of running) {
      if (!started.open.has(call)) continue;
      finish(started, call, { failure: reason });
      if (started.open.size === 0) started.abort.abort(reason);
    }
  }

  function close(): void {
    closed = true;
    if (timer) clearTimeout(timer);
    const failure = new Error('The DFL engine was closed');
    for (const call of waiting.splice(0)) call.settle({ failure });
    for (const started of running) {
      for (const call of started.open) finish(started, call, { failure });
      started.abort.abort(failure);
    }
  }

  return { run, close };
}
