// A write that may be sent again: its effect, its answer and its Idempotency-Key are one transaction; jobs are nudged after the commit.
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '../contracts/errors.ts';
import { limits } from '../contracts/limits.ts';
import type { Tx } from '../platform/db/client.ts';
import { type IdempotentRequest, once, replay, type StoredAnswer } from '../platform/db/idempotency.ts';
import type { ApiDeps } from './deps.ts';
import { principalOf } from './plugins/auth.ts';

/** Jobs that a write makes worth running, called after the commit. */
export type Nudges = (nudge: ApiDeps['nudge']) => void;

export interface Effect {
  status: number;
  body: unknown;
  nudges?: Nudges;
}

/**
 * Runs `work` in a transaction, at most once per Idempotency-Key, and sends its answer. A replayed answer is the first one again, marked
 * `Idempotency-Replayed: true`; keys are forgotten after a day. Answers that show a secret once (tokens, webhooks) are kept for that
 * day, too: without it a caller whose connection broke could never learn the secret.
 */
export async function answerOnce(
  deps: Pick<ApiDeps, 'database' | 'nudge'>,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<Effect>,
  bodySha256: string = request.bodySha256,
): Promise<FastifyReply> {
  const key = idempotencyKey(request, bodySha256);
  let nudges: Nudges | undefined;
  let replayed = key !== null;
  const answer = await deps.database.transaction((tx) =>
    once(tx, key, async () => {
      replayed = false;
      const effect = await work(tx);
      nudges = effect.nudges;
      return { status: effect.status, body: effect.body };
    }),
  );
  nudges?.(deps.nudge);
  return sendAnswer(reply, answer, replayed);
}

/** Sends the answer that the caller's key, which was used before, stands for. @throws PublicError `idempotency_key_reused` */
export async function answerAgain(
  deps: Pick<ApiDeps, 'database'>,
  reply: FastifyReply,
  key: IdempotentRequest,
): Promise<FastifyReply> {
  return sendAnswer(reply, await replay(deps.database.client, key), true);
}

function sendAnswer(reply: FastifyReply, { status, body }: StoredAnswer, isReplayed: boolean): FastifyReply {
  if (isReplayed) reply.header('idempotency-replayed', 'true');
  return body === null ? reply.code(status).send() : reply.code(status).send(body);
}

/** The caller's key, or null. @throws PublicError `invalid_request` when it is empty, too long or not printable ASCII. */
export function idempotencyKey(request: FastifyRequest, bodySha256: string): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || key.length > limits.idempotencyKeyLength || !/^[\x20-\x7e]+$/.test(key)) {
    const message = `must be 1 to ${limits.idempotencyKeyLength} printable ASCII characters`;
    throw new PublicError('invalid_request', `Idempotency-Key ${message}.`, {
      errors: [{ path: 'header:Idempotency-Key', message }],
    });
  }
  const scope = createHash('sha256').update(`${request.method} ${request.url} ${key}`).digest('hex');
  return { scope: `${principalOf(request).tokenId} ${scope}`, bodyHash: bodySha256 };
}

/** What an observation that may change a run's diagnosis ends in. */
export function nudgeDiagnosis(runId: string): Nudges {
  return (nudge) => nudge('diagnose-run', { runId });
}
