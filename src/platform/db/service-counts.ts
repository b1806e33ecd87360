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
