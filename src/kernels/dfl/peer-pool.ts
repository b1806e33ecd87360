// Runs requests in peers, worker threads or child processes, one at a time in each. A call that takes too long or is aborted costs its
// peer, not this process; a peer that dies costs its call; the next call starts a new one.
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

export interface PeerPool<Request, Answer> {
  /**
   * `prepare` makes the request when its turn comes, for the peer of that number, so that waiting calls hold no copies. Rejects with DflBackendError `crashed` or
   * `timed-out`, with what the peer answers, with the signal's reason, or with PublicError overloaded.
   */
  run(prepare: (peer: number) => Request, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

export interface PeerPoolOptions {
  /** 1 by default; requests are then answered in order. */
  peers?: number;
  /** From the moment a call's turn comes. */
  timeoutMs: number;
  /** Calls that may wait for their turn; more are refused. */
  maxWaiting: number;
}

type Outcome<Answer> = PeerAnswer<Answer> | { rejection: unknown };

interface Call<Request, Answer> {
  prepare: (peer: number) => Request;
  settle: (outcome: Outcome<Answer>) => void;
}

interface Seat<Request, Answer> {
  number: number;
  peer: Peer<Request> | null;
  running: Call<Request, Answer> | null;
  deadline: NodeJS.Timeout | undefined;
  /** A peer that is being ended: the next one starts when it has stopped, since they may share memory. */
  ending: boolean;
}

/** `open` starts the peer of that number; it may throw. */
export function createPeerPool<Request, Answer>(
  open: (events: PeerEvents<Answer>, number: number) => Peer<Request>,
  options: PeerPoolOptions,
): PeerPool<Request, Answer> {
  const waiting: Call<Request, Answer>[] = [];
  const seats = Array.from({ length: options.peers ?? 1 }, (_, number): Seat<Request, Answer> => {
    return { number, peer: null, running: null, deadline: undefined, ending: false };
  });
  let closed = false;

  function run(prepare: (peer: number) => Request, signal?: AbortSignal): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (closed) return reject(new Error('The pool is closed'));
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
      for (const seat of seats) startNext(seat);
    });
  }

  function startNext(seat: Seat<Request, Answer>): void {
    if (seat.running || seat.ending) return;
    seat.running = waiting.shift() ?? null;
    if (!seat.running) {
      seat.peer?.keepAlive(false);
      return;
    }
    try {
      seat.peer ??= startPeer(seat);
      seat.peer.keepAlive(true);
      const late = `The re-computation took longer than ${options.timeoutMs} ms and was ended`;
      seat.deadline = setTimeout(() => endPeer(seat, { error: late, failure: 'timed-out' }), options.timeoutMs);
      seat.peer.send(seat.running.prepare(seat.number));
    } catch (rejection) {
      finish(seat, { rejection });
    }
  }

  function finish(seat: Seat<Request, Answer>, outcome: Outcome<Answer>): void {
    clearTimeout(seat.deadline);
    const call = seat.running;
    seat.running = null;
    call?.settle(outcome);
    startNext(seat);
  }

  function cancel(call: Call<Request, Answer>, reason: unknown): void {
    const seat = seats.find(({ running }) => running === call);
    if (seat) {
      void endPeer(seat, { rejection: reason });
      return;
    }
    const at = waiting.indexOf(call);
    if (at === -1) return;
    waiting.splice(at, 1);
    call.settle({ rejection: reason });
  }

  /** A peer in the middle of a computation hears nothing: ending it is the only way to stop it. */
  async function endPeer(seat: Seat<Request, Answer>, outcome: Outcome<Answer>): Promise<void> {
    const ended = seat.peer;
    seat.peer = null;
    seat.ending = true;
    finish(seat, outcome);
    await ended?.end();
    seat.ending = false;
    startNext(seat);
  }

  function startPeer(seat: Seat<Request, Answer>): Peer<Request> {
    const started: Peer<Request> = open(
      {
        onAnswer: (answer) => {
          if (seat.peer === started) finish(seat, answer);
        },
        onLost: (reason) => {
          if (seat.peer !== started) return;
          seat.peer = null;
          finish(seat, { error: reason, failure: 'crashed' });
        },
      },
      seat.number,
    );
    return started;
  }

  async function close(): Promise<void> {
    closed = true;
    const rejection = new Error('The pool was closed');
    for (const call of waiting.splice(0)) call.settle({ rejection });
    await Promise.all(seats.map((seat) => endPeer(seat, { rejection })));
  }

  return { run, close };
}

function toError({ error, failure }: { error: string; failure?: BackendFailure }): Error {
  return failure ? new DflBackendError(failure, error) : new Error(error);
}
