// Messages for endpoints, as both the API and the workers make them.
import type { Locale } from '../contracts/common.ts';
import type { JobPayload } from '../contracts/jobs.ts';
import type { WebhookFormat } from '../contracts/webhooks.ts';
import type { Alert, Attempt, Channel, Composed, Message, Outgoing, Settings } from '../domain/channels/channel.ts';
import { channels } from '../domain/channels/index.ts';
import { compactAlert } from '../domain/channels/thin.ts';
import { words } from '../domain/channels/words.ts';
import type { Tx } from '../platform/db/client.ts';
import type { DueDelivery, NewDelivery } from '../platform/db/deliveries.ts';
import { type EndpointRow, findWatchers, secretsAt } from '../platform/db/endpoints.ts';

export interface DeliveryContext {
  now: Date;
  newId: (prefix: string) => string;
  /** Base of the links in alerts. */
  publicUrl: string;
}

export function channelOf(endpoint: Pick<EndpointRow, 'format'>): Channel {
  return channels[endpoint.format as WebhookFormat];
}

/** Ids and turn, as a job carries them. */
export function deliverPayload({ id, turn }: DueDelivery): JobPayload<'deliver'> {
  return turn === 0 ? { deliveryId: id } : { deliveryId: id, turn };
}

/** A message in an endpoint's format, language and settings. */
export function composeMessage(
  endpoint: { format: string; locale: string; settings: unknown },
  alerts: Message['alerts'],
  publicUrl: string,
  group?: Message['group'],
): Composed {
  const message = { locale: endpoint.locale as Locale, alerts, listUrl: `${publicUrl}/incidents` };
  return channelOf(endpoint).compose(group ? { ...message, group } : message, endpoint.settings as Settings);
}

/** One message, ready to be stored. */
export function makeDelivery(
  endpoint: EndpointRow,
  alerts: Message['alerts'],
  context: DeliveryContext,
  group?: Message['group'],
): NewDelivery {
  return {
    id: context.newId('msg'),
    endpointId: endpoint.id,
    incidentIds: alerts.flatMap(({ subject }) => (subject.kind === 'incident' ? [subject.incident.id] : [])),
    event: alerts[0].event,
    body: composeMessage(endpoint, alerts, context.publicUrl, group).body,
    alerts: channelOf(endpoint).merges ? alerts.map(compactAlert) : null,
    createdAt: context.now,
  };
}

/** The request of one attempt over HTTP, signed with the secrets that `endpoint` has at `now`. */
export function dressDelivery(
  endpoint: EndpointRow,
  { id, body }: Pick<Attempt, 'id' | 'body'>,
  now: Date,
  { hmac, secrets = secretsAt(endpoint, now) }: { hmac: Attempt['hmac']; secrets?: string[] },
): Outgoing {
  const channel = channelOf(endpoint);
  const outgoing = channel.prepare({ id, url: endpoint.url, body, secrets, now, hmac });
  const headers = { 'content-type': channel.contentType, 'user-agent': 'Losswatch-Webhooks/1', ...outgoing.headers };
  return { ...outgoing, headers };
}

const hidden = '***';

/** The same request as a person may see it: without the address, and `***` for secrets and signatures. A mail has no headers yet. */
export function showRequest(
  endpoint: EndpointRow,
  message: Pick<Attempt, 'id' | 'body'>,
  now: Date,
): { headers: Record<string, string>; body: string } {
  if (channelOf(endpoint).transport === 'smtp') return { headers: {}, body: message.body };
  const secrets = secretsAt(endpoint, now).map(() => hidden);
  const { headers, body } = dressDelivery(endpoint, message, now, { hmac: () => hidden, secrets });
  return { headers, body };
}

export function makeTestDelivery(endpoint: EndpointRow, context: DeliveryContext): NewDelivery {
  const message = words[endpoint.locale as Locale].testMessage;
  const subject = { kind: 'test' as const, message, url: context.publicUrl };
  return makeDelivery(endpoint, [{ event: 'webhook.test', at: context.now.toISOString(), subject }], context);
}

/** The dashboard's page of endpoints, with this one open. */
export function linkToEndpoint(id: string, publicUrl: string): string {
  return `${publicUrl}/alerts?endpoint=${id}`;
}

/** Tells the endpoints that watch over alerting that another one does not get its alerts. */
export async function planFailureAlerts(
  tx: Tx,
  failing: EndpointRow,
  problem: { reason: string; failingSince: Date; isDisabled: boolean },
  context: DeliveryContext,
): Promise<NewDelivery[]> {
  const subject = {
    kind: 'endpoint' as const,
    endpoint: {
      id: failing.id,
      format: failing.format as WebhookFormat,
      host: hostOf(failing.url),
      status: problem.isDisabled ? ('disabled' as const) : ('enabled' as const),
      reason: problem.reason,
      failing_since: problem.failingSince.toISOString(),
    },
    url: linkToEndpoint(failing.id, context.publicUrl),
  };
  const alert: Alert = { event: 'alerting.failed', at: context.now.toISOString(), subject };
  return (await findWatchers(tx, failing)).map((endpoint) => makeDelivery(endpoint, [alert], context));
}

/** The rest of an address is often its secret. */
function hostOf(url: string): string {
  if (!URL.canParse(url)) return '?';
  const parsed = new URL(url);
  return parsed.protocol === 'mailto:' ? 'mail' : parsed.host;
}
