// Watches what the service makes of a replayed run: registers a webhook endpoint on this machine, then waits until the run's incident is
// diagnosed from every observation and a delivery has come. Waiting is bounded; what is there by then is the outcome.
import type { CaptureSummary } from '../contracts/capture.ts';
import type { Locale } from '../contracts/common.ts';
import type { Incident, IncidentSummary } from '../contracts/incidents.ts';
import type { Webhook } from '../contracts/webhooks.ts';
import type { ApiClient } from './api-client.ts';
import { isGenuineWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

export interface StoryOutcome {
  /** The run's incidents. */
  incidents: IncidentSummary[];
  /** What was delivered: the first event, and whether every delivery was signed with the endpoint's secret. */
  webhook: { event: string; deliveries: number; genuine: boolean } | null;
}

interface Story {
  client: ApiClient;
  locale: Locale;
  runId: string;
  /** Stop waiting as soon as this is the diagnosis. */
  expected: { class: string; cause: string };
  replay(): Promise<void>;
}

const receiverPath = '/losswatch-quickstart';
const diagnosisTimeoutMs = 60_000;
const deliveryTimeoutMs = 20_000;
const pollMs = 250;

export async function receiveStory(story: Story): Promise<StoryOutcome> {
  const { client, locale } = story;
  await removeEarlierEndpoints(client);
  const receiver = await startWebhookReceiver(receiverPath);
  try {
    const endpoint = await client.call<Webhook & { secret: string }>('POST', '/v1/webhooks', {
      url: receiver.url,
      locale,
    });
    await story.replay();
    const incidents = await awaitDiagnosis(story);
    await awaitDelivery(client, receiver, endpoint.id, incidents);
    await client.call('DELETE', `/v1/webhooks/${endpoint.id}`);
    return { incidents, webhook: describeDeliveries(receiver, endpoint.secret) };
  } finally {
    await receiver.close();
  }
}

/** Endpoints of quickstarts that were killed: nobody listens there any more. */
async function removeEarlierEndpoints(client: ApiClient): Promise<void> {
  const { items } = await client.call<{ items: Webhook[] }>('GET', '/v1/webhooks?limit=100');
  for (const { id, url } of items) {
    if (url.startsWith('http://127.0.0.1:') && url.endsWith(receiverPath))
      await client.call('DELETE', `/v1/webhooks/${id}`);
  }
}

async function awaitDiagnosis({ client, runId, expected }: Story): Promise<IncidentSummary[]> {
  let incidents: IncidentSummary[] = [];
  await waitUntil(diagnosisTimeoutMs, async () => {
    incidents = (await client.call<{ items: IncidentSummary[] }>('GET', `/v1/incidents?run=${runId}`)).items;
    const [incident] = incidents;
    if (incidents.length !== 1 || !incident) return false;
    return (
      incident.class === expected.class &&
      incident.cause?.id === expected.cause &&
      (await isComplete(client, runId, incident.id))
    );
  });
  return incidents;
}

/** Every capture is analysed, and both the tensors and the trace speak in the incident. */
async function isComplete(client: ApiClient, runId: string, incidentId: string): Promise<boolean> {
  const captures = await client.call<{ items: CaptureSummary[] }>('GET', `/v1/runs/${runId}/captures`);
  if (captures.items.some(({ status }) => status === 'queued' || status === 'running')) return false;
  const { evidence } = await client.call<Incident>('GET', `/v1/incidents/${incidentId}`);
  return ['capture', 'trace'].every((kind) => evidence.some((item) => item.kind === kind));
}

/** A run that joins an incident known from an earlier quickstart is no news to anybody: then a test delivery shows the signature. */
async function awaitDelivery(
  client: ApiClient,
  receiver: WebhookReceiver,
  endpointId: string,
  incidents: IncidentSummary[],
): Promise<void> {
  const isKnown = incidents.some(({ runs }) => runs.length > 1);
  if (isKnown && receiver.received.length === 0) await client.call('POST', `/v1/webhooks/${endpointId}/test`);
  await waitUntil(deliveryTimeoutMs, async () => receiver.received.length > 0);
}

function describeDeliveries({ received }: WebhookReceiver, secret: string): StoryOutcome['webhook'] {
  const [first] = received;
  if (!first) return null;
  const genuine = received.every((webhook) => isGenuineWebhook(webhook, secret, Date.now() / 1000));
  return { event: genuine ? String(JSON.parse(first.body).type) : '?', deliveries: received.length, genuine };
}

async function waitUntil(timeoutMs: number, isDone: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isDone()) && Date.now() < end) await new Promise((resume) => setTimeout(resume, pollMs));
}
