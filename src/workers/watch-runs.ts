// Looks for runs that say nothing for longer than they may (domain/liveness); the incidents of those that go on end by review-incidents.
// The run's status is the memory: a run marked as stalled is not marked again, whatever restarts.
import type { Finding } from '../contracts/findings.ts';
import { judgeLiveness, livenessDefaults, type Patience } from '../domain/liveness/judge-liveness.ts';
import type { Tx } from '../platform/db/client.ts';
import { insertFindings } from '../platform/db/findings.ts';
import { findSilentRuns, markStalled, type SilentRun } from '../platform/db/liveness.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Rows of each kind looked at per round; the rest is the next round's. */
const limit = 1_000;

export function createWatchRuns(deps: WorkerDependencies): () => Promise<void> {
  const listeningSince = deps.clock.now();
  return () => findStalls(deps, listeningSince);
}

async function findStalls(deps: WorkerDependencies, listeningSince: Date): Promise<void> {
  const now = deps.clock.now();
  const before = new Date(now.getTime() - livenessDefaults.least_grace_ms);
  for (const run of await findSilentRuns(deps.database.client, before, limit)) {
    const patience = judgeLiveness(run, { now, listeningSince });
    if (!patience) continue;
    const isNew = await deps.database.transaction((tx) => storeStall(tx, run, patience, now));
    if (isNew) deps.nudge('diagnose-run', { runId: run.id });
  }
}

async function storeStall(tx: Tx, run: SilentRun, patience: Patience, now: Date): Promise<boolean> {
  if (!(await markStalled(tx, run))) return false;
  await insertFindings(tx, run.id, [stallFinding(run, patience, now)], now);
  return true;
}

function stallFinding(run: SilentRun, { reason, deadline, graceMs }: Patience, now: Date): Finding {
  const silentMs = now.getTime() - run.lastSeenAt.getTime();
  return {
    id: 'run.stalled',
    version: 1,
    severity: 'critical',
    kind: 'metric',
    ref: 'heartbeat',
    step: run.lastStep,
    rank: null,
    data: {
      ...livenessDefaults,
      reason,
      phase: run.phase,
      silent_since: run.lastSeenAt.toISOString(),
      silent_s: Math.round(silentMs / 1000),
      deadline: deadline.toISOString(),
      grace_s: Math.round(graceMs / 1000),
      usual_s: Math.round(run.longestGapMs / 100) / 10,
    },
  };
}
