// Runs requests one after the other in a worker thread. A call that takes too long or is aborted costs the thread, not the process; a
// thread that dies costs its call; the next call starts a new one.
import { Worker } from 'node:worker_threads';
import { PublicError } from '../../../contracts/errors.ts';

/** What a thread posts back, exactly once per request. */
export type ThreadAnswer<Answer> = { answer: Answer } | { error: string };

export interface ThreadRunner<Request, Answer> {
  /** `prepare` makes the request when its turn comes, so that waiting calls hold no copies. */
  run(prepare: () => Request, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

export interface ThreadRunnerOptions {
  /** Script of the thread, .js or .ts; it answers every message with one ThreadAnswer. */
  script: URL;
  /** From the moment a call's turn comes. */
  timeoutMs: number;
  /** Calls that may wait for their turn; more are refused. */
  maxWaiting: number;
}

interface Call<Request, Answer> {
  prepare: () => Request;
  settle: (outcome: ThreadAnswer<Answer> | { failure: unknown }) => void;
}

export function createThreadRunner<Request, Answer>(options: ThreadRunnerOptions): ThreadRunner<Request, Answer> {
  const waiting: Call<Request, Answer>[] = [];
  let running: Call<Request, Answer> | null = null;
  let deadline: NodeJS.Timeout | undefined;
  let thread: Worker | null = null;
  let closed = false;

  function run(prepare: () => Request, signal?: AbortSignal): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (closed) return reject(new Error('The thread runner is closed'));
      if (signal?.aborted) return reject(signal.reason);
      if (waiting.length >= options.maxWaiting) {
        const detail = `${waiting.length} re-computations are waiting, at most ${options.maxWaiting} may; try again later.`;
        return reject(new PublicError('overloaded', detail, { retryAfterSeconds: 5 }));
      }
      const onAbort = () => cancel(call, signal?.reason);
      const call: Call<Request, Answer> = {
        prepare,
        settle(outcome) {
          signal?.removeEventListener('abort', onAbort);
          if ('answer' in outcome) resolve(outcome.answer);
          else reject('failure' in outcome ? outcome.failure : new Error(outcome.error));
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(call);
      startNext();
    });
  }

  function startNext(): void {
    if (running) return;
    running = waiting.shift() ?? null;
    if (!running) {
      thread?.unref();
      return;
    }
    try {
      thread ??= startThread();
      thread.ref();
      const late = new Error(`The re-computation took longer than ${options.timeoutMs} ms and was ended`);
      deadline = setTimeout(() => endThread(late), options.timeoutMs);
      thread.postMessage(running.prepare());
    } catch (failure) {
      finish({ failure });
    }
  }

  function finish(outcome: ThreadAnswer<Answer> | { failure: unknown }): void {
    clearTimeout(deadline);
    const call = running;
    running = null;
    call?.settle(outcome);
    startNext();
  }

  function cancel(call: Call<Request, Answer>, reason: unknown): void {
    if (call === running) {
      endThread(reason);
      return;
    }
    const at = waiting.indexOf(call);
    if (at === -1) return;
    waiting.splice(at, 1);
    call.settle({ failure: reason });
  }

  /** A thread in the middle of a computation hears nothing: ending it is the only way to stop it. */
  function endThread(failure: unknown): void {
    const ended = thread;
    thread = null;
    void ended?.terminate();
    finish({ failure });
  }

  function startThread(): Worker {
    const started = openThread(options.script);
    function lose(failure: Error): void {
      if (thread !== started) return;
      thread = null;
      finish({ failure });
    }
    started.on('message', (answer: ThreadAnswer<Answer>) => {
      if (thread === started) finish(answer);
    });
    started.on('error', lose);
    started.on('exit', (code) => lose(new Error(`The thread ended with exit code ${code}`)));
    return started;
  }

  async function close(): Promise<void> {
    closed = true;
    const failure = new Error('The thread runner was closed');
    for (const call of waiting.splice(0)) call.settle({ failure });
    const ended = thread;
    endThread(failure);
    await ended?.terminate();
  }

  return { run, close };
}

/** Node 20 loads no TypeScript, and tsx's --import flag does not reach threads: run from source, a thread registers tsx's hooks itself. */
function openThread(script: URL): Worker {
  if (!script.pathname.endsWith('.ts')) return new Worker(script, { execArgv: [] });
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(script.href)}); })`;
  return new Worker(load, { eval: true, execArgv: [] });
}
