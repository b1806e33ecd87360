// Runs requests one after the other in a peer: a worker thread or a child process. A call that takes too long or is aborted costs the peer,
// not this process; a peer that dies costs its call; the next call starts a new one.
import { PublicError } from '../../contracts/errors.ts';
import { type BackendFailure, DflBackendError } from './contract.ts';

/** What a peer answers, exactly once per request. An error with `failure` is the device's, one without is a fault of the request. */
export type PeerAnswer<Answer> = { answer: Answer } | { error: string; failure?: BackendFailure };

export interface Peer<Request> {
  /** Throws when the request cannot be sent. */
  send(request: Request): void;
  /** An idle peer does not keep this process alive. */
  keepAlive(busy: boolean): void;
  /** Ends it at once, in the middle of whatever it does. */
  end(): Promise<unknown>;
}

export interface PeerEvents<Answer> {
  onAnswer(answer: PeerAnswer<Answer>): void;
  /** It ended by itself; may be called more than once. */
  onLost(reason: string): void;
}

export interface SerialRunner<Request, Answer> {
  /**
   * `prepare` makes the request when its turn comes, so that waiting calls hold no copies. Rejects with DflBackendError `crashed` or
   * `timed-out`, with what the peer answers, with the signal's reason, or with PublicError overloaded.
   */
  run(prepare: () => Request, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

export interface SerialRunnerOptions {
  /** From the moment a call's turn comes. */
  timeoutMs: number;
  /** Calls that may wait for their turn; more are refused. */
  maxWaiting: number;
}

type Outcome<Answer> = PeerAnswer<Answer> | { rejection: unknown };

interface Call<Request, Answer> {
  prepare: () => Request;
  settle: (outcome: Outcome<Answer>) => void;
}

/** `open` starts a peer; it may throw. */
export function createSerialRunner<Request, Answer>(
  open: (events: PeerEvents<Answer>) => Peer<Request>,
  options: SerialRunnerOptions,
): SerialRunner<Request, Answer> {
  const waiting: Call<Request, Answer>[] = [];
  let running: Call<Request, Answer> | null = null;
  let deadline: NodeJS.Timeout | undefined;
  let peer: Peer<Request> | null = null;
  let closed = false;

  function run(prepare: () => Request, signal?: AbortSignal): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (closed) return reject(new Error('The runner is closed'));
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
          else reject('rejection' in outcome ? outcome.rejection : toError(outcome));
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
      peer?.keepAlive(false);
      return;
    }
    try {
      peer ??= startPeer();
      peer.keepAlive(true);
      const late = `The re-computation took longer than ${options.timeoutMs} ms and was ended`;
      deadline = setTimeout(() => endPeer({ error: late, failure: 'timed-out' }), options.timeoutMs);
      peer.send(running.prepare());
    } catch (rejection) {
      finish({ rejection });
    }
  }

  function finish(outcome: Outcome<Answer>): void {
    clearTimeout(deadline);
    const call = running;
    running = null;
    call?.settle(outcome);
    startNext();
  }

  function cancel(call: Call<Request, Answer>, reason: unknown): void {
    if (call === running) {
      endPeer({ rejection: reason });
      return;
    }
    const at = waiting.indexOf(call);
    if (at === -1) return;
    waiting.splice(at, 1);
    call.settle({ rejection: reason });
  }

  /** A peer in the middle of a computation hears nothing: ending it is the only way to stop it. */
  function endPeer(outcome: Outcome<Answer>): void {
    const ended = peer;
    peer = null;
    void ended?.end();
    finish(outcome);
  }

  function startPeer(): Peer<Request> {
    const started: Peer<Request> = open({
      onAnswer: (answer) => {
        if (peer === started) finish(answer);
      },
      onLost: (reason) => {
        if (peer !== started) return;
        peer = null;
        finish({ error: reason, failure: 'crashed' });
      },
    });
    return started;
  }

  async function close(): Promise<void> {
    closed = true;
    const rejection = new Error('The runner was closed');
    for (const call of waiting.splice(0)) call.settle({ rejection });
    const ended = peer;
    endPeer({ rejection });
    await ended?.end();
  }

  return { run, close };
}

function toError({ error, failure }: { error: string; failure?: BackendFailure }): Error {
  return failure ? new DflBackendError(failure, error) : new Error(error);
}
