// Retention: idempotency keys and the live feed's events after a day, decisions about alerts after thirty, sessions that expired, tensors of healthy captures after the configured or
// the project's days, console output and points where the project says for how long, and tensors that no capture stands for (their request was
// refused or broke off after they were stored). Analyses, incidents and the tensors of runs that have an incident stay.
import { removeOldDecisions } from '../platform/db/alert-groups.ts';
import { findUnknownBlobs, markTensorsRemoved } from '../platform/db/captures.ts';
import { removeIdempotencyKeys } from '../platform/db/idempotency.ts';
import { removeLiveEvents } from '../platform/db/live-events.ts';
import { removeVolumes } from '../platform/db/occurrence-volumes.ts';
import { findExpiredTensors, removeOldLogs, removeOldPoints } from '../platform/db/retention.ts';
import { removeExpiredSessions } from '../platform/db/sessions.ts';
import type { WorkerDependencies } from './dependencies.ts';

const dayMs = 86_400_000;
/** An escalation is told from the last seven days (domain/incidents/escalation.ts). */
const volumeDays = 8;
const decisionDays = 30;
const limit = 1_000;

export async function pruneExpired(deps: WorkerDependencies): Promise<void> {
  const now = deps.clock.now();
  const dayAgo = new Date(now.getTime() - dayMs);
  const keys = await removeIdempotencyKeys(deps.database.client, dayAgo);
  const sessions = await removeExpiredSessions(deps.database.client, now);
  const liveEvents = await removeLiveEvents(deps.database.client, dayAgo);
  const volumes = await removeVolumes(deps.database.client, new Date(now.getTime() - volumeDays * dayMs));
  const decisions = await removeOldDecisions(deps.database.client, new Date(now.getTime() - decisionDays * dayMs));
  const tensors = await removeExpiredTensors(deps, now);
  const logs = await removeOldLogs(deps.database.client, now, limit);
  const points = await removeOldPoints(deps.database.client, now);
  const unknown = await removeUnknownBlobs(deps, dayAgo);
  deps.logger.info(
    { idempotencyKeys: keys, sessions, liveEvents, volumes, decisions, tensors, logs, points, unknown },
    'pruned',
  );
}

async function removeExpiredTensors(deps: WorkerDependencies, now: Date): Promise<number> {
  const age = { now, days: deps.healthyCaptureDays, limit };
  const expired = await findExpiredTensors(deps.database.client, age);
  for (const { sha256 } of expired) {
    await deps.blobs.remove(sha256);
    await markTensorsRemoved(deps.database.client, sha256, now);
  }
  return expired.length;
}

/** A blob is stored before its row, so only old ones without a row are nobody's. */
async function removeUnknownBlobs(deps: WorkerDependencies, before: Date): Promise<number> {
  let removed = 0;
  for (let after = ''; ; ) {
    const page = await deps.blobs.list({ before, after, limit });
    const last = page.at(-1);
    if (last === undefined) return removed;
    for (const sha256 of await findUnknownBlobs(deps.database.client, page)) {
      await deps.blobs.remove(sha256);
      removed += 1;
    }
    after = last;
  }
}
