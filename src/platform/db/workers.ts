// The processes that run jobs, as they report themselves: so that any API process can say what computes, wherever it computes.
import { type BackendChoice, heartbeatMs, type WorkerState } from '../../contracts/health.ts';
import type { Tx } from './client.ts';
import type { Prisma } from './generated/client.ts';

/** A worker that was silent for this long is not shown. */
const shownMs = 3 * heartbeatMs;
const shownWorkers = 100;

export interface WorkerReport {
  id: string;
  host: string;
  pid: number;
  startedAt: Date;
  seenAt: Date;
  dfl: BackendChoice;
}

/** Stores what a worker says of itself now; rows of workers that have long been silent are removed with it. */
export async function saveWorker(tx: Tx, report: WorkerReport): Promise<void> {
  const { id, ...rest } = report;
  const columns = { ...rest, dfl: report.dfl as unknown as Prisma.InputJsonObject };
  await tx.worker.upsert({ where: { id }, create: { id, ...columns }, update: columns });
  await tx.worker.deleteMany({ where: { seenAt: { lt: new Date(report.seenAt.getTime() - shownMs) } } });
}

export async function removeWorker(tx: Tx, id: string): Promise<void> {
  await tx.worker.deleteMany({ where: { id } });
}

/** Forgets every worker: for the sole owner of a database, at start, when none can be alive. */
export async function removeWorkers(tx: Tx): Promise<void> {
  await tx.worker.deleteMany();
}

/** The workers seen lately, the latest first. */
export async function findWorkers(tx: Tx, now: Date): Promise<WorkerState[]> {
  const rows = await tx.worker.findMany({
    where: { seenAt: { gte: new Date(now.getTime() - shownMs) } },
    orderBy: [{ seenAt: 'desc' }, { id: 'asc' }],
    take: shownWorkers,
  });
  return rows.map((row) => ({
    id: row.id,
    host: row.host,
    pid: row.pid,
    started_at: row.startedAt.toISOString(),
    seen_at: row.seenAt.toISOString(),
    dfl: row.dfl as unknown as BackendChoice,
  }));
}
