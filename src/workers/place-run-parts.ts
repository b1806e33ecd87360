// Puts the parts of a run into incidents: the decisions are domain/incidents', the rows are moved here. The caller holds the project's
// lock, so what is read stays true until the commit.
import type { OwnershipRule } from '../contracts/projects.ts';
import { assignOwner } from '../domain/incidents/assign-owner.ts';
import type { IncidentEvent } from '../domain/incidents/change-incident.ts';
import { countOccurrences, type PartsTotal, sumParts } from '../domain/incidents/count-occurrences.ts';
import { type Placement, type PlacementDecision, placeDiagnosis } from '../domain/incidents/place-diagnosis.ts';
import { openIncident } from '../domain/incidents/transitions/on-diagnosed.ts';
import { type IncidentRecord, type RunPart, systemActor } from '../domain/incidents/types.ts';
import { loadParts, loadRecord, saveRecord } from '../flows/incident-records.ts';
import { applyEvents, commitChange, type IncidentContext } from '../flows/incidents.ts';
import type { Tx } from '../platform/db/client.ts';
import {
  findByFingerprint,
  forgetFingerprint,
  markMerged,
  rememberFingerprint,
} from '../platform/db/incident-merges.ts';
import { findPartsOfRun, type PartOfRun, removePart, savePart } from '../platform/db/incident-parts.ts';
import { addOccurrences, readCurrentVolume } from '../platform/db/occurrence-volumes.ts';

/** What the placement must know of the run. */
export interface PlacedRun {
  id: string;
  project: string;
  tags: Record<string, unknown> | null;
  ownership: OwnershipRule[];
}

/** A part with the words by which its incident is found. */
export type NewPart = RunPart & { words: string[] };

/** Stores every part; answers the deliveries to nudge. `mayRefine` false keeps parts whose traces were not looked at this time. */
export async function placeRunParts(
  tx: Tx,
  run: PlacedRun,
  parts: NewPart[],
  options: { mayRefine: boolean; context: IncidentContext },
): Promise<string[]> {
  const wanted = new Set(parts.map((part) => part.diagnosis.fingerprint));
  const deliveryIds: string[] = [];
  for (const part of parts) {
    const existing = await findPartsOfRun(tx, run.id);
    const orphans = options.mayRefine ? existing.filter((old) => !wanted.has(old.fingerprint)) : [];
    const taken = new Set(existing.filter((old) => wanted.has(old.fingerprint)).map((old) => old.home));
    const { fingerprint } = part.diagnosis;
    const known = await findByFingerprint(tx, run.project, fingerprint);
    const decision = placeDiagnosis({
      diagnosis: part.diagnosis,
      orphans,
      own: existing.find((old) => old.fingerprint === fingerprint) ?? null,
      known: known !== null && taken.has(known.home) ? null : known,
      absorbs: options.context.catalog.failures.get(part.diagnosis.class)?.absorbs ?? [],
    });
    const { placement } = decision;
    const home = placement.kind === 'open' ? options.context.newId('inc') : placement.home;
    deliveryIds.push(...(await place(tx, run, part, { ...decision, home, existing }, options.context)));
    const isLed = known !== null && (known.home === home || placement.reason === 'same-fingerprint');
    if (!isLed) await rememberFingerprint(tx, run.project, fingerprint, home);
  }
  return deliveryIds;
}

interface Step extends PlacementDecision<PartOfRun> {
  home: string;
  /** All parts of the run before. */
  existing: PartOfRun[];
}

async function place(tx: Tx, run: PlacedRun, part: NewPart, step: Step, context: IncidentContext): Promise<string[]> {
  const { placement, superseded, home } = step;
  const deliveryIds: string[] = [];
  if (placement.kind === 'update') await unlearn(tx, run, placement, superseded, part);
  for (const old of superseded) if (old.home !== home) await removePart(tx, old.home, run.id);
  for (const id of step.leave) deliveryIds.push(...(await leave(tx, run, id, context)));
  const placed =
    placement.kind === 'open'
      ? await open(tx, run, part, { ...step, placement }, context)
      : await update(tx, run, part, { ...step, placement }, context);
  return [...deliveryIds, ...placed];
}

async function open(
  tx: Tx,
  run: PlacedRun,
  part: NewPart,
  { home, placement, superseded }: Step & { placement: Extract<Placement, { kind: 'open' }> },
  context: IncidentContext,
): Promise<string[]> {
  const total = totalOf([part]);
  const owner = assignOwner(run.ownership, part.diagnosis, run.tags);
  const reason = placement.reason === 'new-failure' ? 'first-seen' : 'told-apart';
  const change = openIncident(home, run.project, { total, runId: run.id, owner }, reason, context.now);
  await saveRecord(tx, change.next, context.catalog);
  await store(tx, part, home, superseded, context.now);
  return commitChange(tx, change, context);
}

