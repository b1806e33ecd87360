// What people do to incidents: change, comment, say what helped, merge and take apart. Every call takes the project's lock and answers the
// deliveries to nudge.
import { PublicError } from '../contracts/errors.ts';
import type { IncidentEvent } from '../domain/incidents/change-incident.ts';
import { sumParts } from '../domain/incidents/count-occurrences.ts';
import { baselineBuckets, escalationLimits } from '../domain/incidents/escalation.ts';
import { distinctScopes } from '../domain/incidents/run-scope.ts';
import type { IncidentEdit, MuteEdit } from '../domain/incidents/transitions/on-edited.ts';
import type { IncidentRecord } from '../domain/incidents/types.ts';
import { anyCause, noOutcomes } from '../domain/remedies/outcomes.ts';
import { rerankRemediations } from '../domain/remedies/rank-remediations.ts';
import type { Tx } from '../platform/db/client.ts';
import { markMerged, resolveStanding, unmarkMerged } from '../platform/db/incident-merges.ts';
import { findIncident, lockProjectIncidents } from '../platform/db/incidents.ts';
import { readVolumes } from '../platform/db/occurrence-volumes.ts';
import { saveFeedback } from '../platform/db/remediation-feedback.ts';
import { loadParts, loadRecord, loadStanding } from './incident-records.ts';
import { applyEvents, type IncidentContext } from './incidents.ts';

const hourMs = 3_600_000;

/** Who acts, and in which project (null: every project). */
export interface Editor {
  name: string;
  project: string | null;
}

/** An edit as it is asked for: the limits of a mute are told from the incident's history. */
export type AskedEdit = Omit<IncidentEdit, 'mute'> & {
  mute?: Exclude<MuteEdit, { kind: 'until-worse' }> | { kind: 'until-worse' } | null | undefined;
};

/** @throws PublicError `not_found` when there is no such incident in the editor's project; so do the other calls. */
export async function editIncident(
  tx: Tx,
  id: string,
  asked: AskedEdit,
  editor: Editor,
  context: IncidentContext,
): Promise<string[]> {
  const incident = await lockIncident(tx, id, editor);
  const edit: IncidentEdit = { ...asked, mute: await completeMute(tx, incident, asked.mute, context.now) };
  const scopes = distinctScopes((await loadParts(tx, incident.id)).map((part) => part.scope));
  return applyEvents(tx, incident, [{ kind: 'edited', edit, actor: editor.name, scopes }], context);
}

async function completeMute(tx: Tx, incident: IncidentRecord, mute: AskedEdit['mute'], now: Date) {
  if (mute?.kind !== 'until-worse') return mute;
  const volumes = await readVolumes(tx, incident.id, new Date(now.getTime() - baselineBuckets * hourMs));
  return { ...mute, limits: escalationLimits(volumes, incident.firstSeenAt, now) };
}

export async function commentIncident(
  tx: Tx,
  id: string,
  text: string,
  editor: Editor,
  context: IncidentContext,
): Promise<string[]> {
  const incident = await lockIncident(tx, id, editor);
  return applyEvents(tx, incident, [{ kind: 'commented', text, actor: editor.name }], context);
}

/** Keeps whether a remediation helped, once per person; it moves the order of remediations for its cause. */
export async function judgeRemediation(
  tx: Tx,
  id: string,
  { remediation, worked }: { remediation: string; worked: boolean },
  editor: Editor,
  context: IncidentContext,
): Promise<string[]> {
  const incident = await lockIncident(tx, id, editor);
  const { diagnosis } = incident;
  const failure = context.catalog.failures.get(diagnosis.class);
  const advised =
    failure && rerankRemediations(failure, diagnosis, noOutcomes).find((entry) => entry.id === remediation);
  if (!advised) {
    throw new PublicError('not_found', `Incident ${id} has no remediation ${remediation}.`, {
      errors: [{ path: 'param:remediation_id', message: 'not among the remediations of the incident' }],
    });
  }
  await saveFeedback(tx, {
    incidentId: incident.id,
    remediationId: remediation,
    actor: editor.name,
    class: diagnosis.class,
    causeId: advised.cause ?? anyCause,
    worked,
    at: context.now,
  });
  return applyEvents(tx, incident, [{ kind: 'feedback', remediation, worked, actor: editor.name }], context);
}

