// Enqueues again whatever the rows say is not done. Because of this a lost job, a lost queue or a killed worker costs time, never work.
import { leaseMs } from '../domain/delivery/judge-claim.ts';
import { deliverPayload } from '../flows/deliveries.ts';
import { lastWordsDelayMs } from '../flows/observations.ts';
import { laneOf } from '../flows/points/lanes.ts';
import { hasClaimableCaptures } from '../platform/db/capture-work.ts';
import { findDueDeliveries } from '../platform/db/deliveries.ts';
import { findSilentLogSources } from '../platform/db/logs.ts';
import { findUnfinishedRuns } from '../platform/db/runs.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Rows of each kind looked at per sweep; the rest is the next sweep's. */
const limit = 1_000;
/** Due deliveries are the running jobs' for this long. */
const graceMs = 5_000;
const duePerEndpoint = 20;

export async function sweepUnfinished(deps: WorkerDependencies): Promise<void> {
  const { client } = deps.database;
  const now = deps.clock.now();
  const silent = await findSilentLogSources(client, new Date(now.getTime() - lastWordsDelayMs.report), limit);
  for (const payload of silent) deps.nudge('read-last-words', payload);
  if (await hasClaimableCaptures(client, now)) deps.nudge('recompute-dfl', { lane: 0 });
  for (const run of await findUnfinishedRuns(client, limit)) {
    if (run.owesDetection) deps.nudge('detect-anomalies', { lane: laneOf(run.id) });
    if (run.owesDiagnosis) deps.nudge('diagnose-run', { runId: run.id });
  }
  const due = await findDueDeliveries(client, {
    before: new Date(now.getTime() - graceMs),
    leaseFrom: new Date(now.getTime() - leaseMs),
    perEndpoint: duePerEndpoint,
    limit,
  });
  for (const delivery of due) deps.nudge('deliver', deliverPayload(delivery));
}
