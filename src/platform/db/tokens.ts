// Tokens: only their sha256 is stored.
import { operatorTokenId, type Principal, type Role, type Token } from '../../contracts/tokens.ts';
import type { Tx } from './client.ts';
import { decodeCursor, toPage } from './page.ts';
import { ensureProject } from './projects.ts';

export interface NewToken {
  id: string;
  name: string;
  role: Role;
  project: string | null;
  hash: string;
}

export async function insertToken(tx: Tx, token: NewToken): Promise<{ createdAt: Date }> {
  if (token.project !== null) await ensureProject(tx, token.project);
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

/** Tokens in the order of their making; `project` undefined for all. */
export async function listTokens(
  tx: Tx,
  filter: { project?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(filter.cursor, 1);
  const rows = await tx.token.findMany({
    where: { project: filter.project, ...(after ? { id: { gt: String(after[0]) } } : {}) },
    orderBy: { id: 'asc' },
    take: filter.limit + 1,
  });
  const present = (row: (typeof rows)[number]): Token => ({
    id: row.id,
    name: row.name,
    role: row.role as Role,
    project: row.project,
    created_at: row.createdAt.toISOString(),
    revoked_at: row.revokedAt?.toISOString() ?? null,
    is_operator: row.id === operatorTokenId,
  });
  return toPage(rows, filter.limit, present, (row) => [row.id]);
}

/** Makes a token invalid, and with it the sessions that began with it. False when there is none with this id (in that project). */
export async function revokeToken(tx: Tx, id: string, project: string | undefined, now: Date): Promise<boolean> {
  const found = await tx.token.count({ where: { id, project } });
  await tx.token.updateMany({ where: { id, project, revokedAt: null }, data: { revokedAt: now } });
  return found > 0;
}
