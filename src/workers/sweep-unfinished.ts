// Enqueues again whatever the rows say is not done, and gives silent log sources their last words. Because of this a lost job, a lost
// queue or a killed worker costs time, never work.
import { readSilentLogSource } from '../flows/observations.ts';
import { findUnfinishedCaptures } from '../platform/db/captures.ts';
import { findDueDeliveries } from '../platform/db/deliveries.ts';
import { findSilentLogSources } from '../platform/db/logs.ts';
import { findUnfinishedRuns } from '../platform/db/runs.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Rows of each kind looked at per sweep; the rest is the next sweep's. */
const limit = 1_000;
/** A log source that has been silent this long has said all of its traceback; a line without its break gets longer. */
const silentMs = { report: 2_000, line: 10_000 };
/** Due deliveries are the running jobs' for this long. */
const graceMs = 5_000;

export async function sweepUnfinished(deps: WorkerDependencies): Promise<void> {
  const { client } = deps.database;
  const now = deps.clock.now();
  const silentSince = {
    report: new Date(now.getTime() - silentMs.report),
    line: new Date(now.getTime() - silentMs.line),
  };
  for (const { runId, source } of await findSilentLogSources(client, silentSince, limit)) {
    await deps.database.transaction((tx) =>
      readSilentLogSource(tx, { runId, source, now, newId: deps.newId, formats: deps.catalog.formats }),
    );
  }
  for (const captureId of await findUnfinishedCaptures(client, limit)) deps.nudge('recompute-dfl', { captureId });
  for (const run of await findUnfinishedRuns(client, limit)) {
    if (run.owesDetection) deps.nudge('detect-anomalies', { runId: run.id });
    if (run.owesDiagnosis) deps.nudge('diagnose-run', { runId: run.id });
  }
  const due = await findDueDeliveries(client, new Date(now.getTime() - graceMs), limit);
  for (const { id } of due) deps.nudge('deliver', { deliveryId: id });
}
