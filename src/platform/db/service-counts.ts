// How much there is of everything, for those who look after the service.
import type { Tx } from './client.ts';

const dayMs = 86_400_000;

interface ByStatus {
  status: string;
  count: number;
}

export interface ServiceCounts {
  runs: ByStatus[];
  incidents: { state: string; severity: string; count: number }[];
  captures: ByStatus[];
  /** Of the last day. */
  deliveries: ByStatus[];
}

/** Merged incidents do not count. */
export async function countService(tx: Tx, now: Date): Promise<ServiceCounts> {
  const since = new Date(now.getTime() - dayMs);
  const [runs, incidents, captures, deliveries] = await Promise.all([
    tx.$queryRaw<ByStatus[]>`SELECT status, count(*)::int AS count FROM run GROUP BY status`,
    tx.$queryRaw<ServiceCounts['incidents']>`
      SELECT state, severity, count(*)::int AS count FROM incident WHERE merged_into IS NULL GROUP BY state, severity`,
    tx.$queryRaw<ByStatus[]>`SELECT status, count(*)::int AS count FROM capture GROUP BY status`,
    tx.$queryRaw<
      ByStatus[]
    >`SELECT status, count(*)::int AS count FROM delivery WHERE created_at > ${since} GROUP BY status`,
  ]);
  return { runs, incidents, captures, deliveries };
}

export interface Storage {
  database_bytes: number;
  captures: number;
  capture_bytes: number;
}

/** How much is kept. Captures with the same content share their tensors. */
export async function measureStorage(tx: Tx): Promise<Storage> {
  const [kept] = await tx.$queryRaw<{ database: bigint; captures: bigint; bytes: bigint }[]>`
    SELECT pg_database_size(current_database()) AS database, coalesce(sum(captures), 0)::bigint AS captures, coalesce(sum(bytes), 0)::bigint AS bytes
    FROM (SELECT count(*) AS captures, max(bytes) AS bytes FROM capture WHERE tensors_removed_at IS NULL GROUP BY sha256) AS content`;
  if (!kept) throw new Error('a sum without a row');
  return {
    database_bytes: Number(kept.database),
    captures: Number(kept.captures),
    capture_bytes: Number(kept.bytes),
  };
}
