// Projects: a row comes into being when a run or a token first names it.
import type { OwnershipRule, Project, ProjectPatch } from '../../contracts/projects.ts';
import type { Tx } from './client.ts';
import type { Project as ProjectRow } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

/** [] for a project without a row. */
export async function readOwnership(tx: Tx, project: string): Promise<OwnershipRule[]> {
  const row = await tx.project.findUnique({ where: { id: project }, select: { ownership: true } });
  return (row?.ownership ?? []) as OwnershipRule[];
}

export async function ensureProject(tx: Tx, id: string): Promise<void> {
  await tx.project.createMany({ data: [{ id, name: id }], skipDuplicates: true });
}

export async function findProject(tx: Tx, id: string): Promise<Project | null> {
  const row = await tx.project.findUnique({ where: { id } });
  return row && presentProject(row);
}

/** In the order of their ids; with `project` that one alone. */
export async function listProjects(
  tx: Tx,
  page: { cursor?: string | undefined; limit: number; project: string | undefined },
) {
  const after = decodeCursor(page.cursor, 1);
  const rows = await tx.project.findMany({
    where: { AND: [{ id: page.project }, after ? { id: { gt: String(after[0]) } } : {}] },
    orderBy: { id: 'asc' },
    take: page.limit + 1,
  });
  return toPage(rows, page.limit, presentProject, (row) => [row.id]);
}

/** Fields that are given replace what was there. Null when there is no such project. */
export async function patchProject(tx: Tx, id: string, patch: ProjectPatch): Promise<Project | null> {
  const { name, ownership, detectors, retention } = patch;
  await tx.project.updateMany({ where: { id }, data: { name, ownership, detectors, retention } });
  return findProject(tx, id);
}

function presentProject(row: ProjectRow): Project {
  return {
    id: row.id,
    name: row.name,
    ownership: row.ownership as Project['ownership'],
    detectors: row.detectors as Project['detectors'],
    retention: row.retention as Project['retention'],
    created_at: row.createdAt.toISOString(),
  };
}
