// Incidents in a test's database without a run's evidence behind them.

import type { Diagnosis } from '../../src/domain/diagnosis/types.ts';
import { openIncident } from '../../src/domain/incidents/transitions/on-diagnosed.ts';
import { saveRecord } from '../../src/flows/incident-records.ts';
import type { IncidentContext } from '../../src/flows/incidents.ts';
import { commitChange } from '../../src/flows/incidents.ts';
import { rememberFingerprint } from '../../src/platform/db/incident-merges.ts';
import { savePart } from '../../src/platform/db/incident-parts.ts';
import type { TestApi } from './build-app.ts';
import { makeDiagnosis, makePart } from './diagnosis.ts';

export interface OpenedIncident {
  project?: string;
  runId: string;
  diagnosis?: Partial<Diagnosis>;
  occurrences?: number;
  /** Of the run's part. */
  firstStep?: number;
  words?: string[];
}

/** Opens an incident with one run's part, as a diagnosis would. The run must exist. */
export async function addIncident(api: TestApi, id: string, opened: OpenedIncident): Promise<void> {
  const { catalog, newId, clock, database } = api.deps;
  const now = clock.now();
  const context: IncidentContext = { catalog, newId, now, publicUrl: 'http://losswatch.test' };
  const { project = 'vision', runId, occurrences = 1, firstStep = null, words = [] } = opened;
  const diagnosis = makeDiagnosis({ fingerprint: id, ...opened.diagnosis });
  const part = makePart({ home: id, runId, diagnosis, traces: occurrences, firstStep, lastStep: 4, observedAt: now });
  const total = { diagnosis, occurrences, firstStep: 0, lastStep: 4 };
  await database.transaction(async (tx) => {
    const change = openIncident(id, project, { total, runId, owner: null }, 'first-seen', now);
    await saveRecord(tx, change.next, catalog);
    await savePart(tx, id, { ...part, fingerprint: diagnosis.fingerprint, class: diagnosis.class }, words, now);
    await rememberFingerprint(tx, project, diagnosis.fingerprint, id);
    await commitChange(tx, change, context);
  });
}
