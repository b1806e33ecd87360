// A pool whose peers are worker threads.
import { Worker } from 'node:worker_threads';
import {
  createPeerPool,
  type Peer,
  type PeerAnswer,
  type PeerEvents,
  type PeerPool,
  type PeerPoolOptions,
} from '../peer-pool.ts';

export interface ThreadPoolOptions extends PeerPoolOptions {
  /** Script of the threads, .js or .ts; it answers every message with one PeerAnswer. */
  script: URL;
  /** What the thread of that number finds as its workerData. */
  workerData?: (thread: number) => unknown;
}

export function createThreadPool<Request, Answer>(options: ThreadPoolOptions): PeerPool<Request, Answer> {
  const { script, workerData } = options;
  return createPeerPool<Request, Answer>(
    (events, number) => startThread(script, workerData?.(number), events),
    options,
  );
}

function startThread<Request, Answer>(script: URL, workerData: unknown, events: PeerEvents<Answer>): Peer<Request> {
  const thread = openThread(script, workerData);
  thread.on('message', (answer: PeerAnswer<Answer>) => events.onAnswer(answer));
  thread.on('error', (error) => events.onLost(error.message));
  thread.on('exit', (code) => events.onLost(`The thread ended with exit code ${code}`));
  return {
    send: (request) => thread.postMessage(request),
    keepAlive: (busy) => (busy ? thread.ref() : thread.unref()),
    end: () => thread.terminate(),
  };
}

/** Node 20 loads no TypeScript, and tsx's --import flag does not reach threads: run from source, a thread registers tsx's hooks itself. */
function openThread(script: URL, workerData: unknown): Worker {
  if (!script.pathname.endsWith('.ts')) return new Worker(script, { execArgv: [], workerData });
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(script.href)}); })`;
  return new Worker(load, { eval: true, execArgv: [], workerData });
}