/**
 * Makes incidents one: what is known of `from` goes on in `into`, and later failures with their fingerprints join it. What is merged
 * already is left as it is.
 * @throws PublicError `conflict` when they are of different projects.
 */
export async function mergeIncidents(
  tx: Tx,
  { into, from }: { into: string; from: string[] },
  editor: Editor,
  context: IncidentContext,
): Promise<string[]> {
  const target = await lockIncident(tx, into, editor, '/into');
  const others: IncidentRecord[] = [];
  for (const [index, id] of from.entries()) {
    const path = `/from/${index}`;
    const other = await findOwn(tx, id, editor, path);
    if (other.project !== target.project) {
      const message = `belongs to the project ${other.project}, the incident to merge into to ${target.project}`;
      throw new PublicError('conflict', `Incident ${id} ${message}.`, { errors: [{ path, message }] });
    }
    if (other.id !== target.id && !others.some((known) => known.id === other.id)) others.push(other);
  }
  if (others.length === 0) return [];
  const author = { actor: editor.name, reason: 'by-hand' as const };
  const deliveries: string[] = [];
  for (const other of others) {
    deliveries.push(...(await applyEvents(tx, other, [{ kind: 'merged-away', into: target.id, ...author }], context)));
    await markMerged(tx, other.id, target.id);
  }
  const total = sumParts(await loadParts(tx, target.id));
  const merged: IncidentEvent = { kind: 'merged', others, total, ...author };
  return [...deliveries, ...(await applyEvents(tx, target, [merged], context))];
}

/**
 * Takes a merged incident out again, with all that came to it meanwhile.
 * @throws PublicError `conflict` when it is not part of the incident, or has nothing of its own (evidence of one run had ended it in the other).
 */
export async function unmergeIncident(
  tx: Tx,
  id: string,
  taken: string,
  editor: Editor,
  context: IncidentContext,
): Promise<string[]> {
  const whole = await lockIncident(tx, id, editor);
  const refuse = (message: string) =>
    new PublicError('conflict', `Incident ${taken} ${message}.`, { errors: [{ path: '/from', message }] });
  const part = await loadRecord(tx, taken);
  if (!part || part.id === whole.id || (await resolveStanding(tx, taken)) !== whole.id)
    throw refuse(`is not merged into ${whole.id}`);
  await unmarkMerged(tx, taken);
  const own = sumParts(await loadParts(tx, taken));
  if (!own) throw refuse('has nothing of its own: the same run showed both, and its evidence made them one');
  const rest = sumParts(await loadParts(tx, whole.id));
  const actor = editor.name;
  return [
    ...(await applyEvents(tx, whole, [{ kind: 'unmerged', taken, total: rest, actor }], context)),
    ...(await applyEvents(tx, part, [{ kind: 'split-off', from: whole, total: own, actor }], context)),
  ];
}

/** Takes the project's lock and reads the incident that the id stands for. */
async function lockIncident(tx: Tx, id: string, editor: Editor, path = 'param:id'): Promise<IncidentRecord> {
  const before = await findIncident(tx, id);
  if (before) await lockProjectIncidents(tx, before.project);
  return findOwn(tx, id, editor, path);
}

async function findOwn(tx: Tx, id: string, editor: Editor, path: string): Promise<IncidentRecord> {
  const record = await loadStanding(tx, id);
  if (record && (editor.project === null || editor.project === record.project)) return record;
  throw new PublicError('not_found', `There is no incident ${id}.`, {
    errors: [{ path, message: 'no such incident' }],
  });
}
