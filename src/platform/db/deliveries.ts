// Deliveries: one event for one endpoint. Written in the transaction of the change they tell of; the body is fixed then, so that every
// attempt sends the same bytes under the same id.
import type { Delivery, DeliveryStatus, WebhookEvent } from '../../contracts/webhooks.ts';
import type { Tx } from './client.ts';
import type { Delivery as DeliveryRow, Endpoint as EndpointRow } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export interface NewDelivery {
  id: string;
  endpointId: string;
  incidentId: string | null;
  event: WebhookEvent;
  body: string;
  createdAt: Date;
}

export async function insertDeliveries(tx: Tx, deliveries: NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.delivery.createMany({
    data: deliveries.map((delivery) => ({ ...delivery, nextAttemptAt: delivery.createdAt })),
  });
}

/** A delivery that is still to be sent, with its endpoint; null when there is nothing to do. */
export async function findPendingDelivery(
  tx: Tx,
  id: string,
): Promise<(DeliveryRow & { endpoint: EndpointRow }) | null> {
  return tx.delivery.findFirst({ where: { id, status: 'pending' }, include: { endpoint: true } });
}

export interface AttemptRecord {
  at: Date;
  status: number | null;
  latencyMs: number;
  error: string | null;
  answer: string | null;
}

/** Stores one attempt and what follows from it. */
export async function recordAttempt(
  tx: Tx,
  id: string,
  attempt: AttemptRecord,
  outcome: { status: DeliveryStatus; nextAttemptAt: Date | null },
): Promise<void> {
  await tx.deliveryAttempt.create({ data: { deliveryId: id, ...attempt } });
  await tx.delivery.update({ where: { id }, data: { attemptCount: { increment: 1 }, ...outcome } });
}

export async function failDelivery(tx: Tx, id: string): Promise<void> {
  await tx.delivery.update({ where: { id }, data: { status: 'failed', nextAttemptAt: null } });
}

/** Deliveries whose next attempt is due since `before`. */
export async function findDueDeliveries(
  tx: Tx,
  before: Date,
  limit: number,
): Promise<{ id: string; attemptCount: number }[]> {
  return tx.delivery.findMany({
    where: { status: 'pending', nextAttemptAt: { lt: before } },
    orderBy: { nextAttemptAt: 'asc' },
    take: limit,
    select: { id: true, attemptCount: true },
  });
}

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
    include: { attempts: { orderBy: { id: 'asc' } } },
  });
  return toPage(
    rows,
    page.limit,
    (row): Delivery => ({
      id: row.id,
      event: row.event as WebhookEvent,
      incident_id: row.incidentId,
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
    }),
    (row) => [row.createdAt.getTime(), row.id],
  );
}
