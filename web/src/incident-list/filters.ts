// The filters that fold out, and times as their fields hold them.
import type { IncidentSearch } from '../search/incidents.ts';

/** In the order in which they are shown. */
export const moreFilters = [
  'class',
  'cause',
  'project',
  'run',
  'tag',
  'assignee',
  'unassigned',
  'regressed',
  'muted',
  'since',
  'until',
] as const satisfies readonly (keyof IncidentSearch)[];

/** How many of them narrow the list. */
export function countFilters(search: IncidentSearch): number {
  return moreFilters.filter((name) => search[name] !== undefined).length;
}

/** An RFC 3339 time as a field of dates and clock times holds it, in the zone of the browser: 2026-11-23T14:05. */
export function toLocalTime(time: string | undefined): string {
  if (time === undefined) return '';
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** undefined while such a field is empty or half filled in. */
export function fromLocalTime(typed: string): string | undefined {
  const ms = typed === '' ? Number.NaN : Date.parse(typed);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
