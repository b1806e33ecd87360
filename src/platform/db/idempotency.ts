// Idempotency keys. The key's row is written in the transaction of the effect it stands for: a second request with the same key waits
// for that row, then gets the stored answer; a crash before the commit leaves neither.
import { PublicError } from '../../contracts/errors.ts';
import type { Tx } from './client.ts';
import { Prisma } from './generated/client.ts';

export interface IdempotentRequest {
  /** Token, method, path and key, joined. */
  scope: string;
  /** sha256 of the body, hex. */
  bodyHash: string;
}

export interface StoredAnswer {
  status: number;
  body: unknown;
}

/**
 * Runs `work` at most once per scope and answers what it answered the first time.
 * @throws PublicError `idempotency_key_reused` (422) when the key was used with another body.
 */
export async function once(
  tx: Tx,
  request: IdempotentRequest | null,
  work: () => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  if (!request) return work();
  const claimed = await tx.$executeRaw(claimKeys(Prisma.sql`VALUES (${request.scope}, ${request.bodyHash}, 0, '')`));
  if (claimed === 0) return replay(tx, request);
  const answer = await work();
  await tx.idempotencyKey.update({
    where: { scope: request.scope },
    data: { status: answer.status, answer: JSON.stringify(answer.body ?? null) },
  });
  return answer;
}

/** Takes keys that nobody has used; `rows` is a query of scope, body hash, status and answer. It waits for others that are taking one of them. */
export function claimKeys(rows: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`INSERT INTO idempotency_key (scope, body_hash, status, answer) ${rows} ON CONFLICT (scope) DO NOTHING RETURNING scope`;
}

/** The answer that a used key stands for. @throws PublicError as `once` */
export async function replay(tx: Tx, request: IdempotentRequest): Promise<StoredAnswer> {
  const stored = await tx.idempotencyKey.findUniqueOrThrow({ where: { scope: request.scope } });
  if (stored.bodyHash !== request.bodyHash) {
    throw new PublicError(
      'idempotency_key_reused',
      'This Idempotency-Key was already used with another body; use a new key for a new request.',
      {
        errors: [{ path: 'header:Idempotency-Key', message: 'already used with another body' }],
      },
    );
  }
  return { status: stored.status, body: JSON.parse(stored.answer) };
}

/** Forgets keys made before `before`; answers how many. */
export async function removeIdempotencyKeys(tx: Tx, before: Date): Promise<number> {
  return (await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } })).count;
}
