// Projects: a row comes into being when a run or a token first names it.
import type { OwnershipRule } from '../../contracts/projects.ts';
import type { Tx } from './client.ts';

/** [] for a project without a row. */
export async function readOwnership(tx: Tx, project: string): Promise<OwnershipRule[]> {
  const row = await tx.project.findUnique({ where: { id: project }, select: { ownership: true } });
  return (row?.ownership ?? []) as OwnershipRule[];
}

export async function ensureProject(tx: Tx, id: string): Promise<void> {
  await tx.project.createMany({ data: [{ id, name: id }], skipDuplicates: true });
}
