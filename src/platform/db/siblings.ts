// Finished runs of a project that another may be compared with.
import { Prisma } from './generated/client.ts';
import type { Query } from './statements.ts';

export interface FinishedRun {
  id: string;
  config: unknown;
  /** Names of its watched series of rank 0. */
  names: string[];
}

/** The runs of the project of `runId` that finished last and have part in no incident worse than `info`, those first. */
export async function readFinishedRuns(query: Query, runId: string, limit: number): Promise<FinishedRun[]> {
  return query<FinishedRun>(Prisma.sql`
    SELECT r.id, r.config, to_jsonb(ARRAY(SELECT substr(key, 3) FROM jsonb_object_keys(d.state -> 'series') AS key WHERE key LIKE '0/%')) AS names
    FROM run own JOIN run r ON r.project = own.project AND r.status = 'finished' AND r.id <> own.id
      JOIN detector_state d ON d.run_id = r.id
    WHERE own.id = ${runId} AND own.config IS NOT NULL AND r.config IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM incident_run ir JOIN incident h ON h.id = ir.incident_id JOIN incident i ON i.id = h.standing_id
        WHERE ir.run_id = r.id AND i.severity_rank > 0)
    ORDER BY r.last_seen_at DESC LIMIT ${limit}::int`);
}

/** What a run was compared with when its first points were watched; null before that. */
export async function readStoredSiblings<Siblings>(query: Query, runId: string): Promise<Siblings | null> {
  const [row] = await query<{ siblings: Siblings | null }>(Prisma.sql`
    SELECT state -> 'siblings' AS siblings FROM detector_state WHERE run_id = ${runId}`);
  return row?.siblings ?? null;
}
