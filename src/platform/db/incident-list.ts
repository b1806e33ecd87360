// Lists of standing incidents: filters, full-text search, and pages that go on where the last one ended.
import { PublicError } from '../../contracts/errors.ts';
import type { incidentSorts } from '../../contracts/incidents.ts';
import type { Tx } from './client.ts';
import { type Incident as IncidentRow, Prisma } from './generated/client.ts';
import { readRunsOf } from './incident-parts.ts';
import { decodeCursor, toPage } from './page.ts';

type Sort = (typeof incidentSorts)[number];

export interface IncidentFilter {
  project?: string | undefined;
  ids?: string[] | undefined;
  states?: string[] | undefined;
  class?: string | undefined;
  cause?: string | undefined;
  severity?: string | undefined;
  run?: string | undefined;
  /** Of the tags of one of its runs. */
  tag?: { key: string; value: string } | undefined;
  /** Null: nobody's. */
  assignee?: string | null | undefined;
  regressed?: boolean | undefined;
  muted?: boolean | undefined;
  seenSince?: Date | undefined;
  seenUntil?: Date | undefined;
  /** All must be found in the incident or its runs; see domain/incidents/search-words.ts. */
  words: { text: string; isPrefix: boolean }[];
  now: Date;
}

export interface IncidentPageQuery extends IncidentFilter {
  sort: Sort;
  cursor?: string | undefined;
  limit: number;
}

export type IncidentListRow = IncidentRow & { runIds: string[] };

/** The column that is sorted by, its direction, and how its value stands in a cursor. */
const orders: Record<
  Sort,
  { column: Prisma.Sql; descending: boolean; keyOf: (row: IncidentRow) => number; isTime: boolean }
> = {
  '-last_seen_at': byTime('last_seen_at', true, (row) => row.lastSeenAt),
  last_seen_at: byTime('last_seen_at', false, (row) => row.lastSeenAt),
  '-first_seen_at': byTime('first_seen_at', true, (row) => row.firstSeenAt),
  first_seen_at: byTime('first_seen_at', false, (row) => row.firstSeenAt),
  '-severity': byNumber('severity_rank', true, (row) => row.severityRank),
  severity: byNumber('severity_rank', false, (row) => row.severityRank),
  '-occurrences': byNumber('occurrences', true, (row) => row.occurrences),
  occurrences: byNumber('occurrences', false, (row) => row.occurrences),
};

function byTime(column: string, descending: boolean, timeOf: (row: IncidentRow) => Date) {
  return {
    column: Prisma.raw(`i.${column}`),
    descending,
    keyOf: (row: IncidentRow) => timeOf(row).getTime(),
    isTime: true,
  };
}

function byNumber(column: string, descending: boolean, keyOf: (row: IncidentRow) => number) {
  return { column: Prisma.raw(`i.${column}`), descending, keyOf, isTime: false };
}

/**
 * A page of incidents, each with its runs (first 100). A cursor names the last row of its page and the order it was made in, so rows that
 * do not change between two pages are neither left out nor given twice.
 * @throws PublicError `invalid_request` for a cursor of another order.
 */
export async function listIncidents<Item>(tx: Tx, query: IncidentPageQuery, present: (row: IncidentListRow) => Item) {
  const order = orders[query.sort];
  const direction = order.descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const conditions = [...conditionsOf(query), ...beyondCursor(query)];
  const ids = await tx.$queryRaw<{ id: string }[]>`
    SELECT i.id FROM incident i WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${order.column} ${direction}, i.id ASC LIMIT ${query.limit + 1}`;
  const rows = await readRows(
    tx,
    ids.map(({ id }) => id),
  );
  return toPage(rows, query.limit, present, (row) => [order.keyOf(row), row.id, query.sort]);
}

async function readRows(tx: Tx, ids: string[]): Promise<IncidentListRow[]> {
  const rows = new Map((await tx.incident.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]));
  const runs = await readRunsOf(tx, ids);
  return ids.flatMap((id) => {
    const row = rows.get(id);
    return row ? [{ ...row, runIds: runs.get(id) ?? [] }] : [];
  });
}

function beyondCursor({ sort, cursor }: IncidentPageQuery): Prisma.Sql[] {
  const after = decodeCursor(cursor, 3);
  if (!after) return [];
  const [key, id, madeFor] = after;
  if (madeFor !== sort) {
    throw new PublicError('invalid_request', 'The cursor belongs to another sort; start again without it.', {
      errors: [{ path: 'query:cursor', message: `was made with sort=${madeFor}` }],
    });
  }
  const { column, descending, isTime } = orders[sort];
  const value = isTime ? Prisma.sql`${new Date(Number(key))}::timestamptz` : Prisma.sql`${Number(key)}::int`;
  const beyond = descending ? Prisma.sql`${column} < ${value}` : Prisma.sql`${column} > ${value}`;
  return [Prisma.sql`(${beyond} OR (${column} = ${value} AND i.id > ${String(id)}))`];
}

function conditionsOf(filter: IncidentFilter): Prisma.Sql[] {
  const { project, states, severity, assignee, regressed, muted, seenSince, seenUntil, run, tag, words, now } = filter;
  const equal = (column: string, value: string | boolean | undefined) =>
    value === undefined ? [] : [Prisma.sql`${Prisma.raw(`i.${column}`)} = ${value}`];
  const isMuted = Prisma.sql`(i.mute IS NOT NULL AND (i.muted_until IS NULL OR i.muted_until > ${now}))`;
  return [
    Prisma.sql`i.merged_into IS NULL`,
    ...equal('project', project),
    ...(filter.ids === undefined ? [] : [Prisma.sql`i.id = ANY(${filter.ids})`]),
    ...(states === undefined ? [] : [Prisma.sql`i.state = ANY(${states})`]),
    ...equal('class', filter.class),
    ...equal('cause_id', filter.cause),
    ...equal('severity', severity),
    ...(assignee === null ? [Prisma.sql`i.assignee IS NULL`] : equal('assignee', assignee)),
    ...equal('regressed', regressed),
    ...(muted === undefined ? [] : [muted ? isMuted : Prisma.sql`NOT ${isMuted}`]),
    ...(seenSince === undefined ? [] : [Prisma.sql`i.last_seen_at >= ${seenSince}`]),
    ...(seenUntil === undefined ? [] : [Prisma.sql`i.last_seen_at <= ${seenUntil}`]),
    ...(run === undefined ? [] : [partOf(Prisma.sql`ir.run_id = ${run}`)]),
    ...(tag === undefined ? [] : [partOf(hasTag(tag))]),
    ...words.map(hasWord),
  ];
}

function partOf(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`i.id IN (SELECT h.standing_id FROM incident_run ir JOIN incident h ON h.id = ir.incident_id WHERE ${condition})`;
}

function hasTag({ key, value }: { key: string; value: string }): Prisma.Sql {
  return Prisma.sql`ir.run_id IN (SELECT r.id FROM run r WHERE r.tags ->> ${key} = ${value})`;
}

/** In the incident, in one that was merged into it, or in one of their runs. */
function hasWord({ text, isPrefix }: { text: string; isPrefix: boolean }): Prisma.Sql {
  const query = `'${text.replaceAll('\\', '').replaceAll("'", "''")}'${isPrefix ? ':*' : ''}`;
  const inIncident = Prisma.sql`i.id IN (SELECT standing_id FROM incident WHERE search @@ ${query}::tsquery)`;
  return Prisma.sql`(${inIncident} OR ${partOf(Prisma.sql`ir.search @@ ${query}::tsquery`)})`;
}
