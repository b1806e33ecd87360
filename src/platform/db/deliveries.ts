// Deliveries: one message for one endpoint. Written in the transaction of the change they tell of; the message is fixed then, so that every
// attempt tells the same under the same id. Whoever sends one claims it first, under the lock of its endpoint.
import type {
  Delivery,
  DeliveryStatus,
  EndpointStatus,
  WebhookEvent,
  WebhookFormat,
} from '../../contracts/webhooks.ts';
import type { Tx } from './client.ts';
import { type Delivery as DeliveryRow, type Endpoint as EndpointRow, Prisma } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export interface NewDelivery {
  id: string;
  endpointId: string;
  incidentIds: string[];
  event: WebhookEvent;
  body: string;
  /** What the body was built from, as JSON, where it may be merged with others; null elsewhere. */
  alerts: unknown[] | null;
  createdAt: Date;
}

export async function insertDeliveries(tx: Tx, deliveries: NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.delivery.createMany({
    data: deliveries.map(({ alerts, ...delivery }) => ({
      ...delivery,
      ...(alerts === null ? {} : { alerts: alerts as Prisma.InputJsonArray }),
      nextAttemptAt: delivery.createdAt,
    })),
  });
}

export type ClaimableDelivery = DeliveryRow & { endpoint: EndpointRow };

/** A pending delivery under the lock of its endpoint; null when there is nothing to do. */
export async function lockDelivery(tx: Tx, id: string): Promise<ClaimableDelivery | null> {
  await tx.$queryRaw`
    SELECT 1 FROM endpoint WHERE id = (SELECT endpoint_id FROM delivery WHERE id = ${id} AND status = 'pending') FOR UPDATE`;
  return tx.delivery.findFirst({ where: { id, status: 'pending' }, include: { endpoint: true } });
}

/** Of the endpoint's other pending deliveries: what domain/delivery/judge-claim.ts wants to know. */
export async function readAhead(
  tx: Tx,
  { id, endpointId, seq, incidentIds }: DeliveryRow,
  leaseFrom: Date,
): Promise<{ sameIncident: boolean; untried: boolean; inFlight: number }> {
  const [ahead] = await tx.$queryRaw<{ sameIncident: boolean; untried: boolean; inFlight: number }[]>`
    SELECT coalesce(bool_or(d.seq < ${seq} AND d.incident_ids && ${incidentIds}::text[]), false) AS "sameIncident",
      coalesce(bool_or(d.seq < ${seq} AND d.attempt_count = 0 AND NOT EXISTS (SELECT 1 FROM delivery e
        WHERE e.endpoint_id = d.endpoint_id AND e.status = 'pending' AND e.seq < d.seq AND e.attempt_count > 0
          AND e.incident_ids && d.incident_ids)), false) AS untried,
      (count(*) FILTER (WHERE d.claimed_at > ${leaseFrom}))::int AS "inFlight"
    FROM delivery d WHERE d.endpoint_id = ${endpointId} AND d.status = 'pending' AND d.id <> ${id}`;
  return ahead ?? { sameIncident: false, untried: false, inFlight: 0 };
}

export async function claimDelivery(
  tx: Tx,
  { id, endpointId }: DeliveryRow,
  { now, recentSends }: { now: Date; recentSends: number[] },
): Promise<void> {
  await tx.delivery.update({ where: { id }, data: { claimedAt: now, turn: { increment: 1 } } });
  if (recentSends.length > 0) await tx.endpoint.update({ where: { id: endpointId }, data: { recentSends } });
}

/** Puts a delivery off; answers its new turn. */
export async function holdDelivery(tx: Tx, id: string, until: Date): Promise<number> {
  const { turn } = await tx.delivery.update({
    where: { id },
    data: { nextAttemptAt: until, held: true, turn: { increment: 1 } },
    select: { turn: true },
  });
  return turn;
}

