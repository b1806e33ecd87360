// Routes, silences and maintenance windows: rows in and out of the shapes that callers and the stages of domain/alerts see.
import type { AlertRoute, Digest, Matcher, QuietHours, Repeat } from '../../contracts/alerts.ts';
import type { Tx } from './client.ts';
import {
  type AlertRoute as AlertRouteRow,
  type MaintenanceWindow as MaintenanceWindowRow,
  Prisma,
  type Silence as SilenceRow,
} from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export type { MaintenanceWindowRow, SilenceRow };

/** Rules read at once: more than anybody keeps. */
const maxRules = 1_000;

/** In the order in which they are tried. */
export async function readRoutes(tx: Tx): Promise<AlertRoute[]> {
  const rows = await tx.alertRoute.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }], take: maxRules });
  return rows.map(presentRoute);
}

export async function findRoute(tx: Tx, id: string): Promise<AlertRoute | null> {
  const row = await tx.alertRoute.findUnique({ where: { id } });
  return row && presentRoute(row);
}

/** One after the last. */
export async function nextPosition(tx: Tx): Promise<number> {
  const { _max } = await tx.alertRoute.aggregate({ _max: { position: true } });
  return (_max.position ?? -1) + 1;
}

export async function saveRoute(tx: Tx, route: AlertRoute, now: Date): Promise<void> {
  const data = {
    name: route.name,
    position: route.position,
    matchers: route.matchers as unknown as Prisma.InputJsonArray,
    endpoints: route.endpoints,
    groupBy: route.group_by,
    groupWaitS: route.group_wait_s,
    groupIntervalS: route.group_interval_s,
    repeatIntervalS: route.repeat_interval_s,
    continues: route.continue,
    digest: json(route.digest),
    quietHours: json(route.quiet_hours),
    escalate: json(route.escalate),
  };
  await tx.alertRoute.upsert({
    where: { id: route.id },
    create: { id: route.id, createdAt: now, ...data },
    update: data,
  });
}

function json(value: object | null) {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonObject);
}

export async function removeRoute(tx: Tx, id: string): Promise<void> {
  await tx.alertRoute.deleteMany({ where: { id } });
}

function presentRoute(row: AlertRouteRow): AlertRoute {
  return {
    id: row.id,
    name: row.name,
    position: row.position,
    matchers: row.matchers as unknown as Matcher[],
    endpoints: row.endpoints,
    group_by: row.groupBy as AlertRoute['group_by'],
    group_wait_s: row.groupWaitS,
    group_interval_s: row.groupIntervalS,
    repeat_interval_s: row.repeatIntervalS,
    continue: row.continues,
    digest: row.digest as Digest | null,
    quiet_hours: row.quietHours as QuietHours | null,
    escalate: row.escalate as AlertRoute['escalate'],
  };
}

export interface SilenceFields {
  matchers: Matcher[];
  author: string;
  reason: string;
  startsAt: Date;
  endsAt: Date;
  project: string | null;
}

export async function saveSilence(tx: Tx, id: string, { matchers, ...fields }: SilenceFields): Promise<SilenceRow> {
  const data = { ...fields, matchers: matchers as unknown as Prisma.InputJsonArray };
  return tx.silence.upsert({ where: { id }, create: { id, ...data }, update: data });
}

export async function findSilence(tx: Tx, id: string): Promise<SilenceRow | null> {
  return tx.silence.findUnique({ where: { id } });
}

/** Those that are active now. */
export async function readActiveSilences(tx: Tx, now: Date): Promise<(SilenceRow & { matchers: Matcher[] })[]> {
  const rows = await tx.silence.findMany({
    where: { startsAt: { lte: now }, endsAt: { gt: now } },
    orderBy: { endsAt: 'desc' },
    take: maxRules,
  });
  return rows as unknown as (SilenceRow & { matchers: Matcher[] })[];
}

const byStatus = (status: string | undefined, now: Date): Prisma.SilenceWhereInput => {
  if (status === 'expired') return { endsAt: { lte: now } };
  if (status === 'active') return { startsAt: { lte: now }, endsAt: { gt: now } };
  return status === 'pending' ? { startsAt: { gt: now }, endsAt: { gt: now } } : {};
};

/** The newest first; with `project` those of that project's tokens, and those of nobody's. */
export async function listSilences<Item>(
  tx: Tx,
  query: { cursor?: string | undefined; limit: number; status?: string | undefined; project: string | null; now: Date },
  present: (row: SilenceRow) => Item,
) {
  const after = decodeCursor(query.cursor, 1);
  const rows = await tx.silence.findMany({
    where: {
      AND: [
        byStatus(query.status, query.now),
        after ? { id: { lt: String(after[0]) } } : {},
        query.project === null ? {} : { OR: [{ project: query.project }, { project: null }] },
      ],
    },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  });
  return toPage(rows, query.limit, present, (row) => [row.id]);
}

export interface WindowFields {
  name: string;
  matchers: Matcher[];
  startsAt: Date;
  endsAt: Date;
  repeat: Repeat | null;
}

export async function saveWindow(tx: Tx, id: string, fields: WindowFields): Promise<MaintenanceWindowRow> {
  const data = {
    ...fields,
    matchers: fields.matchers as unknown as Prisma.InputJsonArray,
    repeat: json(fields.repeat),
  };
  return tx.maintenanceWindow.upsert({ where: { id }, create: { id, ...data }, update: data });
}

export async function findWindow(tx: Tx, id: string): Promise<MaintenanceWindowRow | null> {
  return tx.maintenanceWindow.findUnique({ where: { id } });
}

export async function removeWindow(tx: Tx, id: string): Promise<boolean> {
  return (await tx.maintenanceWindow.deleteMany({ where: { id } })).count === 1;
}

/** Those that may be open now or later. */
export async function readWindows(tx: Tx, now: Date): Promise<MaintenanceWindowRow[]> {
  return tx.maintenanceWindow.findMany({
    where: { startsAt: { lte: now }, OR: [{ endsAt: { gt: now } }, { repeat: { not: Prisma.DbNull } }] },
    take: maxRules,
  });
}

export async function listWindows<Item>(
  tx: Tx,
  query: { cursor?: string | undefined; limit: number },
  present: (row: MaintenanceWindowRow) => Item,
) {
  const after = decodeCursor(query.cursor, 1);
  const rows = await tx.maintenanceWindow.findMany({
    where: after ? { id: { gt: String(after[0]) } } : {},
    orderBy: { id: 'asc' },
    take: query.limit + 1,
  });
  return toPage(rows, query.limit, present, (row) => [row.id]);
}
