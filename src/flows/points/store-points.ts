// Points of console output on their way into the database.
import { encodeBatch, type PointRow } from '../../kernels/points/batch.ts';
import type { Tx } from '../../platform/db/client.ts';
import { appendBatch } from '../../platform/db/metric-batches.ts';

/** Stores points of a run whose row is locked by touchRun; a point seen before (same run, rank, name, step) changes nothing. */
export async function appendPoints(tx: Tx, runId: string, rows: readonly PointRow[]): Promise<void> {
  if (rows.length > 0) await appendBatch(tx, runId, encodeBatch(rows));
}
