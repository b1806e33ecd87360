// Upkeep of points, little by little: those of runs that have many in batches, or that have fallen silent, are moved into chunks.
import { compactRun } from '../flows/points/compact.ts';
import { findRunsToCompact } from '../platform/db/runs.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Batches of so many points are read well enough. */
const ripePoints = 32_768;
const idleMs = 600_000;

export async function compactPoints(deps: WorkerDependencies): Promise<void> {
  const idleSince = new Date(deps.clock.now().getTime() - idleMs);
  await compactRuns(deps, await findRunsToCompact(deps.database.sql.query, ripePoints, idleSince));
}

export async function compactRuns(deps: WorkerDependencies, runIds: string[]): Promise<void> {
  let points = 0;
  for (const runId of runIds) {
    for (let isDone = false; !isDone; ) {
      const moved = await deps.database.sql.write((query) => compactRun(query, runId));
      points += moved.points;
      isDone = moved.isDone;
    }
  }
  if (points > 0) deps.logger.info({ runs: runIds.length, points }, 'points compacted');
}
