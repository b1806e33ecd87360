// Changes of incidents. A change, its timeline and the deliveries that tell of it are one transaction.
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import type { Incident } from '../contracts/incidents.ts';
import type { WebhookEvent } from '../contracts/webhooks.ts';
import type { Alert } from '../domain/channels/channel.ts';
import { changeIncidentBy, type IncidentEvent } from '../domain/incidents/change-incident.ts';
import { presentIncident } from '../domain/incidents/present-incident.ts';
import type { IncidentChange, IncidentRecord } from '../domain/incidents/types.ts';
import type { Tx } from '../platform/db/client.ts';
import { insertDeliveries, type NewDelivery } from '../platform/db/deliveries.ts';
import { findSubscribers } from '../platform/db/endpoints.ts';
import { addTimeline } from '../platform/db/incidents.ts';
import { makeDelivery } from './deliveries.ts';
import { loadView, saveRecord } from './incident-records.ts';

export interface IncidentContext {
  catalog: Catalog;
  now: Date;
  newId: (prefix: string) => string;
  /** Base of the links in alerts. */
  publicUrl: string;
}

/** Lets things happen to an incident, as one change, and stores what follows. The caller holds the project's lock. Answers the deliveries to nudge. */
export async function applyEvents(
  tx: Tx,
  current: IncidentRecord,
  events: IncidentEvent[],
  context: IncidentContext,
): Promise<string[]> {
  return commitChange(tx, changeIncidentBy(current, events, context.now), context);
}

/**
 * Stores a change: the record, the timeline entries, and one delivery per event and subscribed endpoint. Parts of runs are stored before,
 * so that what is told shows them. The caller holds the project's lock. Answers the ids of the deliveries.
 */
export async function commitChange(tx: Tx, change: IncidentChange, context: IncidentContext): Promise<string[]> {
  const { next } = change;
  await saveRecord(tx, next, context.catalog);
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
  const view = await loadView(tx, record);
  const byLocale = new Map<Locale, Incident>();
  const deliveries: NewDelivery[] = [];
  for (const endpoint of endpoints) {
    const locale = endpoint.locale as Locale;
    const incident = byLocale.get(locale) ?? presentIncident(view, context.catalog, locale);
    byLocale.set(locale, incident);
    const alert: Alert = { event, at: context.now.toISOString(), subject: { kind: 'incident', incident, url } };
    deliveries.push(makeDelivery(endpoint, [alert], context));
  }
  return deliveries;
}
