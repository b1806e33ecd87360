/** The row that a key leads to from the active one (null: none yet). */
export function moveActive(active: number | null, by: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  if (active === null) return by === 1 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, active + by));
}
