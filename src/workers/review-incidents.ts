// Looks at standing incidents without being asked: a mute's time passes, runs go on without the failure or finish cleanly. What that means
// is decided in domain/incidents; where a class recovers at all, and how, stands in its failure.yaml.
import { canEnd } from '../domain/detectors/ongoing.ts';
import type { IncidentEvent } from '../domain/incidents/change-incident.ts';
import { judgeRecovery, type RecoveringRun, type RecoveryVerdict } from '../domain/incidents/judge-recovery.ts';
import { distinctScopes } from '../domain/incidents/run-scope.ts';
import { loadParts, loadRecord } from '../flows/incident-records.ts';
import { applyEvents } from '../flows/incidents.ts';
import type { Tx } from '../platform/db/client.ts';
import {
  findDueMutes,
  findRecoverable,
  type RecoverableIncident,
  type RunProgress,
  readProgress,
  saveClearStep,
} from '../platform/db/incident-reviews.ts';
import { lockProjectIncidents } from '../platform/db/incidents.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Rows of each kind looked at per round; the rest is the next round's. */
const limit = 500;
const silence = 'run.stalled';

export function createReviewIncidents(deps: WorkerDependencies): () => Promise<void> {
  const classes = [...deps.catalog.failures.values()].filter(({ recovery }) => recovery).map(({ id }) => id);
  let after = '';
  return async () => {
    for (const incident of await findDueMutes(deps.database.client, deps.clock.now(), limit))
      await change(deps, incident, async () => ({ kind: 'mute-due' }));
    const incidents = await findRecoverable(deps.database.client, classes, after, limit);
    after = incidents.length === limit ? (incidents.at(-1)?.id ?? '') : '';
    await review(deps, incidents);
  };
}

async function review(deps: WorkerDependencies, incidents: RecoverableIncident[]): Promise<void> {
  if (incidents.length === 0) return;
  const { client } = deps.database;
  const progress = await readProgress(
    client,
    incidents.map(({ id }) => id),
  );
  for (const incident of incidents) {
    const runs = progress.filter(({ incidentId }) => incidentId === incident.id);
    const { recovery, clearSteps } = judge(deps, incident, runs);
    for (const clear of clearSteps) await saveClearStep(client, clear);
    if (recovery) await change(deps, incident, (tx) => recoveredNow(tx, deps, incident));
  }
}

/** Judged again under the lock: a failure may have come in between. */
async function recoveredNow(
  tx: Tx,
  deps: WorkerDependencies,
  incident: RecoverableIncident,
): Promise<IncidentEvent | null> {
  const { recovery } = judge(deps, incident, await readProgress(tx, [incident.id]));
  if (!recovery) return null;
  const scopes = distinctScopes((await loadParts(tx, incident.id)).map(({ scope }) => scope));
  return { kind: 'recovered', recovery, scopes };
}

function judge(deps: WorkerDependencies, incident: RecoverableIncident, runs: RunProgress[]): RecoveryVerdict {
  const failure = deps.catalog.failures.get(incident.class);
  const triggers = new Set(failure?.findings.map(({ finding }) => finding));
  return judgeRecovery(
    failure?.recovery,
    runs.map((run): RecoveringRun => {
      const own = run.rules.filter((rule) => triggers.has(rule));
      return {
        ...run,
        isOngoing: own.some((rule) => !canEnd(rule) || run.ongoingRules.includes(rule)),
        wasSilent: own.includes(silence),
      };
    }),
  );
}

async function change(
  deps: WorkerDependencies,
  { id, project }: { id: string; project: string },
  eventOf: (tx: Tx) => Promise<IncidentEvent | null>,
): Promise<void> {
  const context = {
    catalog: deps.catalog,
    now: deps.clock.now(),
    newId: deps.newId,
    publicUrl: deps.publicUrl(),
  };
  const deliveryIds = await deps.database.transaction(async (tx) => {
    await lockProjectIncidents(tx, project);
    const record = await loadRecord(tx, id);
    const event = record && (await eventOf(tx));
    return record && event ? applyEvents(tx, record, [event], context) : [];
  });
  for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
}
