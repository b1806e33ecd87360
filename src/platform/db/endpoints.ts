// Webhook endpoints. A removed endpoint keeps its row, so that its deliveries stay readable.
import type { Locale, Severity } from '../../contracts/common.ts';
import type { Webhook, WebhookEvent, WebhookFilter, WebhookFormat } from '../../contracts/webhooks.ts';
import type { Tx } from './client.ts';
import type { Endpoint as EndpointRow } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export type { EndpointRow };

export interface NewEndpoint {
  id: string;
  url: string;
  format: WebhookFormat;
  events: WebhookEvent[];
  filter: WebhookFilter;
  locale: Locale;
  secret: string;
  createdAt: Date;
}

export async function insertEndpoint(tx: Tx, endpoint: NewEndpoint): Promise<EndpointRow> {
  return tx.endpoint.create({ data: endpoint });
}

export async function findEndpoint(tx: Tx, id: string): Promise<EndpointRow | null> {
  return tx.endpoint.findFirst({ where: { id, deletedAt: null } });
}

/** Endpoints in order of age; with `project`, those whose filter names it. */
export async function listEndpoints(
  tx: Tx,
  page: { cursor?: string | undefined; limit: number; project?: string | undefined },
) {
  const after = decodeCursor(page.cursor, 1);
  const rows = await tx.endpoint.findMany({
    where: {
      deletedAt: null,
      ...(after ? { id: { gt: String(after[0]) } } : {}),
      ...(page.project === undefined ? {} : { filter: { path: ['project'], equals: page.project } }),
    },
    orderBy: { id: 'asc' },
    take: page.limit + 1,
  });
  return toPage(rows, page.limit, presentEndpoint, (row) => [row.id]);
}

export async function removeEndpoint(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.endpoint.updateMany({
    where: { id, deletedAt: null },
    data: { deletedAt: now, status: 'disabled' },
  });
  return count === 1;
}

export async function disableEndpoint(tx: Tx, id: string, reason: string): Promise<void> {
  await tx.endpoint.update({ where: { id }, data: { status: 'disabled', disabledReason: reason } });
}

/** Enabled endpoints that want an event about an incident of this project, class and severity. */
export async function findSubscribers(
  tx: Tx,
  event: WebhookEvent,
  subject: { project: string; class: string; severity: Severity },
): Promise<EndpointRow[]> {
  const rows = await tx.endpoint.findMany({
    where: { status: 'enabled', deletedAt: null, events: { has: event } },
    orderBy: { id: 'asc' },
  });
  return rows.filter((row) => matches(row.filter as WebhookFilter, subject));
}

const order: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };

function matches(filter: WebhookFilter, subject: { project: string; class: string; severity: Severity }): boolean {
  if (filter.project !== undefined && filter.project !== subject.project) return false;
  if (filter.classes !== undefined && !filter.classes.includes(subject.class)) return false;
  return filter.min_severity === undefined || order[subject.severity] >= order[filter.min_severity];
}

/** Without the secret, which is shown once at creation. */
export function presentEndpoint(row: EndpointRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    format: row.format as WebhookFormat,
    events: row.events as WebhookEvent[],
    filter: row.filter as WebhookFilter,
    locale: row.locale as Locale,
    status: row.status as Webhook['status'],
    disabled_reason: row.disabledReason,
    created_at: row.createdAt.toISOString(),
  };
}
