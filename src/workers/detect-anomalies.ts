// Feeds a run's new points to the detectors, in the order they were stored. State and cursor move with the findings in one transaction,
// so a restart goes on where it was and nothing is seen twice.
import type { JobPayload } from '../contracts/jobs.ts';
import { type DetectorState, detect, initialDetectorState } from '../domain/detectors/detect.ts';
import { ongoingRules } from '../domain/detectors/ongoing.ts';
import { detectorContext, readOptions } from '../domain/detectors/options.ts';
import { readRegRange } from '../platform/db/captures.ts';
import type { Tx } from '../platform/db/client.ts';
import { insertFindings } from '../platform/db/findings.ts';
import { readPointsAfter } from '../platform/db/metrics.ts';
import { findRunForUpdate, saveDetection } from '../platform/db/runs.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Points of one transaction; a long backlog takes several. */
const batchSize = 5_000;

export async function detectAnomalies(
  deps: WorkerDependencies,
  { runId }: JobPayload<'detect-anomalies'>,
): Promise<void> {
  let more = true;
  while (more) more = await deps.database.transaction((tx) => detectBatch(tx, deps, runId));
  deps.nudge('diagnose-run', { runId });
}

/** Answers whether points are left. */
async function detectBatch(tx: Tx, deps: WorkerDependencies, runId: string): Promise<boolean> {
  const run = await findRunForUpdate(tx, runId);
  if (!run) return false;
  const points = await readPointsAfter(tx, runId, run.detectedUpTo, batchSize);
  const last = points.at(-1);
  if (!last) return false;
  const range = await readRegRange(tx, runId);
  const context = detectorContext(run, range);
  const before = (run.detectorState as DetectorState | null) ?? initialDetectorState();
  const { state, findings } = detect(before, points, context, readOptions(run.config));
  const found = await insertFindings(tx, runId, findings, deps.clock.now());
  await saveDetection(tx, runId, { state, upTo: last.seq, ongoing: ongoingRules(state), found: found > 0 });
  return points.length === batchSize;
}
