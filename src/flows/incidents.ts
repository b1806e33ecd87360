// Incidents as both the API and the workers read and change them. A change and the deliveries that tell of it are one transaction.
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import type { Incident, IncidentSummary } from '../contracts/incidents.ts';
import type { WebhookEvent, WebhookFormat } from '../contracts/webhooks.ts';
import { channels } from '../domain/channels/index.ts';
import { presentDiagnosis } from '../domain/diagnosis/present-diagnosis.ts';
import type { Diagnosis } from '../domain/diagnosis/types.ts';
import type { IncidentChange } from '../domain/incidents/apply-diagnosis.ts';
import { applyPatch, type IncidentEdit } from '../domain/incidents/apply-patch.ts';
import { presentIncident, presentIncidentSummary } from '../domain/incidents/present-incident.ts';
import type { EvidenceRecord, IncidentRecord, RunPart } from '../domain/incidents/types.ts';
import type { Tx } from '../platform/db/client.ts';
import { insertDeliveries, type NewDelivery } from '../platform/db/deliveries.ts';
import { findSubscribers } from '../platform/db/endpoints.ts';
import {
  addTimeline,
  findIncident,
  type IncidentListRow,
  lockProjectIncidents,
  readParts,
  readTimeline,
  resolveMerged,
  saveIncident,
  savePart,
  toStoredIncident,
} from '../platform/db/incidents.ts';

export interface IncidentContext {
  catalog: Catalog;
  now: Date;
  newId: (prefix: string) => string;
  /** Base of the links in alerts. */
  publicUrl: string;
}

/** The incident's record; null when there is none. */
export async function loadIncidentRecord(tx: Tx, id: string): Promise<IncidentRecord | null> {
  const row = await findIncident(tx, id);
  if (!row) return null;
  const stored = toStoredIncident(row);
  return { ...stored, diagnosis: stored.diagnosis as Diagnosis };
}

export async function loadParts(tx: Tx, id: string): Promise<RunPart[]> {
  return (await readParts(tx, id)).map((part) => ({
    ...part,
    diagnosis: part.diagnosis as Diagnosis,
    evidence: part.evidence as EvidenceRecord[],
  }));
}

/** The whole incident in one language; the id of a merged incident leads to the one it was merged into. */
export async function readIncident(
  tx: Tx,
  id: string,
  view: { catalog: Catalog; locale: Locale },
): Promise<Incident | null> {
  const standing = await resolveMerged(tx, id);
  const record = standing === null ? null : await loadIncidentRecord(tx, standing);
  if (!record) return null;
  return presentIncident(
    record,
    await loadParts(tx, record.id),
    await readTimeline(tx, record.id),
    view.catalog,
    view.locale,
  );
}

export function presentIncidentRow(row: IncidentListRow, view: { catalog: Catalog; locale: Locale }): IncidentSummary {
  const stored = toStoredIncident(row);
  const record: IncidentRecord = { ...stored, diagnosis: stored.diagnosis as Diagnosis };
  return presentIncidentSummary(
    record,
    row.runs.map((run) => run.runId),
    view.catalog,
    view.locale,
  );
}

/** Applies a person's change. Answers the deliveries to nudge, or null when there is no such incident. */
export async function editIncident(
  tx: Tx,
  id: string,
  edit: IncidentEdit,
  actor: string,
  context: IncidentContext,
): Promise<{ deliveryIds: string[] } | null> {
  const locked = await lockIncident(tx, id);
  if (!locked) return null;
  return { deliveryIds: await commitChange(tx, applyPatch(locked, edit, actor, context.now), context) };
}

/** Adds a comment to the timeline; false when there is no such incident. */
export async function commentIncident(tx: Tx, id: string, text: string, actor: string, now: Date): Promise<boolean> {
  const locked = await lockIncident(tx, id);
  if (!locked) return false;
  await addTimeline(tx, locked.id, [{ at: now, kind: 'commented', actor, data: { text } }]);
  return true;
}

/** Takes the project's lock and reads the incident that the id stands for. */
async function lockIncident(tx: Tx, id: string): Promise<IncidentRecord | null> {
  const before = await findIncident(tx, id);
  if (!before) return null;
  await lockProjectIncidents(tx, before.project);
  const standing = await resolveMerged(tx, id);
  return standing === null ? null : loadIncidentRecord(tx, standing);
}

/**
 * Stores a change: the record, the run's part that brought it, the timeline entries, and one delivery per event and subscribed endpoint.
 * The caller holds the project's lock. Answers the ids of the deliveries.
 */
export async function commitChange(
  tx: Tx,
  change: IncidentChange,
  context: IncidentContext,
  part: RunPart | null = null,
): Promise<string[]> {
  const { next } = change;
  const cause = next.diagnosis.causes[0];
  await saveIncident(tx, next, {
    class: next.diagnosis.class,
    causeId: cause?.id ?? null,
    confidence: next.diagnosis.confidence,
    title: presentDiagnosis(next.diagnosis, context.catalog, 'en').title,
  });
  if (part)
    await savePart(tx, next.id, { ...part, fingerprint: part.diagnosis.fingerprint, class: part.diagnosis.class });
  await addTimeline(tx, next.id, change.timeline);
  const deliveries: NewDelivery[] = [];
  for (const event of change.events) deliveries.push(...(await planDeliveries(tx, next, event, context)));
  await insertDeliveries(tx, deliveries);
  return deliveries.map((delivery) => delivery.id);
}

async function planDeliveries(
  tx: Tx,
  record: IncidentRecord,
  event: WebhookEvent,
  context: IncidentContext,
): Promise<NewDelivery[]> {
  const subject = { project: record.project, class: record.diagnosis.class, severity: record.severity };
  const endpoints = await findSubscribers(tx, event, subject);
  if (endpoints.length === 0) return [];
  const url = `${context.publicUrl}/incidents/${record.id}`;
  const parts = await loadParts(tx, record.id);
  const timeline = await readTimeline(tx, record.id);
  const byLocale = new Map<Locale, Incident>();
  const deliveries: NewDelivery[] = [];
  for (const endpoint of endpoints) {
    const locale = endpoint.locale as Locale;
    const incident = byLocale.get(locale) ?? presentIncident(record, parts, timeline, context.catalog, locale);
    byLocale.set(locale, incident);
    const body = channels[endpoint.format as WebhookFormat].buildBody({
      event,
      at: context.now,
      subject: { kind: 'incident', incident, url },
    });
    deliveries.push({
      id: context.newId('msg'),
      endpointId: endpoint.id,
      incidentId: record.id,
      event,
      body,
      createdAt: context.now,
    });
  }
  return deliveries;
}
