// The child's side of child-runner.ts.
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { createMessageReader, messagePipe, writeMessage } from './child-messages.ts';
import { DflBackendError } from './contract.ts';
import type { PeerAnswer } from './peer-pool.ts';

/** Read from the pipe at a time: with less, a large message is mostly switching between the two processes. */
const chunkBytes = 2 ** 20;

/**
 * Answers every request with what `handle` gives; ends this process when its parent is gone. `handle` may use a request's arrays only until it
 * answers: their memory is used again.
 */
export function serveRequests<Request, Answer>(handle: (request: Request) => Answer | Promise<Answer>): void {
  const reader = createMessageReader((request) => void answer(request as Request), { reuseMemory: true });
  const chunk = Buffer.alloc(chunkBytes);
  const leave = () => process.exit(0);
  // `onread` is documented for this constructor (nodejs.org/api/net.html), missing in @types/node.
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    fd: messagePipe,
    onread: { buffer: chunk, callback: onChunk },
  };
  const pipe = new Socket(options);
  pipe.on('close', leave);
  pipe.on('error', leave);

  function onChunk(bytes: number): boolean {
    try {
      reader.push(chunk.subarray(0, bytes));
    } catch {
      leave();
    }
    return true;
  }

  async function answer(request: Request): Promise<void> {
    writeMessage(pipe, await settle(request));
  }

  async function settle(request: Request): Promise<PeerAnswer<Answer>> {
    try {
      return { answer: await handle(request) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return error instanceof DflBackendError ? { error: message, failure: error.failure } : { error: message };
    }
  }
}
