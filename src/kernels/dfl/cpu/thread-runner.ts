// A serial runner whose peer is a worker thread.
import { Worker } from 'node:worker_threads';
import {
  createSerialRunner,
  type Peer,
  type PeerAnswer,
  type PeerEvents,
  type SerialRunner,
  type SerialRunnerOptions,
} from '../serial-runner.ts';

export interface ThreadRunnerOptions extends SerialRunnerOptions {
  /** Script of the thread, .js or .ts; it answers every message with one PeerAnswer. */
  script: URL;
}

export function createThreadRunner<Request, Answer>(options: ThreadRunnerOptions): SerialRunner<Request, Answer> {
  return createSerialRunner<Request, Answer>((events) => startThread(options.script, events), options);
}

function startThread<Request, Answer>(script: URL, events: PeerEvents<Answer>): Peer<Request> {
  const thread = openThread(script);
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
function openThread(script: URL): Worker {
  if (!script.pathname.endsWith('.ts')) return new Worker(script, { execArgv: [] });
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(script.href)}); })`;
  return new Worker(load, { eval: true, execArgv: [] });
}
