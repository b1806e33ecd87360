// When a delivery that did not get through is tried again: the contract's schedule with jitter, or later when the receiver asks for it.
export interface Schedule {
  backoffMs: readonly number[];
  /** Share of the delay by which it varies either way. */
  jitter: number;
}

/** What a receiver may ask for at most: no answer may silence an endpoint for good. */
const longestAskedMs = 24 * 3_600_000;

/** Until when an endpoint gets nothing that asked for `pauseMs` of rest. */
export function pauseUntil(pauseMs: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(pauseMs, longestAskedMs));
}

/**
 * Delay before the next attempt in ms; null when the schedule is used up.
 * @param attemptsBefore attempts before the one that failed
 * @param askedMs from Retry-After; null when nothing was asked for
 * @param random uniform in [0, 1)
 */
export function nextDelayMs(
  { backoffMs, jitter }: Schedule,
  attemptsBefore: number,
  askedMs: number | null,
  random: number,
): number | null {
  const base = backoffMs[attemptsBefore];
  if (base === undefined) return null;
  return Math.round(Math.max(base * (1 + jitter * (2 * random - 1)), Math.min(askedMs ?? 0, longestAskedMs)));
}
