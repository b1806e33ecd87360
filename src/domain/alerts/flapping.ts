// An incident that is resolved and comes back again and again is told less often.

export const flapRules = {
  /** More changes of state than this ... */
  changes: 6,
  /** ... within this time are flapping. */
  windowMs: 30 * 60_000,
  /** What it ends in is told when it has stood for this long, ... */
  calmMs: 10 * 60_000,
  /** ... or this long after the first change that was not told. */
  longestMs: 60 * 60_000,
} as const;

/**
 * Until when a change of state is held back; null when it may be told.
 * @param changes times of the changes of state, oldest first, the one to be told included
 * @param heldSince when the first event that was not told happened
 */
export function flappingUntil(changes: readonly Date[], heldSince: Date, now: Date): Date | null {
  const recent = changes.filter((at) => at.getTime() > now.getTime() - flapRules.windowMs);
  const last = recent.at(-1);
  if (recent.length <= flapRules.changes || last === undefined) return null;
  const until = Math.min(last.getTime() + flapRules.calmMs, heldSince.getTime() + flapRules.longestMs);
  return until > now.getTime() ? new Date(until) : null;
}
