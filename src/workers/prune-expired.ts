// Retention: idempotency keys after a day, tensors of healthy captures after the configured days. Analyses, incidents and the tensors
// of runs that have an incident stay.
import { findExpiredTensors, markTensorsRemoved } from '../platform/db/captures.ts';
import { removeIdempotencyKeys } from '../platform/db/idempotency.ts';
import type { WorkerDependencies } from './dependencies.ts';

const dayMs = 86_400_000;
const limit = 1_000;

export async function pruneExpired(deps: WorkerDependencies): Promise<void> {
  const now = deps.clock.now();
  const keys = await removeIdempotencyKeys(deps.database.client, new Date(now.getTime() - dayMs));
  const expired = await findExpiredTensors(
    deps.database.client,
    new Date(now.getTime() - deps.healthyCaptureDays * dayMs),
    limit,
  );
  for (const { sha256 } of expired) {
    await deps.blobs.remove(sha256);
    await markTensorsRemoved(deps.database.client, sha256, now);
  }
  deps.logger.info({ idempotencyKeys: keys, tensors: expired.length }, 'pruned');
}
