// Keeps the list where it is while incidents come and change: known rows change in place, new ones wait to be let in.
import type { IncidentSummary } from '../api/answers.ts';

export interface HeldList {
  rows: IncidentSummary[];
  /** Incidents that are not in the list yet, because they came after it was read. */
  waiting: number;
}

/**
 * `pages`: the list as it was read, page after page. `head`: its first page as it is now. A row of the head replaces the known row of the
 * same id; one that no page has is counted as waiting, unless the list was empty: then nothing can jump.
 */
export function holdOrder(pages: readonly IncidentSummary[], head: readonly IncidentSummary[]): HeldList {
  if (pages.length === 0) return { rows: [...head], waiting: 0 };
  const latest = new Map(head.map((incident) => [incident.id, incident]));
  const rows = new Map<string, IncidentSummary>();
  for (const incident of pages) if (!rows.has(incident.id)) rows.set(incident.id, latest.get(incident.id) ?? incident);
  return { rows: [...rows.values()], waiting: head.filter(({ id }) => !rows.has(id)).length };
}

/** The row that a key leads to from the active one (null: none yet). */
export function moveActive(active: number | null, by: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  if (active === null) return by === 1 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, active + by));
}
