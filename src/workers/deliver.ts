// Sends one delivery once: claims it (domain/delivery/judge-claim.ts), sends it, settles what follows. Each attempt is a job of its own; when
// the next is due stands in the row.
import type { JobPayload } from '../contracts/jobs.ts';
import type { Alert, Message } from '../domain/channels/channel.ts';
import { findMost } from '../domain/channels/layout.ts';
import { type ClaimDecision, judgeClaim, leaseMs } from '../domain/delivery/judge-claim.ts';
import { channelOf, composeMessage, deliverPayload } from '../flows/deliveries.ts';
import type { Tx } from '../platform/db/client.ts';
import {
  type ClaimableDelivery,
  claimDelivery,
  failDelivery,
  findMergeable,
  findNextDeliveries,
  holdDelivery,
  lockDelivery,
  mergeDeliveries,
  readAhead,
} from '../platform/db/deliveries.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { sendDelivery } from './send-delivery.ts';
import { settleDelivery } from './settle-delivery.ts';

/** Deliveries told in one message, and those nudged when one is done. */
const maxMerged = 200;
const maxNext = 2;

type Claimed = Exclude<ClaimDecision, { kind: 'hold' | 'send' }> | { kind: 'held'; turn: number; until: Date };

export async function deliver(deps: WorkerDependencies, { deliveryId }: JobPayload<'deliver'>): Promise<void> {
  const now = deps.clock.now();
  const claimed = await deps.database.transaction(async (tx) => {
    const delivery = await lockDelivery(tx, deliveryId);
    return delivery && { endpointId: delivery.endpointId, outcome: await claim(tx, deps, delivery, now) };
  });
  if (!claimed) return;
  const { endpointId, outcome } = claimed;
  if ('body' in outcome) {
    const result = await sendDelivery(deps, outcome, now);
    await settleDelivery(deps, outcome, result);
  } else if (outcome.kind === 'held') {
    const delayMs = outcome.until.getTime() - now.getTime();
    deps.nudge('deliver', deliverPayload({ id: deliveryId, turn: outcome.turn }), { delayMs });
    return;
  } else if (outcome.kind !== 'fail') return;
  await nudgeNext(deps, endpointId);
}

/** Answers the delivery as it is to be sent, or why it is not sent now. */
async function claim(
  tx: Tx,
  deps: WorkerDependencies,
  delivery: ClaimableDelivery,
  now: Date,
): Promise<ClaimableDelivery | Claimed> {
  const { endpoint } = delivery;
  const { rates, merges } = channelOf(endpoint);
  const decision = judgeClaim({
    now,
    rates,
    merges,
    delivery,
    endpoint: {
      isUsable: endpoint.deletedAt === null && endpoint.status === 'enabled',
      failingSince: endpoint.failingSince,
      pausedUntil: endpoint.pausedUntil,
      recentSends: endpoint.recentSends as number[],
    },
    ahead: await readAhead(tx, delivery, new Date(now.getTime() - leaseMs)),
  });
  switch (decision.kind) {
    case 'send': {
      await claimDelivery(tx, delivery, { now, recentSends: decision.recentSends });
      return decision.merge ? merge(tx, deps, delivery) : delivery;
    }
    case 'hold':
      return { kind: 'held', until: decision.until, turn: await holdDelivery(tx, delivery.id, decision.until) };
    case 'fail':
      await failDelivery(tx, delivery.id);
      return decision;
    default:
      return decision;
  }
}

/** Takes what else waits for the endpoint into this delivery's message, as far as the message can tell it one by one. */
async function merge(tx: Tx, deps: WorkerDependencies, delivery: ClaimableDelivery): Promise<ClaimableDelivery> {
  const own = delivery.alerts as unknown as Message['alerts'] | null;
  if (own === null) return delivery;
  const others = await findMergeable(tx, delivery, maxMerged);
  const compose = (count: number) => {
    const alerts = [own, ...others.slice(0, count).map((other) => other.alerts as Alert[])].flat() as Message['alerts'];
    return { alerts, ...composeMessage(delivery.endpoint, alerts, deps.publicUrl()) };
  };
  const count = findMost(others.length, (n) => isWhole(compose(n)));
  if (count === 0) return delivery;
  const taken = others.slice(0, count);
  const { body, alerts } = compose(count);
  const incidentIds = [...new Set([delivery, ...taken].flatMap((each) => each.incidentIds))];
  await mergeDeliveries(tx, delivery.id, { ids: taken.map(({ id }) => id), incidentIds, body, alerts });
  return { ...delivery, body, incidentIds };
}

function isWhole({ alerts, listed }: { alerts: Alert[]; listed: number }): boolean {
  return listed === alerts.length;
}

async function nudgeNext(deps: WorkerDependencies, endpointId: string): Promise<void> {
  const now = deps.clock.now();
  const leaseFrom = new Date(now.getTime() - leaseMs);
  for (const next of await findNextDeliveries(deps.database.client, endpointId, { now, leaseFrom, limit: maxNext }))
    deps.nudge('deliver', deliverPayload(next));
}
