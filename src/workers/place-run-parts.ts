// Puts the parts of a run into incidents: the decisions are domain/incidents', the rows are moved here. The caller holds the project's
// lock, so what is read stays true until the commit.
import { applyDiagnosis, type IncidentChange, openIncident } from '../domain/incidents/apply-diagnosis.ts';
import { sumParts } from '../domain/incidents/count-occurrences.ts';
import { type PlacementDecision, placeDiagnosis } from '../domain/incidents/place-diagnosis.ts';
import { type IncidentRecord, type RunPart, systemActor, type TimelineRecord } from '../domain/incidents/types.ts';
import { commitChange, type IncidentContext, loadIncidentRecord, loadParts } from '../flows/incidents.ts';
import type { Tx } from '../platform/db/client.ts';
import {
  findIncidentByFingerprint,
  findPartsOfRun,
  forgetFingerprint,
  markMerged,
  rememberFingerprint,
  removePart,
  type StoredPart,
} from '../platform/db/incidents.ts';

interface Run {
  id: string;
  project: string;
}

/** Stores every part; answers the deliveries to nudge. `mayRefine` false keeps parts whose traces were not looked at this time. */
export async function placeRunParts(
  tx: Tx,
  run: Run,
  parts: RunPart[],
  options: { mayRefine: boolean; context: IncidentContext },
): Promise<string[]> {
  const { context } = options;
  const existing = await findPartsOfRun(tx, run.id);
  const wanted = new Set(parts.map((part) => part.diagnosis.fingerprint));
  let orphans = options.mayRefine ? existing.filter((part) => !wanted.has(part.fingerprint)) : [];
  const taken = new Set(existing.filter((part) => wanted.has(part.fingerprint)).map((part) => part.incidentId));
  const deliveryIds: string[] = [];
  for (const part of parts) {
    const { fingerprint, class: failureClass } = part.diagnosis;
    const own = existing.find((candidate) => candidate.fingerprint === fingerprint) ?? null;
    const known = await findIncidentByFingerprint(tx, run.project, fingerprint);
    const absorbs = context.catalog.failures.get(failureClass)?.absorbs ?? [];
    const decision = placeDiagnosis({
      diagnosis: part.diagnosis,
      orphans,
      own,
      known: known !== null && taken.has(known) ? null : known,
      absorbs,
    });
    const handled = new Set([...decision.merge, ...decision.leave]);
    const change = await applyPlacement(tx, run, part, decision, existing, context);
    taken.add(change.next.id);
    orphans = orphans.filter((orphan) => !handled.has(orphan.incidentId) && orphan.incidentId !== change.next.id);
    deliveryIds.push(...(await commitChange(tx, change, context, part)));
    await rememberFingerprint(tx, run.project, fingerprint, change.next.id);
    for (const id of decision.merge) await mergeInto(tx, run, id, change.next.id);
  }
  return deliveryIds;
}

async function applyPlacement(
  tx: Tx,
  run: Run,
  part: RunPart,
  decision: PlacementDecision,
  existing: StoredPart[],
  context: IncidentContext,
): Promise<IncidentChange> {
  for (const id of decision.leave) await leave(tx, run, id, context);
  const { placement } = decision;
  if (placement.kind === 'open') {
    return openIncident(context.newId('inc'), run.project, incoming(part, [part], context.now), context.now);
  }
  const current = await loadIncidentRecord(tx, placement.incidentId);
  if (!current) throw new Error(`incident ${placement.incidentId} vanished under the project's lock`);
  const merged = await Promise.all(decision.merge.map((id) => loadIncidentRecord(tx, id)));
  const before = existing.find((candidate) => candidate.incidentId === current.id);
  if (placement.reason === 'refined' && before) await unlearn(tx, run, current, before.fingerprint, part);
  const others = (await loadParts(tx, current.id)).filter((other) => other.runId !== run.id);
  const diagnosed = { ...incoming(part, [...others, part], context.now), joins: before === undefined };
  const change = applyDiagnosis(inherit(current, merged), diagnosed, context.now);
  const endings = decision.merge.map((id) => entry(context.now, 'merged', { from: id }));
  return { ...change, timeline: [...endings, ...change.timeline] };
}

function incoming(part: RunPart, parts: RunPart[], now: Date) {
  return { ...sumParts(parts as [RunPart, ...RunPart[]]), seenAt: now, runId: part.runId };
}

/** A merged incident was the same failure, seen earlier: its beginning and its assignee go over. */
function inherit(current: IncidentRecord, merged: (IncidentRecord | null)[]): IncidentRecord {
  const all = [current, ...merged.filter((record) => record !== null)];
  return {
    ...current,
    firstSeenAt: new Date(Math.min(...all.map((record) => record.firstSeenAt.getTime()))),
    assignee: all.find((record) => record.assignee !== null)?.assignee ?? null,
  };
}

/** When the evidence now tells another cause, the earlier fingerprint was a wrong guess and must not lead later runs here. */
async function unlearn(tx: Tx, run: Run, current: IncidentRecord, fingerprint: string, part: RunPart): Promise<void> {
  if (current.diagnosis.causes[0]?.id !== part.diagnosis.causes[0]?.id)
    await forgetFingerprint(tx, run.project, fingerprint);
}

/** Takes the run out of an incident that it shared; the rest is added up again. */
async function leave(tx: Tx, run: Run, incidentId: string, context: IncidentContext): Promise<void> {
  const current = await loadIncidentRecord(tx, incidentId);
  if (!current) return;
  await removePart(tx, incidentId, run.id);
  const [first, ...rest] = await loadParts(tx, incidentId);
  if (!first) return;
  const { diagnosis, occurrences, firstStep, lastStep } = sumParts([first, ...rest]);
  const next: IncidentRecord = {
    ...current,
    diagnosis,
    fingerprint: diagnosis.fingerprint,
    occurrences,
    firstStep,
    lastStep,
  };
  await commitChange(tx, { next, timeline: [entry(context.now, 'run-left', { run: run.id })], events: [] }, context);
}

async function mergeInto(tx: Tx, run: Run, id: string, into: string): Promise<void> {
  await removePart(tx, id, run.id);
  await markMerged(tx, id, into);
}

function entry(at: Date, kind: TimelineRecord['kind'], data: TimelineRecord['data']): TimelineRecord {
  return { at, kind, actor: systemActor, data };
}
