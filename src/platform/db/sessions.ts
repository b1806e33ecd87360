// Sessions of the dashboard: a browser's cookie stands for the token it logged in with. Only hashes are stored.
import type { Principal, Role } from '../../contracts/tokens.ts';
import type { Tx } from './client.ts';

/** Sessions of one token that stand at a time; one more ends the oldest. */
const maxSessions = 100;

export interface NewSession {
  hash: string;
  tokenId: string;
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.session.create({ data: session });
  const tooMany = await tx.session.findMany({
    where: { tokenId: session.tokenId },
    orderBy: [{ createdAt: 'desc' }, { hash: 'asc' }],
    skip: maxSessions,
    select: { hash: true },
  });
  if (tooMany.length > 0) await tx.session.deleteMany({ where: { hash: { in: tooMany.map(({ hash }) => hash) } } });
}

/** Who logged in, and until when; null when the session ended, its token was revoked, or the token's id stands for another token now. */
export async function findSession(
  tx: Tx,
  hash: string,
  now: Date,
): Promise<{ principal: Principal; expiresAt: Date } | null> {
  const session = await tx.session.findUnique({ where: { hash } });
  if (!session || session.expiresAt <= now) return null;
  const token = await tx.token.findUnique({ where: { id: session.tokenId } });
  if (!token || token.revokedAt || token.hash !== session.tokenHash) return null;
  const principal = { tokenId: token.id, name: token.name, role: token.role as Role, project: token.project };
  return { principal, expiresAt: session.expiresAt };
}

export async function removeSession(tx: Tx, hash: string): Promise<void> {
  await tx.session.deleteMany({ where: { hash } });
}

/** Answers how many had expired. */
export async function removeExpiredSessions(tx: Tx, now: Date): Promise<number> {
  return (await tx.session.deleteMany({ where: { expiresAt: { lte: now } } })).count;
}
