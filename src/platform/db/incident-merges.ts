// Which incident stands for which: merges, and the fingerprints that lead to incidents. `standing_id` says where all merges end.
import type { Tx } from './client.ts';

/** The incident an id stands for today: itself, or the one it was merged into. Null when there is none. */
export async function resolveStanding(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.incident.findUnique({ where: { id }, select: { standingId: true } });
  return row?.standingId ?? null;
}

/** Incidents that were merged into this one, directly or by way of others. */
export async function readMergedFrom(tx: Tx, standingId: string): Promise<string[]> {
  const rows = await tx.incident.findMany({
    where: { standingId, id: { not: standingId } },
    select: { id: true },
    orderBy: [{ firstSeenAt: 'asc' }, { id: 'asc' }],
    take: 1000,
  });
  return rows.map(({ id }) => id);
}

/** Ends an incident in another, which stands: its id, its parts, its timeline and its fingerprints lead there from now on. */
export async function markMerged(tx: Tx, id: string, into: string): Promise<void> {
  await tx.$executeRaw`UPDATE incident SET standing_id = ${into}, merged_into = CASE WHEN id = ${id} THEN ${into} ELSE merged_into END, updated_at = now()
    WHERE standing_id = ${id}`;
}

/** Undoes markMerged: the incident stands again, with what had been merged into it. */
export async function unmarkMerged(tx: Tx, id: string): Promise<void> {
  await tx.$executeRaw`
    WITH RECURSIVE own AS (SELECT ${id}::text AS id UNION SELECT i.id FROM incident i JOIN own ON i.merged_into = own.id)
    UPDATE incident SET standing_id = ${id}, merged_into = CASE WHEN incident.id = ${id} THEN NULL ELSE merged_into END, updated_at = now()
    FROM own WHERE incident.id = own.id`;
}

/** The incident that a fingerprint came to in a project, and the one that stands for it. */
export async function findByFingerprint(
  tx: Tx,
  project: string,
  fingerprint: string,
): Promise<{ home: string; incidentId: string } | null> {
  const rows = await tx.$queryRaw<{ home: string; incidentId: string }[]>`
    SELECT i.id AS home, i.standing_id AS "incidentId" FROM incident_fingerprint f JOIN incident i ON i.id = f.incident_id
    WHERE f.project = ${project} AND f.fingerprint = ${fingerprint}`;
  return rows[0] ?? null;
}

export async function rememberFingerprint(
  tx: Tx,
  project: string,
  fingerprint: string,
  incidentId: string,
): Promise<void> {
  await tx.incidentFingerprint.upsert({
    where: { project_fingerprint: { project, fingerprint } },
    create: { project, fingerprint, incidentId },
    update: { incidentId },
  });
}

export async function forgetFingerprint(tx: Tx, project: string, fingerprint: string): Promise<void> {
  await tx.incidentFingerprint.deleteMany({ where: { project, fingerprint } });
}
