// Feeds new points to the detectors, in the order in which they were stored, each once. State and cursor move with the findings in one
// statement, so a restart goes on where it was. One run's trouble does not hold up the others.
import type { JobPayload } from '../contracts/jobs.ts';
import { type DetectorState, detect, initialDetectorState } from '../domain/detectors/detect.ts';
import { ongoingRules } from '../domain/detectors/ongoing.ts';
import { detectorContext, mergeOptions, readOptions } from '../domain/detectors/options.ts';
import { dropKnown } from '../flows/points/drop-known.ts';
import { laneOf } from '../flows/points/lanes.ts';
import { readNewPoints } from '../flows/points/read-in-order.ts';
import { readRegRange } from '../platform/db/captures.ts';
import { findRunsOwingDetection, readDetection, saveDetection } from '../platform/db/detection.ts';
import type { Query } from '../platform/db/statements.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Points of one step; between two of them other work of this process has its turn. */
const pointsPerStep = 5_000;
/** Steps of one run before another run has its turn. */
const stepsPerTurn = 8;
/** Runs looked for at once, and rounds of one job: what is left then is the next job's, so that a stop need not wait for a backlog. */
const maxRuns = 1_000;
const maxRounds = 32;

export async function detectAnomalies(
  deps: WorkerDependencies,
  { lane }: JobPayload<'detect-anomalies'>,
): Promise<void> {
  const failed = new Map<string, unknown>();
  for (let round = 0; round < maxRounds; round += 1) {
    const owing = await findRunsOwingDetection(deps.database.sql.query, maxRuns);
    const runs = owing.filter((runId) => laneOf(runId) === lane && !failed.has(runId));
    if (runs.length === 0) break;
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
  const range = await readRegRange(deps.database.client, runId);
  for (let step = 0; step < stepsPerTurn; step += 1) {
    const next = await deps.database.sql.snapshot((query) => readStep(query, runId));
    if (!next) return;
    const { run, points, upTo } = next;
    const before = (run.state as DetectorState | null) ?? initialDetectorState();
    const options = mergeOptions(run.projectOptions, readOptions(run.config));
    const { state, findings } = detect(before, points, detectorContext(run, range), options);
    const now = deps.clock.now();
    const saved = await saveDetection(deps.database.sql.query, {
      runId,
      from: run.detectedUpTo,
      upTo,
      state,
      ongoing: ongoingRules(state),
      findings,
      now,
    });
    if (saved?.owesDiagnosis) deps.nudge('diagnose-run', { runId });
    if (!saved || upTo >= run.pointsUpTo) return;
  }
}

/** The next points of a run, without those that it had already; null when there are none, or when the run is gone. */
async function readStep(query: Query, runId: string) {
  const run = await readDetection(query, runId);
  if (!run || run.pointsUpTo <= run.detectedUpTo) return null;
  const from = run.detectedUpTo;
  const { points, upTo } = await readNewPoints(query, runId, from, pointsPerStep);
  const seen = (run.state as DetectorState | null)?.series ?? {};
  const fresh = await dropKnown(query, { runId, from, points, seen });
  // Points that retention has taken away before anybody looked at them are passed over.
  return { run, points: fresh, upTo: points.length === 0 ? run.pointsUpTo : upTo };
}
