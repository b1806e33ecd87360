// Feeds new points to the detectors, in the order in which they were stored, each once. State and cursor move with the findings in one
// statement, so a restart goes on where it was. One run's trouble does not hold up the others.
import { setTimeout } from 'node:timers/promises';
import { type JobPayload, jobCatalogue } from '../contracts/jobs.ts';
import { type DetectorState, initialDetectorState, startWatch } from '../domain/detectors/detect.ts';
import { ongoingRules } from '../domain/detectors/ongoing.ts';
import { detectorContext, mergeOptions, readOptions } from '../domain/detectors/options.ts';
import { laneOf } from '../flows/points/lanes.ts';
import { readNewBatches } from '../flows/points/read-in-order.ts';
import { readSiblings } from '../flows/points/read-siblings.ts';
import { watchBatches } from '../flows/points/watch-batches.ts';
import { findRunsOwingDetection, readDetection, saveDetection } from '../platform/db/detection.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Points of one step, more where a batch has more. Each step stores the carried state once. */
const pointsPerStep = 20_000;
/** Steps of one run before another run has its turn. */
const stepsPerTurn = 8;
/** Runs looked for at once, and rounds of one job: what is left then is the next job's, so that a stop need not wait for a backlog. */
const maxRuns = 1_000;
const maxRounds = 8;
/** Between two rounds, so that a stream is looked at in pieces worth a statement, and others have their turn. */
const roundGapMs = jobCatalogue['detect-anomalies'].nudgeGapMs;

export async function detectAnomalies(
  deps: WorkerDependencies,
  { lane }: JobPayload<'detect-anomalies'>,
): Promise<void> {
  const failed = new Map<string, unknown>();
  for (let round = 0; round < maxRounds; round += 1) {
    const owing = await findRunsOwingDetection(deps.database.sql.query, maxRuns);
    const runs = owing.filter((runId) => laneOf(runId) === lane && !failed.has(runId));
    if (runs.length === 0) break;
    if (round > 0) await setTimeout(roundGapMs);
    for (const runId of runs) {
      await detectRun(deps, runId).catch((error) => {
        failed.set(runId, error);
      });
    }
    if (round === maxRounds - 1) deps.nudge('detect-anomalies', { lane });
  }
  const [error] = failed.values();
  if (error !== undefined) throw error;
}

async function detectRun(deps: WorkerDependencies, runId: string): Promise<void> {
  const { sql } = deps.database;
  for (let step = 0; step < stepsPerTurn; step += 1) {
    const run = await readDetection(sql.query, runId);
    if (!run || run.pointsUpTo <= run.detectedUpTo) return;
    const from = run.detectedUpTo;
    const found = await readNewBatches(sql.query, runId, from, pointsPerStep);
    const compared = () => sql.snapshot((query) => readSiblings(query, { id: runId, config: run.config }));
    const before = (run.state as DetectorState | null) ?? initialDetectorState(await compared());
    const options = mergeOptions(run.projectOptions, readOptions(run.config));
    const watch = startWatch(before, detectorContext(run, run.regRange), options);
    await watchBatches(sql, watch, { runId, from, seen: before.series, batches: found.batches });
    const { state, findings } = watch.end();
    // Points that retention has taken away before anybody looked at them are passed over.
    const upTo = found.batches.length === 0 ? run.pointsUpTo : found.upTo;
    const ongoing = ongoingRules(state);
    const saved = await saveDetection(sql.query, {
      runId,
      from,
      upTo,
      state,
      ongoing,
      findings,
      now: deps.clock.now(),
    });
    if (saved?.owesDiagnosis) deps.nudge('diagnose-run', { runId });
    if (!saved || upTo >= run.pointsUpTo) return;
  }
}
