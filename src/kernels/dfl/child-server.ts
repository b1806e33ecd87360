// The child's side of child-runner.ts.
import { Socket } from 'node:net';
import { messagePipe, readMessages, writeMessage } from './child-messages.ts';
import { DflBackendError } from './contract.ts';
import type { PeerAnswer } from './peer-pool.ts';

/** Answers every request with what `handle` gives; ends this process when its parent is gone. */
export function serveRequests<Request, Answer>(handle: (request: Request) => Answer | Promise<Answer>): void {
  const pipe = new Socket({ fd: messagePipe });
  const leave = () => process.exit(0);
  pipe.on('close', leave);
  pipe.on('error', leave);
  readMessages(pipe, (request) => void answer(request as Request), leave);

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
