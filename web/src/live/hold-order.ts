// Keeps a list where it is while its rows come and change: known rows change in place, new ones wait to be let in.

export interface HeldList<T> {
  rows: T[];
  /** Rows that are not in the list yet, because they came after it was read. */
  waiting: number;
}

/**
 * `pages`: the list as it was read, page after page. `head`: its first page as it is now. `seen`: rows on view as they are now. A row of
 * these replaces the known row of the same id; one of the head that no page has is counted as waiting, unless the list was empty: then
 * nothing can jump.
 */
export function holdOrder<T extends { id: string }>(
  pages: readonly T[],
  head: readonly T[],
  seen: readonly T[] = [],
): HeldList<T> {
  if (pages.length === 0) return { rows: [...head], waiting: 0 };
  const latest = new Map([...seen, ...head].map((row) => [row.id, row]));
  const rows = new Map<string, T>();
  for (const row of pages) if (!rows.has(row.id)) rows.set(row.id, latest.get(row.id) ?? row);
  return { rows: [...rows.values()], waiting: head.filter(({ id }) => !rows.has(id)).length };
}
