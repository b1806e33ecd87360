// Incidents as callers read them.
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import { PublicError } from '../contracts/errors.ts';
import type { Incident, IncidentListQuery, IncidentSummary } from '../contracts/incidents.ts';
import { limits } from '../contracts/limits.ts';
import { presentIncident, presentIncidentSummary } from '../domain/incidents/present-incident.ts';
import { queryWords } from '../domain/incidents/search-words.ts';
import { parseRequestTime, requestTimeRule } from '../domain/observations/request-time.ts';
import type { Tx } from '../platform/db/client.ts';
import { type IncidentFilter, type IncidentListRow, listIncidents } from '../platform/db/incident-list.ts';
import { loadStanding, loadView, toRecord } from './incident-records.ts';

export interface ReaderView {
  catalog: Catalog;
  locale: Locale;
}

/** The whole incident in one language; the id of a merged incident leads to the one that stands for it. */
export async function readIncident(tx: Tx, id: string, view: ReaderView): Promise<Incident | null> {
  const record = await loadStanding(tx, id);
  return record && presentIncident(await loadView(tx, record), view.catalog, view.locale);
}

export function presentIncidentRow(row: IncidentListRow, view: ReaderView): IncidentSummary {
  return presentIncidentSummary(toRecord(row), row.runIds, view.catalog, view.locale);
}

/** Every incident that the filter lets through, in the order in which they were first seen, up to `limits.exportedIncidents`; read page by page. */
export async function* exportIncidents(
  tx: Tx,
  filter: IncidentFilter,
  view: ReaderView,
): AsyncGenerator<IncidentSummary, { complete: boolean }> {
  let cursor: string | undefined;
  for (let exported = 0; exported < limits.exportedIncidents; exported += limits.pageSize) {
    const query = { ...filter, sort: 'first_seen_at' as const, limit: limits.pageSize, cursor };
    const page = await listIncidents(tx, query, (row) => presentIncidentRow(row, view));
    yield* page.items;
    if (page.next_cursor === null) return { complete: true };
    cursor = page.next_cursor;
  }
  return { complete: false };
}

type FilterQuery = Omit<IncidentListQuery, 'cursor' | 'limit' | 'sort' | 'project'>;
/** Stands for a text without any word: nothing has it. */
const unfindable = { text: ' ', isPrefix: false };

/** @throws PublicError `invalid_request` naming `since` or `until` when it is no time. */
export function toIncidentFilter(query: FilterQuery, project: string | undefined, now: Date): IncidentFilter {
  const { state, assignee, regressed, muted, since, until, q = '' } = query;
  const words = queryWords(q);
  return {
    project,
    ids: query.ids?.split(','),
    states: state?.split(','),
    class: query.class,
    cause: query.cause,
    severity: query.severity,
    run: query.run,
    tag: query.tag === undefined ? undefined : splitTag(query.tag),
    assignee: assignee === '' ? null : assignee,
    regressed: regressed === undefined ? undefined : regressed === 'true',
    muted: muted === undefined ? undefined : muted === 'true',
    seenSince: parseTime('since', since),
    seenUntil: parseTime('until', until),
    words: words.length === 0 && q.trim() !== '' ? [unfindable] : words,
    now,
  };
}

/** @param tag "key=value"; the value may hold more of the signs. */
function splitTag(tag: string): { key: string; value: string } {
  const at = tag.indexOf('=');
  return { key: tag.slice(0, at), value: tag.slice(at + 1) };
}

function parseTime(name: string, given: string | undefined): Date | undefined {
  if (given === undefined) return undefined;
  const time = parseRequestTime(/^\d+(\.\d+)?$/.test(given) ? Number(given) : given);
  if (time) return time;
  throw new PublicError('invalid_request', `${name} ${requestTimeRule}.`, {
    errors: [{ path: `query:${name}`, message: requestTimeRule }],
  });
}
