// Webhook endpoints. A removed endpoint keeps its row, so that its deliveries stay readable.
import type { Locale } from '../../contracts/common.ts';
import type { EndpointStatus, Webhook, WebhookEvent, WebhookFilter, WebhookFormat } from '../../contracts/webhooks.ts';
import type { Tx } from './client.ts';
import type { Endpoint as EndpointRow, Prisma } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export type { EndpointRow };

export interface NewEndpoint {
  id: string;
  url: string;
  format: WebhookFormat;
  events: WebhookEvent[];
  filter: WebhookFilter;
  settings: Record<string, unknown>;
  locale: Locale;
  secret: string | null;
  createdAt: Date;
}

export async function insertEndpoint(tx: Tx, { settings, ...endpoint }: NewEndpoint): Promise<EndpointRow> {
  return tx.endpoint.create({ data: { ...endpoint, settings: settings as Prisma.InputJsonObject } });
}

export type EndpointChange = Partial<Pick<NewEndpoint, 'url' | 'events' | 'filter' | 'settings' | 'locale'>> & {
  status?: EndpointStatus;
};

/** Applies a change. A status set by hand begins with a clean slate: the clock of failures starts anew. */
export async function updateEndpoint(tx: Tx, id: string, change: EndpointChange): Promise<EndpointRow> {
  const { status, settings, ...rest } = change;
  return tx.endpoint.update({
    where: { id },
    data: {
      ...rest,
      ...(settings === undefined ? {} : { settings: settings as Prisma.InputJsonObject }),
      ...(status === 'disabled' ? { status, disabledReason: 'disabled by hand' } : {}),
      ...(status === 'enabled' ? { status, disabledReason: null, ...cleanSlate } : {}),
    },
  });
}

const cleanSlate = {
  failingSince: null,
  lastFailure: null,
  clockSpanFrom: null,
  clockStartedAt: null,
  reportedAt: null,
  pausedUntil: null,
};

interface PreviousSecret {
  secret: string;
  /** RFC 3339. */
  until: string;
}
/** Secrets that may be in use at once. */
const maxPrevious = 4;

/** The secrets to sign with at this time, the current one first. */
export function secretsAt(row: EndpointRow, now: Date): string[] {
  const previous = (row.previousSecrets as unknown as PreviousSecret[]).filter(({ until }) => new Date(until) > now);
  return [...(row.secret === null ? [] : [row.secret]), ...previous.map(({ secret }) => secret)];
}

/** Replaces the secret; the old one is signed with, too, until `until`. */
export async function rotateSecret(tx: Tx, row: EndpointRow, secret: string, until: Date, now: Date): Promise<void> {
  const current = row.secret === null || until <= now ? [] : [{ secret: row.secret, until: until.toISOString() }];
  const previous = (row.previousSecrets as unknown as PreviousSecret[]).filter((old) => new Date(old.until) > now);
  const previousSecrets = [...current, ...previous].slice(0, maxPrevious);
  await tx.endpoint.update({
    where: { id: row.id },
    data: { secret, previousSecrets: previousSecrets as unknown as Prisma.InputJsonArray },
  });
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

/** Columns that domain/delivery/judge-health.ts works on. */
export type EndpointHealth = Pick<
  EndpointRow,
  'lastDeliveredAt' | 'failingSince' | 'lastFailure' | 'clockSpanFrom' | 'clockStartedAt' | 'reportedAt'
>;

/** The row under its lock, until the transaction ends. */
export async function lockEndpoint(tx: Tx, id: string): Promise<EndpointRow> {
  await tx.$queryRaw`SELECT 1 FROM endpoint WHERE id = ${id} FOR UPDATE`;
  return tx.endpoint.findUniqueOrThrow({ where: { id } });
}

export async function saveHealth(
  tx: Tx,
  id: string,
  health: EndpointHealth,
  outcome: { disable: string | null; pausedUntil: Date | null },
): Promise<void> {
  await tx.endpoint.update({
    where: { id },
    data: {
      ...health,
      ...(outcome.pausedUntil === null ? {} : { pausedUntil: outcome.pausedUntil }),
      ...(outcome.disable === null ? {} : { status: 'disabled', disabledReason: outcome.disable }),
    },
  });
}

/** Enabled endpoints besides this one that want to know when alerting fails and may know of its project. */
export async function findWatchers(tx: Tx, failing: EndpointRow): Promise<EndpointRow[]> {
  const rows = await tx.endpoint.findMany({
    where: { id: { not: failing.id }, status: 'enabled', deletedAt: null, events: { has: 'alerting.failed' } },
    orderBy: { id: 'asc' },
  });
  const of = (row: EndpointRow) => (row.filter as WebhookFilter).project;
  return rows.filter((row) => of(row) === undefined || of(row) === of(failing));
}

/** Every endpoint that has not been removed, in order of age. */
export async function readEndpoints(tx: Tx): Promise<EndpointRow[]> {
  return tx.endpoint.findMany({ where: { deletedAt: null }, orderBy: { id: 'asc' } });
}

/** Without the secret, which is shown once at creation. */
export function presentEndpoint(row: EndpointRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    format: row.format as WebhookFormat,
    events: row.events as WebhookEvent[],
    filter: row.filter as WebhookFilter,
    settings: row.settings as Webhook['settings'],
    locale: row.locale as Locale,
    status: row.status as EndpointStatus,
    disabled_reason: row.disabledReason,
    health: {
      state: healthState(row),
      last_delivered_at: row.lastDeliveredAt?.toISOString() ?? null,
      failing_since: row.failingSince?.toISOString() ?? null,
      last_failure: row.lastFailure,
    },
    old_secret_until: (row.previousSecrets as unknown as PreviousSecret[])[0]?.until ?? null,
    created_at: row.createdAt.toISOString(),
  };
}

function healthState(row: EndpointRow): Webhook['health']['state'] {
  if (row.status === 'disabled') return 'disabled';
  if (row.failingSince !== null) return 'failing';
  return row.lastDeliveredAt === null ? 'unproven' : 'ok';
}
