// Keeps a list where it is while its rows come and change: known rows change in place, new ones wait to be let in.
import { replaceEqualDeep } from '@tanstack/react-query';

export interface HeldList<T> {
  rows: T[];
  /** Rows that are not in the list yet, because they came after it was read. */
  waiting: number;
}

/**
 * `pages`: the list as it was read, page after page. `head`: its first page as it is now. A row of the head replaces the known row of the
 * same id; one that no page has is counted as waiting, unless the list was empty: then nothing can jump.
 */
export function holdOrder<T extends { id: string }>(pages: readonly T[], head: readonly T[]): HeldList<T> {
  if (pages.length === 0) return { rows: [...head], waiting: 0 };
  const rows = new Map<string, T>();
  for (const row of pages) if (!rows.has(row.id)) rows.set(row.id, row);
  return {
    rows: withLatest([...rows.values()], head),
    waiting: head.filter(({ id }) => !rows.has(id)).length,
  };
}

/** The rows, those of `latest` as they are there. A row that has not changed stays the same object, so that nothing draws it again. */
export function withLatest<T extends { id: string }>(rows: T[], latest: readonly T[] = []): T[] {
  if (latest.length === 0) return rows;
  const byId = new Map(latest.map((row) => [row.id, row]));
  return rows.map((row) => replaceEqualDeep(row, byId.get(row.id) ?? row));
}
