// Upkeep of points, thoroughly: every point that the detectors have seen is moved into chunks, and the batches' room is given back.
import { vacuumBatches } from '../platform/db/metric-batches.ts';
import { findRunsToCompact } from '../platform/db/runs.ts';
import { compactRuns } from './compact-points.ts';
import type { WorkerDependencies } from './dependencies.ts';

export async function tidyPoints(deps: WorkerDependencies): Promise<void> {
  const runIds = await findRunsToCompact(deps.database.sql.query, 1, new Date(0));
  await compactRuns(deps, runIds, { restPerWork: 0, maxMs: Number.POSITIVE_INFINITY });
  await vacuumBatches(deps.database.sql.query);
}
