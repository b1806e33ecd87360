// A pool whose one peer is a child process: for native libraries, whose crash takes their process down. The child's script calls
// serveRequests (child-server.ts); messages go through a pipe of their own, so that whatever a library prints disturbs nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createMessageReader, messagePipe, writeMessage } from './child-messages.ts';
import {
  createPeerPool,
  type Peer,
  type PeerAnswer,
  type PeerEvents,
  type PeerPool,
  type PeerPoolOptions,
} from './peer-pool.ts';

export interface ChildRunnerOptions extends Omit<PeerPoolOptions, 'peers'> {
  /** Script of the child, .js or .ts. */
  script: URL;
  /** Added to the environment of this process. */
  env?: Record<string, string>;
}

export interface ChildRunner<Request, Answer> extends PeerPool<Request, Answer> {
  /** The end of what the latest child wrote to its standard error: all of it that came before an answer is here after the answer. */
  readStderr(): Promise<string>;
}

const keptStderr = 16_384;

export function createChildRunner<Request, Answer>(options: ChildRunnerOptions): ChildRunner<Request, Answer> {
  let stderr = '';

  function open(events: PeerEvents<Answer>): Peer<Request> {
    stderr = '';
    const child = spawnScript(options);
    const pipe = child.stdio[messagePipe] as Duplex;
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-keptStderr);
    });
    const ended = new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      child.on('error', () => resolve());
    });
    child.on('error', (error) => events.onLost(`The child process could not be started: ${error.message}`));
    // Not 'exit': by 'close' the last words on standard error are there.
    child.on('close', (code, signal) => events.onLost(describeEnd(code, signal, stderr)));
    // A pipe to a child that ended fails; 'close' tells why it ended.
    pipe.on('error', () => {});
    const reader = createMessageReader((answer) => events.onAnswer(answer as PeerAnswer<Answer>));
    pipe.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        pipe.destroy();
        child.kill('SIGKILL');
      }
    });
    return {
      send: (request) => writeMessage(pipe, request),
      keepAlive: (busy) => keepAlive(child, busy),
      end: () => {
        // Whoever awaits the end of an idle child would see this process end first.
        keepAlive(child, true);
        child.kill('SIGKILL');
        return ended;
      },
    };
  }

  return {
    ...createPeerPool<Request, Answer>(open, options),
    async readStderr() {
      // What the child wrote before its answer became readable with it: the same turn of the event loop delivers both.
      await new Promise((resolve) => setImmediate(resolve));
      return stderr;
    },
  };
}

function spawnScript({ script, env }: ChildRunnerOptions): ChildProcess {
  const loader = script.pathname.endsWith('.ts') ? ['--import', 'tsx'] : [];
  return spawn(process.execPath, [...loader, fileURLToPath(script)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    windowsHide: true,
  });
}

/** The child and the two pipes each hold this process. */
function keepAlive(child: ChildProcess, busy: boolean): void {
  const handles = [child, ...child.stdio] as ({ ref?(): void; unref?(): void } | null | undefined)[];
  for (const handle of handles) {
    if (busy) handle?.ref?.();
    else handle?.unref?.();
  }
}

function describeEnd(code: number | null, signal: string | null, stderr: string): string {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const lines = stderr.trim().split('\n');
  // Node prints its version after an uncaught error.
  const lastWords = lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1);
  return `The child process ${how}${lastWords ? `: ${lastWords}` : ''}`;
}
