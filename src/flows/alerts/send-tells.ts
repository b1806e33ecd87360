// From what is to be told to deliveries: one message for all alerts where the channel can merge them, else one each; and the decisions.
import type { Locale } from '../../contracts/common.ts';
import type { Incident } from '../../contracts/incidents.ts';
import type { WebhookFilter } from '../../contracts/webhooks.ts';
import { judgeListener, type Listener } from '../../domain/alerts/subscribe.ts';
import type { AlertedIncident, RouteRules, Tell } from '../../domain/alerts/types.ts';
import type { Alert, Message } from '../../domain/channels/channel.ts';
import { presentIncident } from '../../domain/incidents/present-incident.ts';
import { severityRank } from '../../domain/incidents/severity.ts';
import type { IncidentRecord } from '../../domain/incidents/types.ts';
import type { NewDecision } from '../../platform/db/alert-groups.ts';
import type { Tx } from '../../platform/db/client.ts';
import type { NewDelivery } from '../../platform/db/deliveries.ts';
import type { EndpointRow } from '../../platform/db/endpoints.ts';
import { channelOf, makeDelivery } from '../deliveries.ts';
import type { IncidentContext } from '../incident-context.ts';
import { loadView } from '../incident-records.ts';
import type { AlertRules } from './rules.ts';

export interface ToTell {
  tell: Tell;
  record: IncidentRecord;
  incident: AlertedIncident;
}

/** Alerts in one message; more become several messages. */
const maxPerMessage = 100;

export async function sendTells(
  tx: Tx,
  toTell: ToTell[],
  { route, rules, labels }: { route: RouteRules; rules: AlertRules; labels: Record<string, string> | null },
  context: IncidentContext,
): Promise<{ deliveries: NewDelivery[]; decisions: NewDecision[] }> {
  const present = presenter(tx, context);
  const decisions: NewDecision[] = [];
  const deliveries: NewDelivery[] = [];
  const ids = new Set(toTell.flatMap(({ tell }) => tell.endpoints));
  for (const id of ids) {
    const endpoint = rules.endpoints.get(id);
    const alerts: Alert[] = [];
    for (const item of toTell.filter(({ tell }) => tell.endpoints.includes(id))) {
      const verdict = judgeListener(toListener(endpoint), item.tell, item.incident);
      if ('event' in verdict && endpoint)
        alerts.push(await toAlert(item, { ...item.tell, event: verdict.event }, present, endpoint, context));
      else if ('skip' in verdict && labels !== null) decisions.push(skipped(item, verdict.skip, id, route, context));
    }
    if (!endpoint) continue;
    for (const group of bundle(alerts, channelOf(endpoint).merges)) {
      const delivery = makeDelivery(
        endpoint,
        group,
        context,
        labels === null ? undefined : { route: route.name, labels },
      );
      deliveries.push(delivery);
      decisions.push(...group.map((alert) => sent(alert, delivery, route, context)));
    }
  }
  return { deliveries, decisions };
}

/** One that is gone hears nothing. */
export function toListener(endpoint: EndpointRow | undefined): Listener {
  if (!endpoint) return { isEnabled: false, events: [], filter: {} };
  const { status, events, filter } = endpoint;
  return { isEnabled: status === 'enabled', events, filter: filter as WebhookFilter };
}

type Present = (record: IncidentRecord, locale: Locale) => Promise<Incident>;

/** Reads each incident once, and writes it once in each language. */
function presenter(tx: Tx, { catalog }: IncidentContext): Present {
  const views = new Map<string, ReturnType<typeof loadView>>();
  const texts = new Map<string, Incident>();
  return async (record, locale) => {
    const key = `${record.id} ${locale}`;
    const known = texts.get(key);
    if (known) return known;
    const view = views.get(record.id) ?? loadView(tx, record);
    views.set(record.id, view);
    const incident = presentIncident(await view, catalog, locale);
    texts.set(key, incident);
    return incident;
  };
}

async function toAlert(
  { record }: ToTell,
  { event, at, reason }: Tell,
  present: Present,
  endpoint: EndpointRow,
  { publicUrl }: IncidentContext,
): Promise<Alert> {
  const incident = await present(record, endpoint.locale as Locale);
  const subject = { kind: 'incident' as const, incident, url: `${publicUrl}/incidents/${record.id}` };
  return { event, at: at.toISOString(), subject, ...(reason ? { reason } : {}) };
}

/** The worst first, so that what has no room is what matters least. */
function bundle(alerts: Alert[], merges: boolean): Message['alerts'][] {
  if (!merges) return alerts.map((alert) => [alert]);
  const rankOf = ({ subject }: Alert) => (subject.kind === 'incident' ? severityRank(subject.incident.severity) : 0);
  const sorted = [...alerts].sort((a, b) => rankOf(b) - rankOf(a));
  const bundles: Message['alerts'][] = [];
  for (let start = 0; start < sorted.length; start += maxPerMessage)
    bundles.push(sorted.slice(start, start + maxPerMessage) as Message['alerts']);
  return bundles;
}

function sent(alert: Alert, delivery: NewDelivery, route: RouteRules, { now }: IncidentContext): NewDecision {
  const { reason, subject, event } = alert;
  return {
    incidentId: subject.kind === 'incident' ? subject.incident.id : '',
    at: now,
    event,
    stage: 'send',
    decision: 'send',
    code: reason && reason.kind !== 'digest' ? reason.kind : 'queued',
    data: { delivery: delivery.id },
    endpointId: delivery.endpointId,
    routeId: route.id,
  };
}

function skipped(
  { tell, record }: ToTell,
  code: string,
  endpointId: string,
  route: RouteRules,
  { now }: IncidentContext,
): NewDecision {
  const { event } = tell;
  return {
    incidentId: record.id,
    at: now,
    event,
    stage: 'send',
    decision: 'skip',
    code,
    data: {},
    endpointId,
    routeId: route.id,
  };
}
