import type { JobName, JobPayload } from '../contracts/jobs.ts';
import { compactPoints } from './compact-points.ts';
import { deliver } from './deliver.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { detectAnomalies } from './detect-anomalies.ts';
import { diagnoseRun } from './diagnose-run.ts';
import { notifyGroups } from './notify-groups.ts';
import { pruneExpired } from './prune-expired.ts';
import { readLastWords } from './read-last-words.ts';
import { createRecomputeDfl } from './recompute-dfl.ts';
import { createReviewIncidents } from './review-incidents.ts';
import { sweepUnfinished } from './sweep-unfinished.ts';
import { tidyPoints } from './tidy-points.ts';
import { createWatchRuns } from './watch-runs.ts';

type Handlers = { [N in JobName]: (payload: JobPayload<N>) => Promise<void> };

/** One handler per job of the catalogue: a job without one does not compile. */
export function makeHandlers(deps: WorkerDependencies): Handlers {
  return {
    'recompute-dfl': createRecomputeDfl(deps),
    'detect-anomalies': (payload) => detectAnomalies(deps, payload),
    'compact-points': () => compactPoints(deps),
    'tidy-points': () => tidyPoints(deps),
    'diagnose-run': (payload) => diagnoseRun(deps, payload),
    deliver: (payload) => deliver(deps, payload),
    'read-last-words': (payload) => readLastWords(deps, payload),
    'watch-runs': createWatchRuns(deps),
    'review-incidents': createReviewIncidents(deps),
    'notify-groups': () => notifyGroups(deps),
    'sweep-unfinished': () => sweepUnfinished(deps),
    'prune-expired': () => pruneExpired(deps),
  };
}
