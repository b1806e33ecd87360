// Sends one delivery once. What follows from the answer is stored with the attempt; when to try again is the job catalogue's schedule
// (or the receiver's Retry-After), and the queue's retry does the waiting.
import { type JobPayload, jobCatalogue } from '../contracts/jobs.ts';
import type { WebhookFormat } from '../contracts/webhooks.ts';
import type { AnswerVerdict } from '../domain/channels/channel.ts';
import { channels } from '../domain/channels/index.ts';
import { type AttemptRecord, failDelivery, findPendingDelivery, recordAttempt } from '../platform/db/deliveries.ts';
import { disableEndpoint } from '../platform/db/endpoints.ts';
import type { PostResult } from '../platform/http/safe-fetch.ts';
import { signStandardWebhook } from '../platform/http/sign.ts';
import { RetryLater } from '../platform/queue/errors.ts';
import type { WorkerDependencies } from './dependencies.ts';

const schedule = jobCatalogue.deliver;
/** A duplicate nudge must not send a delivery before its time. */
const earlyMs = 1_000;

export async function deliver(deps: WorkerDependencies, { deliveryId }: JobPayload<'deliver'>): Promise<void> {
  const { client } = deps.database;
  const delivery = await findPendingDelivery(client, deliveryId);
  if (!delivery) return;
  const now = deps.clock.now();
  if (delivery.nextAttemptAt !== null && delivery.nextAttemptAt.getTime() - now.getTime() > earlyMs) return;
  const { endpoint } = delivery;
  if (endpoint.deletedAt || endpoint.status !== 'enabled') return failDelivery(client, delivery.id);

  const channel = channels[endpoint.format as WebhookFormat];
  const timestampSeconds = Math.floor(now.getTime() / 1000);
  const headers = {
    'content-type': channel.contentType,
    'user-agent': 'Losswatch-Webhooks/1',
    ...(channel.signed
      ? signStandardWebhook({ id: delivery.id, timestampSeconds, body: delivery.body, secrets: [endpoint.secret] })
      : {}),
  };
  const result = await deps.safeFetch.post(endpoint.url, { headers, body: delivery.body });
  const verdict =
    result.kind === 'answered'
      ? channel.classifyAnswer(result.status)
      : result.kind === 'refused'
        ? 'refused'
        : 'retry';
  const delayMs = verdict === 'retry' ? nextDelayMs(delivery.attemptCount, result, deps.random()) : null;
  const outcome = {
    status:
      verdict === 'delivered' ? ('delivered' as const) : delayMs === null ? ('failed' as const) : ('pending' as const),
    nextAttemptAt: delayMs === null ? null : new Date(now.getTime() + delayMs),
  };
  await deps.database.transaction(async (tx) => {
    await recordAttempt(tx, delivery.id, toAttempt(now, result), outcome);
    if (verdict === 'disable') await disableEndpoint(tx, endpoint.id, 'the receiver answered 410 Gone');
  });
  logOutcome(deps, delivery.id, verdict, result);
  if (delayMs !== null) throw new RetryLater(delayMs, `delivery ${delivery.id} is tried again`);
}

/** Delay before the next attempt, in ms; null when the schedule is used up. */
function nextDelayMs(attemptsBefore: number, result: PostResult, random: number): number | null {
  const base = schedule.backoffMs[attemptsBefore];
  if (base === undefined) return null;
  const jittered = base * (1 + schedule.jitter * (2 * random - 1));
  const asked =
    result.kind === 'answered' && result.retryAfterSeconds !== undefined ? result.retryAfterSeconds * 1000 : 0;
  return Math.round(Math.max(jittered, Math.min(asked, 24 * 3_600_000)));
}

function toAttempt(at: Date, result: PostResult): AttemptRecord {
  if (result.kind === 'answered')
    return { at, status: result.status, latencyMs: result.latencyMs, error: null, answer: result.answer };
  return {
    at,
    status: null,
    latencyMs: result.kind === 'failed' ? result.latencyMs : 0,
    error: result.reason,
    answer: null,
  };
}

function logOutcome(
  deps: WorkerDependencies,
  deliveryId: string,
  verdict: AnswerVerdict | 'refused',
  result: PostResult,
): void {
  const detail = result.kind === 'answered' ? { status: result.status } : { reason: result.reason };
  if (verdict === 'delivered') deps.logger.debug({ deliveryId, ...detail }, 'delivered');
  else deps.logger.warn({ deliveryId, verdict, ...detail }, 'delivery attempt failed');
}
