// Upkeep of points, little by little: those of runs that have many in batches, or that have fallen silent, are moved into chunks.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { compactRun } from '../flows/points/compact.ts';
import { findRunsToCompact } from '../platform/db/runs.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Batches of so many points are read well enough. */
const ripePoints = 32_768;
const idleMs = 600_000;
/** What is left then is the next job's, so that a stop need not wait for a backlog. */
const maxJobMs = 5_000;
/** For every moment at work so many of rest: requests share the cores with it, and the points are as readable before as after. */
const restPerWork = 7;

export async function compactPoints(deps: WorkerDependencies): Promise<void> {
  const idleSince = new Date(deps.clock.now().getTime() - idleMs);
  await compactRuns(deps, await findRunsToCompact(deps.database.sql.query, ripePoints, idleSince), {
    restPerWork,
    maxMs: maxJobMs,
  });
}

export async function compactRuns(
  deps: Pick<WorkerDependencies, 'database' | 'logger'>,
  runIds: string[],
  { restPerWork, maxMs }: { restPerWork: number; maxMs: number },
): Promise<void> {
  const end = performance.now() + maxMs;
  let points = 0;
  for (const runId of runIds) {
    for (let isDone = false; !isDone && performance.now() < end; ) {
      const started = performance.now();
      const moved = await deps.database.sql.write((query) => compactRun(query, runId));
      points += moved.points;
      isDone = moved.isDone;
      const spent = performance.now() - started;
      await setTimeout(Math.max(Math.min(restPerWork * spent, end - performance.now()), 0));
    }
  }
  if (points > 0) deps.logger.info({ points }, 'points compacted');
}