/** Untried deliveries after this one that may be told in its message, oldest first; none that an earlier, tried one is ahead of. */
export async function findMergeable(
  tx: Tx,
  { id, endpointId, seq }: DeliveryRow,
  limit: number,
): Promise<{ id: string; incidentIds: string[]; alerts: unknown[] }[]> {
  return tx.$queryRaw`
    SELECT d.id, d.incident_ids AS "incidentIds", d.alerts FROM delivery d
    WHERE d.endpoint_id = ${endpointId} AND d.status = 'pending' AND d.seq > ${seq} AND d.attempt_count = 0 AND d.claimed_at IS NULL
      AND d.alerts IS NOT NULL AND d.event <> 'webhook.test'
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.endpoint_id = d.endpoint_id AND e.status = 'pending' AND e.seq < d.seq
        AND e.attempt_count > 0 AND e.id <> ${id} AND e.incident_ids && d.incident_ids)
    ORDER BY d.seq LIMIT ${limit}`;
}

/** Makes one delivery tell what others were to tell. */
export async function mergeDeliveries(
  tx: Tx,
  id: string,
  merged: { ids: string[]; incidentIds: string[]; body: string; alerts: unknown[] },
): Promise<void> {
  const { ids, incidentIds, body, alerts } = merged;
  await tx.delivery.update({ where: { id }, data: { incidentIds, body, alerts: alerts as Prisma.InputJsonArray } });
  await tx.delivery.updateMany({
    where: { id: { in: ids } },
    data: { status: 'merged', mergedInto: id, nextAttemptAt: null, alerts: Prisma.DbNull },
  });
}

export interface AttemptRecord {
  at: Date;
  status: number | null;
  latencyMs: number;
  error: string | null;
  answer: string | null;
}

/** Stores one attempt and what follows from it; answers the delivery's turn. */
export async function recordAttempt(
  tx: Tx,
  id: string,
  attempt: AttemptRecord,
  outcome: { status: DeliveryStatus; nextAttemptAt: Date | null },
): Promise<number> {
  await tx.deliveryAttempt.create({ data: { deliveryId: id, ...attempt } });
  const { turn } = await tx.delivery.update({
    where: { id },
    data: { attemptCount: { increment: 1 }, claimedAt: null, turn: { increment: 1 }, ...outcome },
    select: { turn: true },
  });
  return turn;
}

/** Frees every claim: for the sole owner of a database, at start, when no worker can be alive. */
export async function releaseDeliveries(tx: Tx): Promise<void> {
  await tx.delivery.updateMany({ where: { status: 'pending' }, data: { claimedAt: null } });
}

export async function failDelivery(tx: Tx, id: string): Promise<void> {
  await tx.delivery.update({ where: { id }, data: { status: 'failed', nextAttemptAt: null, claimedAt: null } });
}

export interface DueDelivery {
  id: string;
  turn: number;
}

/**
 * Deliveries that may be sent since `before`: due, not under way, and behind no other of the same incident. At most `perEndpoint` of each
 * endpoint, the oldest first: whoever is done nudges the next.
 */
export async function findDueDeliveries(
  tx: Tx,
  { before, leaseFrom, perEndpoint, limit }: { before: Date; leaseFrom: Date; perEndpoint: number; limit: number },
): Promise<DueDelivery[]> {
  return tx.$queryRaw`
    SELECT id, turn FROM (
      SELECT d.id, d.turn, d.next_attempt_at, row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.seq) AS place FROM delivery d
      WHERE d.status = 'pending' AND d.next_attempt_at < ${before} AND (d.claimed_at IS NULL OR d.claimed_at <= ${leaseFrom})
        AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.endpoint_id = d.endpoint_id AND e.status = 'pending' AND e.seq < d.seq
          AND e.incident_ids && d.incident_ids)
    ) due WHERE place <= ${perEndpoint} ORDER BY next_attempt_at LIMIT ${limit}`;
}

/** The same for one endpoint. */
export async function findNextDeliveries(
  tx: Tx,
  endpointId: string,
  { now, leaseFrom, limit }: { now: Date; leaseFrom: Date; limit: number },
): Promise<DueDelivery[]> {
  return tx.$queryRaw`
    SELECT d.id, d.turn FROM delivery d
    WHERE d.endpoint_id = ${endpointId} AND d.status = 'pending' AND d.next_attempt_at <= ${now}
      AND (d.claimed_at IS NULL OR d.claimed_at <= ${leaseFrom})
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.endpoint_id = d.endpoint_id AND e.status = 'pending' AND e.seq < d.seq
        AND e.incident_ids && d.incident_ids)
    ORDER BY d.seq LIMIT ${limit}`;
}

