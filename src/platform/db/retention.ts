// What is kept no longer. A project may say for how long its tensors, console output and points are kept; runs that an incident needs keep theirs.
import type { Tx } from './client.ts';
import { Prisma } from './generated/client.ts';

const unresolved = Prisma.sql`SELECT 1 FROM incident_run part JOIN incident own ON own.id = part.incident_id
  JOIN incident standing ON standing.id = own.standing_id WHERE part.run_id = run.id AND standing.state <> 'resolved'`;

/**
 * Healthy captures whose tensors are still there though they are older than their project's days, or `days` where it names none, and that
 * no incident's run needs. Captures with the same content share their tensors: all must be old.
 */
export async function findExpiredTensors(
  tx: Tx,
  { now, days, limit }: { now: Date; days: number; limit: number },
): Promise<{ sha256: string }[]> {
  return tx.$queryRaw`
    WITH aged AS (
      SELECT c.sha256, c.run_id, c.status NOT IN ('done', 'failed')
        OR c.received_at >= ${now}::timestamptz - coalesce((project.retention ->> 'healthy_capture_days')::int, ${days}::int) * interval '1 day' AS is_kept
      FROM capture c JOIN run ON run.id = c.run_id LEFT JOIN project ON project.id = run.project WHERE c.tensors_removed_at IS NULL)
    SELECT sha256 FROM aged GROUP BY sha256
    HAVING NOT bool_or(is_kept OR EXISTS (SELECT 1 FROM incident_run ir WHERE ir.run_id = aged.run_id)) LIMIT ${limit}`;
}

/** Removes console output older than its project's `log_days`. Answers how many chunks, at most `limit`. */
export async function removeOldLogs(tx: Tx, now: Date, limit: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM log_chunk WHERE id IN (
      SELECT chunk.id FROM project JOIN run ON run.project = project.id JOIN log_chunk chunk ON chunk.run_id = run.id
      WHERE project.retention ? 'log_days' AND NOT EXISTS (${unresolved})
        AND chunk.received_at < ${now}::timestamptz - (project.retention ->> 'log_days')::int * interval '1 day' LIMIT ${limit})`;
}

/** Removes points at rest (metric_chunk) all of which are older than their project's `metric_days`. Answers how many chunks. */
export async function removeOldPoints(tx: Tx, now: Date): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM metric_chunk USING run JOIN project ON project.id = run.project
    WHERE run.id = metric_chunk.run_id AND project.retention ? 'metric_days' AND NOT EXISTS (${unresolved})
      AND metric_chunk.last_at < ${now}::timestamptz - (project.retention ->> 'metric_days')::int * interval '1 day'`;
}
