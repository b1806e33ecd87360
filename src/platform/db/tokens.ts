// Tokens: only their sha256 is stored.
import type { Principal, Role } from '../../contracts/tokens.ts';
import type { Tx } from './client.ts';

export interface NewToken {
  id: string;
  name: string;
  role: Role;
  project: string | null;
  hash: string;
}

export async function insertToken(tx: Tx, token: NewToken): Promise<{ createdAt: Date }> {
  return tx.token.create({ data: token, select: { createdAt: true } });
}

/** The identity behind a token's hash, or null. */
export async function findPrincipal(tx: Tx, hash: string): Promise<Principal | null> {
  const row = await tx.token.findUnique({ where: { hash } });
  if (!row || row.revokedAt) return null;
  return { tokenId: row.id, name: row.name, role: row.role as Role, project: row.project };
}

/** Makes the operator's admin token valid, and every earlier one of the same id invalid. */
export async function setAdminToken(tx: Tx, id: string, hash: string): Promise<void> {
  const data = { name: 'operator', role: 'admin', project: null, hash, revokedAt: null };
  await tx.token.upsert({ where: { id }, create: { id, ...data }, update: data });
}