async function update(
  tx: Tx,
  run: PlacedRun,
  part: NewPart,
  { home, placement, superseded, merge, existing }: Step & { placement: Extract<Placement, { kind: 'update' }> },
  context: IncidentContext,
): Promise<string[]> {
  const { incidentId } = placement;
  const before = existing.filter((old) => old.incidentId === incidentId);
  const replaced = [...new Set([...superseded, ...before.filter((old) => old.home === home)])];
  const { deliveryIds, others } = await endAll(tx, merge, incidentId, context);
  await store(tx, part, home, replaced, context.now);
  const current = await requireRecord(tx, incidentId);
  const total = totalOf(await loadParts(tx, incidentId));
  const when = { runId: run.id, at: context.now, step: part.lastStep };
  const diagnosed: IncidentEvent = {
    kind: 'diagnosed',
    total,
    runId: run.id,
    joins: before.length === 0,
    added: countAdded(
      part,
      replaced.filter((old) => old.incidentId === incidentId),
    ),
    observedAt: part.observedAt,
    scope: part.scope,
    isFixedInMachine: context.catalog.failures.get(total.diagnosis.class)?.fixed_in === 'machine',
    owner: assignOwner(run.ownership, part.diagnosis, run.tags),
    volume: current.mute?.kind === 'until-worse' ? await readCurrentVolume(tx, incidentId, when) : null,
  };
  const merged: IncidentEvent = { kind: 'merged', others, total: null, ...bySystem };
  const events = others.length > 0 ? [merged, diagnosed] : [diagnosed];
  return [...deliveryIds, ...(await applyEvents(tx, current, events, context))];
}

/** Stores the part, and counts what is new in it against what it takes the place of. */
async function store(tx: Tx, part: NewPart, home: string, replaced: PartOfRun[], now: Date): Promise<void> {
  const { words, ...stored } = part;
  const row = { ...stored, fingerprint: part.diagnosis.fingerprint, class: part.diagnosis.class };
  await savePart(tx, home, row, words, now);
  const count = countAdded(part, replaced);
  await addOccurrences(tx, { home, runId: part.runId, at: now, step: part.lastStep, count });
}

/** One crash seen by two parts was counted by both, until one takes the other's place. */
function countAdded(part: RunPart, before: PartOfRun[]): number {
  return Math.max(0, countOccurrences(part) - before.reduce((sum, old) => sum + countOccurrences(old), 0));
}

const bySystem = { actor: systemActor, reason: 'same-fingerprint' } as const;

/** Ends incidents that the run had opened alone in the one that they turned out to be. */
async function endAll(
  tx: Tx,
  ids: string[],
  into: string,
  context: IncidentContext,
): Promise<{ deliveryIds: string[]; others: IncidentRecord[] }> {
  const others: IncidentRecord[] = [];
  const deliveryIds: string[] = [];
  for (const id of ids) {
    const other = await requireRecord(tx, id);
    others.push(other);
    deliveryIds.push(...(await applyEvents(tx, other, [{ kind: 'merged-away', into, ...bySystem }], context)));
    await markMerged(tx, id, into);
  }
  return { deliveryIds, others };
}

/** When the evidence now tells another cause, the earlier fingerprint was a wrong guess and must not lead later runs here. */
async function unlearn(
  tx: Tx,
  run: PlacedRun,
  placement: Extract<Placement, { kind: 'update' }>,
  superseded: { incidentId: string; fingerprint: string }[],
  part: RunPart,
): Promise<void> {
  if (placement.reason !== 'refined') return;
  const current = await requireRecord(tx, placement.incidentId);
  if (current.diagnosis.causes[0]?.id === part.diagnosis.causes[0]?.id) return;
  for (const { incidentId, fingerprint } of superseded)
    if (incidentId === placement.incidentId) await forgetFingerprint(tx, run.project, fingerprint);
}

/** An incident that the run shared goes on without the parts that were taken out of it. */
async function leave(tx: Tx, run: PlacedRun, incidentId: string, context: IncidentContext): Promise<string[]> {
  const total = sumParts(await loadParts(tx, incidentId));
  if (!total) return [];
  const left: IncidentEvent = { kind: 'run-left', total, runId: run.id };
  return applyEvents(tx, await requireRecord(tx, incidentId), [left], context);
}

function totalOf(parts: readonly RunPart[]): PartsTotal {
  const total = sumParts(parts);
  if (!total) throw new Error('an incident has no part although one was just stored');
  return total;
}

async function requireRecord(tx: Tx, id: string): Promise<IncidentRecord> {
  const record = await loadRecord(tx, id);
  if (!record) throw new Error(`incident ${id} vanished under the project's lock`);
  return record;
}
