// How an endpoint fares. It is disabled after five days of nothing but failures; the clock is Svix's (docs.svix.com/retries, "Endpoint
// failures"): it starts only when attempts failed within 24 hours with at least 12 hours between the first and the last of them, and any
// success clears it. Others are told early that an endpoint does not get its alerts.

const hourMs = 3_600_000;
export const healthTimes = {
  /** Failures further apart than this begin a new span. */
  spanMs: 24 * hourMs,
  /** The span counts from this length on. */
  leastMs: 12 * hourMs,
  /** Nothing but failures for this long, counted from the clock's start, disables. */
  disableMs: 120 * hourMs,
} as const;
/** Failed attempts of one delivery after which others are told: the third comes some five minutes after the event. */
const tellAfterAttempts = 3;

export interface Health {
  lastDeliveredAt: Date | null;
  failingSince: Date | null;
  lastFailure: string | null;
  clockSpanFrom: Date | null;
  clockStartedAt: Date | null;
  /** Others were told since the last success. */
  reportedAt: Date | null;
}

export type Outcome =
  | { kind: 'delivered' }
  /** `attempts` of this delivery, this one included; `isFinal`: it is not tried again; `disable`: the receiver wants nothing any more. */
  | { kind: 'failed'; reason: string; attempts: number; isFinal: boolean; disable: boolean };

export interface HealthDecision {
  next: Health;
  /** Why the endpoint is disabled, or null. */
  disable: string | null;
  /** Others are to be told. */
  report: boolean;
}

export function judgeHealth(health: Health, outcome: Outcome, now: Date): HealthDecision {
  if (outcome.kind === 'delivered') {
    const next = { ...cleared, lastDeliveredAt: now };
    return { next, disable: null, report: false };
  }
  const clock = runClock(health, now);
  const next: Health = {
    ...health,
    ...clock,
    failingSince: health.failingSince ?? now,
    lastFailure: outcome.reason,
  };
  const isOut =
    health.clockStartedAt !== null && now.getTime() - health.clockStartedAt.getTime() >= healthTimes.disableMs;
  const disable = outcome.disable
    ? outcome.reason
    : isOut
      ? `nothing but failures for five days; the last: ${outcome.reason}`
      : null;
  const isFirst = health.reportedAt === null && (outcome.isFinal || outcome.attempts >= tellAfterAttempts);
  const report = disable !== null || isFirst;
  return { next: report ? { ...next, reportedAt: now } : next, disable, report };
}

const cleared = {
  failingSince: null,
  lastFailure: null,
  clockSpanFrom: null,
  clockStartedAt: null,
  reportedAt: null,
};

function runClock(health: Health, now: Date): Pick<Health, 'clockSpanFrom' | 'clockStartedAt'> {
  const { clockSpanFrom, clockStartedAt } = health;
  if (clockStartedAt !== null) return { clockSpanFrom, clockStartedAt };
  const length = clockSpanFrom === null ? Number.POSITIVE_INFINITY : now.getTime() - clockSpanFrom.getTime();
  if (length > healthTimes.spanMs) return { clockSpanFrom: now, clockStartedAt: null };
  return { clockSpanFrom, clockStartedAt: length >= healthTimes.leastMs ? now : null };
}
