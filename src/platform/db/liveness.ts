// The signs of life of runs.
import type { Tx } from './client.ts';

export interface SilentRun {
  id: string;
  status: string;
  phase: string | null;
  expectNextAt: Date | null;
  lastSeenAt: Date;
  heardCount: number;
  longestGapMs: number;
  lastStep: number | null;
}

/** Runs that are thought to be running and were silent since `before`, the longest silent first. */
export async function findSilentRuns(tx: Tx, before: Date, limit: number): Promise<SilentRun[]> {
  const rows = await tx.$queryRaw<(Omit<SilentRun, 'lastStep'> & { lastStep: bigint | null })[]>`
    SELECT id, status, phase, expect_next_at AS "expectNextAt", last_seen_at AS "lastSeenAt", heard_count AS "heardCount",
      longest_gap_ms AS "longestGapMs", last_step AS "lastStep"
    FROM run WHERE status = 'running' AND last_seen_at < ${before} AND COALESCE(expect_next_at, last_seen_at) < ${before}
    ORDER BY last_seen_at LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, lastStep: row.lastStep === null ? null : Number(row.lastStep) }));
}

/** Marks a run as stalled unless it was heard of since its signs were read; its diagnosis is owed then. */
export async function markStalled(tx: Tx, { id, lastSeenAt }: SilentRun): Promise<boolean> {
  const changed = await tx.$executeRaw`
    UPDATE run SET status = 'stalled', revision = revision + 1
    WHERE id = ${id} AND status = 'running' AND last_seen_at = ${lastSeenAt}`;
  return changed > 0;
}
