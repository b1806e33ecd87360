// The dashboard's addresses, as pure text in and out: which page a URL means, and which URL a page has.
import type { Severity } from '../../src/contracts/common.ts';
import type { IncidentState } from '../../src/contracts/incidents.ts';

export const stateChoices: readonly IncidentState[] = ['open', 'acknowledged', 'resolved'];
export const severityChoices: readonly Severity[] = ['critical', 'warning', 'info'];

/** What the incident list is narrowed to; null and the empty string leave a part open. */
export interface IncidentFilters {
  state: IncidentState | null;
  severity: Severity | null;
  q: string;
}

export const noFilters: IncidentFilters = { state: null, severity: null, q: '' };

export type Route =
  | { page: 'incidents'; filters: IncidentFilters }
  | { page: 'incident'; id: string }
  | { page: 'diagnose' }
  | { page: 'system' }
  | { page: 'not-found' };

/** Reads a path such as `/incidents/inc_1` and a query such as `?state=open`. Unknown filter values count as absent. */
export function parseRoute(pathname: string, search: string): Route {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  if (segments.length === 0) return { page: 'incidents', filters: parseFilters(search) };
  if (segments.length === 1 && segments[0] === 'system') return { page: 'system' };
  if (segments.length === 1 && segments[0] === 'diagnose') return { page: 'diagnose' };
  if (segments[0] !== 'incidents' || segments.length > 2) return { page: 'not-found' };
  if (segments[1] === undefined) return { page: 'incidents', filters: parseFilters(search) };
  const id = decodeSegment(segments[1]);
  return id === null ? { page: 'not-found' } : { page: 'incident', id };
}

export const systemPath = '/system';
export const diagnosePath = '/diagnose';

export function incidentPath(id: string): string {
  return `/incidents/${encodeURIComponent(id)}`;
}

export function incidentsPath(filters: IncidentFilters): string {
  const query = filterQuery(filters).toString();
  return query === '' ? '/incidents' : `/incidents?${query}`;
}

/** The filters as query parameters; the dashboard's URL and `GET /v1/incidents` use the same names. */
export function filterQuery(filters: IncidentFilters): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.state !== null) query.set('state', filters.state);
  if (filters.severity !== null) query.set('severity', filters.severity);
  if (filters.q !== '') query.set('q', filters.q);
  return query;
}

export function hasFilters(filters: IncidentFilters): boolean {
  return filters.state !== null || filters.severity !== null || filters.q !== '';
}

/** The one of `choices` that equals `value`, else null. */
export function pickChoice<T extends string>(choices: readonly T[], value: string | null): T | null {
  return choices.find((choice) => choice === value) ?? null;
}

function parseFilters(search: string): IncidentFilters {
  const query = new URLSearchParams(search);
  return {
    state: pickChoice(stateChoices, query.get('state')),
    severity: pickChoice(severityChoices, query.get('severity')),
    q: (query.get('q') ?? '').trim(),
  };
}

/** Null for a segment with broken percent-encoding. */
function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
