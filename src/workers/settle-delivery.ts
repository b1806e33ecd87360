// What follows from an attempt: its row, the delivery's next state, how its endpoint fares, and an alert where alerting fails.
import { jobCatalogue } from '../contracts/jobs.ts';
import type { Verdict } from '../domain/channels/channel.ts';
import { cutBytes } from '../domain/channels/cut.ts';
import { judgeHealth, type Outcome } from '../domain/delivery/judge-health.ts';
import { nextDelayMs, pauseUntil } from '../domain/delivery/next-attempt.ts';
import { channelOf, deliverPayload, planFailureAlerts } from '../flows/deliveries.ts';
import type { Tx } from '../platform/db/client.ts';
import {
  type AttemptRecord,
  type ClaimableDelivery,
  insertDeliveries,
  recordAttempt,
} from '../platform/db/deliveries.ts';
import { type EndpointRow, lockEndpoint, saveHealth } from '../platform/db/endpoints.ts';
import type { PostResult } from '../platform/http/safe-fetch.ts';
import type { WorkerDependencies } from './dependencies.ts';

const maxKeptBytes = 1_024;
/** How often the row of an endpoint that answers well is brought up to date. */
const refreshMs = 60_000;

export async function settleDelivery(
  deps: WorkerDependencies,
  delivery: ClaimableDelivery,
  result: PostResult,
): Promise<void> {
  const now = deps.clock.now();
  const verdict = judge(delivery, result);
  const delayMs =
    verdict.kind === 'retry'
      ? nextDelayMs(jobCatalogue.deliver, delivery.attemptCount, askedMs(result), deps.random())
      : null;
  const { turn, alertIds } = await deps.database.transaction(async (tx) => {
    const alertIds = await settleEndpoint(tx, deps, delivery, { verdict, isFinal: delayMs === null, now });
    const turn = await recordAttempt(tx, delivery.id, toAttempt(now, result, verdict), {
      status: verdict.kind === 'delivered' ? 'delivered' : delayMs === null ? 'failed' : 'pending',
      nextAttemptAt: delayMs === null ? null : new Date(now.getTime() + delayMs),
    });
    return { turn, alertIds };
  });
  log(deps, delivery, verdict);
  if (delayMs !== null) deps.nudge('deliver', deliverPayload({ id: delivery.id, turn }), { delayMs });
  for (const deliveryId of alertIds) deps.nudge('deliver', { deliveryId });
}

function judge({ endpoint }: ClaimableDelivery, result: PostResult): Verdict {
  if (result.kind === 'refused') return { kind: 'failed', reason: result.reason };
  if (result.kind === 'failed') return { kind: 'retry', reason: result.reason };
  const { status, answer: text, headers = {} } = result;
  return channelOf(endpoint).judge({ status, text, headers, retryAfterMs: askedMs(result) });
}

function askedMs(result: PostResult): number | null {
  return result.kind === 'answered' && result.retryAfterSeconds !== undefined ? result.retryAfterSeconds * 1000 : null;
}

/** Answers the ids of deliveries that tell others of the endpoint's failures. */
async function settleEndpoint(
  tx: Tx,
  deps: WorkerDependencies,
  delivery: ClaimableDelivery,
  { verdict, isFinal, now }: { verdict: Verdict; isFinal: boolean; now: Date },
): Promise<string[]> {
  if (isRoutine(delivery.endpoint, verdict, now)) return [];
  const endpoint = await lockEndpoint(tx, delivery.endpointId);
  const decision = judgeHealth(endpoint, toOutcome(delivery, verdict, isFinal), now);
  const pausedUntil = verdict.pauseMs === undefined ? null : pauseUntil(verdict.pauseMs, now);
  await saveHealth(tx, endpoint.id, decision.next, { disable: decision.disable, pausedUntil });
  if (!decision.report) return [];
  const problem = {
    reason: decision.disable ?? verdict.reason,
    failingSince: decision.next.failingSince ?? now,
    isDisabled: decision.disable !== null,
  };
  deps.logger.error({ endpointId: endpoint.id, ...problem }, 'alerts do not get through to an endpoint');
  const context = { now, newId: deps.newId, publicUrl: deps.publicUrl() };
  const alerts = await planFailureAlerts(tx, endpoint, problem, context);
  await insertDeliveries(tx, alerts);
  return alerts.map(({ id }) => id);
}

/** An endpoint that goes on answering well: its row need not be written every time. */
function isRoutine(endpoint: EndpointRow, verdict: Verdict, now: Date): boolean {
  const isFresh = endpoint.lastDeliveredAt !== null && now.getTime() - endpoint.lastDeliveredAt.getTime() < refreshMs;
  return verdict.kind === 'delivered' && verdict.pauseMs === undefined && endpoint.failingSince === null && isFresh;
}

/** A test that fails is seen by whoever made it: nobody else is told. */
function toOutcome(delivery: ClaimableDelivery, verdict: Verdict, isFinal: boolean): Outcome {
  if (verdict.kind === 'delivered') return { kind: 'delivered' };
  const isTest = delivery.event === 'webhook.test';
  return {
    kind: 'failed',
    reason: verdict.reason,
    attempts: isTest ? 0 : delivery.attemptCount + 1,
    isFinal: isFinal && !isTest,
    disable: verdict.kind === 'disable',
  };
}

function toAttempt(at: Date, result: PostResult, verdict: Verdict): AttemptRecord {
  const error = verdict.kind === 'delivered' ? null : verdict.reason;
  if (result.kind === 'answered') {
    const { status, latencyMs, answer } = result;
    return { at, status, latencyMs, error, answer: cutBytes(answer, maxKeptBytes) };
  }
  return { at, status: null, latencyMs: result.kind === 'failed' ? result.latencyMs : 0, error, answer: null };
}

function log(deps: WorkerDependencies, delivery: ClaimableDelivery, { kind, reason }: Verdict): void {
  const line = { deliveryId: delivery.id, endpointId: delivery.endpointId, verdict: kind, reason };
  if (kind === 'delivered') deps.logger.debug(line, 'delivered');
  else deps.logger.warn(line, 'delivery attempt failed');
}
