// Points on their way into the database: columns of one batch for each request or piece of console output.
import type { CheckedPoint } from '../../domain/observations/check-point.ts';
import { encodeBatch, type PointRow } from '../../kernels/points/batch.ts';
import type { Tx } from '../../platform/db/client.ts';
import { appendBatch, type BatchRow } from '../../platform/db/metric-batches.ts';

/** Points that a caller pushed. Those without a time were measured now. */
export function batchOf(points: readonly CheckedPoint[], now: Date): BatchRow {
  const at = now.getTime();
  return encodeBatch(
    points.map(({ step, rank, time, values }) => ({ step, rank, at: time === null ? at : time.getTime(), values })),
  );
}

/** Stores points of a run whose row is locked by touchRun; a point seen before (same run, rank, name, step) changes nothing. */
export async function appendPoints(tx: Tx, runId: string, rows: readonly PointRow[]): Promise<void> {
  if (rows.length > 0) await appendBatch(tx, runId, encodeBatch(rows));
}