const again = (now: Date) => ({
  status: 'pending',
  attemptCount: 0,
  nextAttemptAt: now,
  claimedAt: null,
  held: false,
  turn: { increment: 1 },
});

/**
 * Sends a delivery anew, under its id and with its message. One that was told in the message of another is left alone, and the other's id
 * is answered; null when there is no such delivery.
 */
export async function redeliver(
  tx: Tx,
  endpointId: string,
  id: string,
  now: Date,
): Promise<DueDelivery | { mergedInto: string } | null> {
  const known = await tx.delivery.findFirst({ where: { id, endpointId }, select: { mergedInto: true } });
  if (!known) return null;
  if (known.mergedInto !== null) return { mergedInto: known.mergedInto };
  return tx.delivery.update({ where: { id }, data: again(now), select: { id: true, turn: true } });
}

/** Sends anew what failed since `since`; answers the deliveries in their order. */
export async function recoverDeliveries(
  tx: Tx,
  endpointId: string,
  { since, now, limit }: { since: Date; now: Date; limit: number },
): Promise<DueDelivery[]> {
  const failed = await tx.delivery.findMany({
    where: { endpointId, status: 'failed', createdAt: { gte: since } },
    orderBy: { seq: 'asc' },
    take: limit,
    select: { id: true, turn: true },
  });
  await tx.delivery.updateMany({ where: { id: { in: failed.map(({ id }) => id) } }, data: again(now) });
  return failed.map(({ id, turn }) => ({ id, turn: turn + 1 }));
}

const attemptsInOrder = { attempts: { orderBy: { id: 'asc' } } } as const;
type DeliveryWithAttempts = Prisma.DeliveryGetPayload<{ include: { attempts: true } }>;

export async function listDeliveries(tx: Tx, endpointId: string, page: { cursor?: string | undefined; limit: number }) {
  const after = decodeCursor(page.cursor, 2);
  const at = after ? new Date(after[0] as number) : undefined;
  const rows = await tx.delivery.findMany({
    where: {
      endpointId,
      ...(at ? { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: String(after?.[1]) } }] } : {}),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
    include: attemptsInOrder,
  });
  return toPage(rows, page.limit, presentDelivery, (row) => [row.createdAt.getTime(), row.id]);
}

/** One delivery of an endpoint with its message; null when there is no such delivery. */
export async function findDelivery(
  tx: Tx,
  endpointId: string,
  id: string,
): Promise<{ delivery: Delivery; body: string } | null> {
  const row = await tx.delivery.findFirst({ where: { id, endpointId }, include: attemptsInOrder });
  return row && { delivery: presentDelivery(row), body: row.body };
}

/** Deliveries that tell of an incident, the newest first, each with its endpoint. */
export async function listDeliveriesOfIncident(tx: Tx, incidentId: string, limit: number) {
  const rows = await tx.delivery.findMany({
    where: { incidentIds: { has: incidentId } },
    orderBy: { seq: 'desc' },
    take: limit,
    include: { ...attemptsInOrder, endpoint: { select: { id: true, format: true, status: true } } },
  });
  return rows.map((row) => ({
    ...presentDelivery(row),
    endpoint: {
      id: row.endpoint.id,
      format: row.endpoint.format as WebhookFormat,
      status: row.endpoint.status as EndpointStatus,
    },
  }));
}

function presentDelivery(row: DeliveryWithAttempts): Delivery {
  return {
    id: row.id,
    event: row.event as WebhookEvent,
    incident_id: row.incidentIds[0] ?? null,
    incident_ids: row.incidentIds,
    merged_into: row.mergedInto,
    status: row.status as DeliveryStatus,
    created_at: row.createdAt.toISOString(),
    next_attempt_at: row.nextAttemptAt?.toISOString() ?? null,
    attempts: row.attempts.map((attempt) => ({
      at: attempt.at.toISOString(),
      status: attempt.status,
      latency_ms: attempt.latencyMs,
      error: attempt.error,
      answer: attempt.answer,
    })),
  };
}
