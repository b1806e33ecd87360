import { describe, expect, it } from 'vitest';
import { type Health, judgeHealth, type Outcome } from '../../../../src/domain/delivery/judge-health.ts';
import { nextDelayMs, pauseUntil } from '../../../../src/domain/delivery/next-attempt.ts';

const start = Date.parse('2026-11-01T00:00:00Z');
const hours = (n: number) => new Date(start + n * 3_600_000);
const fresh: Health = {
  lastDeliveredAt: null,
  failingSince: null,
  lastFailure: null,
  clockSpanFrom: null,
  clockStartedAt: null,
  reportedAt: null,
};
const failure = (overrides: Partial<Extract<Outcome, { kind: 'failed' }>> = {}): Outcome => ({
  kind: 'failed',
  reason: 'status 500',
  attempts: 1,
  isFinal: false,
  disable: false,
  ...overrides,
});

/** Hour of the attempt that disables, for attempts at these hours; null when none does. */
function disabledAt(attempts: { hour: number; ok?: boolean }[]): number | null {
  let health = fresh;
  for (const { hour, ok } of attempts) {
    const decision = judgeHealth(health, ok ? { kind: 'delivered' } : failure(), hours(hour));
    if (decision.disable !== null) return hour;
    health = decision.next;
  }
  return null;
}
const every = (step: number, until: number, from = 0) =>
  Array.from({ length: Math.floor((until - from) / step) + 1 }, (_, n) => ({ hour: from + n * step }));

describe('the five-day clock', () => {
  it.each([
    ['starts with the failure twelve hours after the first, and runs for five days', every(1, 200), 132],
    ['starts no earlier when the failures of the first hours are many', every(0.25, 132), 132],
    ['does not start when failures are further apart than a day', every(25, 400), null],
    ['is cleared by any success', [...every(1, 131), { hour: 131.5, ok: true }, ...every(1, 263, 132)], null],
    ['starts anew after a success', [...every(1, 131), { hour: 131.5, ok: true }, ...every(1, 264, 132)], 264],
    ['does not start within the first twelve hours', every(1, 11), null],
    ['disables at the next attempt when none is made for a while', [{ hour: 0 }, { hour: 13 }, { hour: 500 }], 500],
  ])('%s', (_name, attempts, hour) => {
    expect(disabledAt(attempts)).toBe(hour);
  });
});

describe('the health of an endpoint', () => {
  it('keeps when the failures began and what the last was', () => {
    const first = judgeHealth(fresh, failure(), hours(0));
    const second = judgeHealth(first.next, failure({ reason: 'timed out' }), hours(1));
    expect(second.next).toMatchObject({ failingSince: hours(0), lastFailure: 'timed out' });
    expect(judgeHealth(second.next, { kind: 'delivered' }, hours(2)).next).toEqual({
      ...fresh,
      lastDeliveredAt: hours(2),
    });
  });

  it.each<[string, Outcome, boolean]>([
    ['after a first failure, which may be nothing', failure(), false],
    ['after the third attempt of a delivery', failure({ attempts: 3 }), true],
    ['after a failure that is final', failure({ isFinal: true }), true],
    ['when the receiver wants nothing any more', failure({ disable: true }), true],
    ['after a success', { kind: 'delivered' }, false],
  ])('is told to others or not %s', (_name, outcome, report) => {
    expect(judgeHealth(fresh, outcome, hours(0)).report).toBe(report);
  });

  it('is told once until a success, and once more when the endpoint is disabled', () => {
    const told = judgeHealth(fresh, failure({ attempts: 3 }), hours(0));
    const again = judgeHealth(told.next, failure({ isFinal: true }), hours(1));
    expect(again.report).toBe(false);
    expect(judgeHealth(again.next, failure({ disable: true }), hours(2))).toMatchObject({
      report: true,
      disable: 'status 500',
    });
  });
});

describe('the next attempt', () => {
  const schedule = { backoffMs: [5_000, 300_000], jitter: 0.2 };
  it.each<[string, number, number | null, number, number | null]>([
    ['comes after the first delay', 0, null, 0.5, 5_000],
    ['comes up to a fifth earlier', 0, null, 0, 4_000],
    ['comes up to a fifth later', 1, null, 1, 360_000],
    ['waits as long as the receiver asks', 0, 60_000, 0.5, 60_000],
    ['does not hurry because the receiver asks for less', 1, 1_000, 0.5, 300_000],
    ['waits a day at most', 0, 999_999_999, 0.5, 86_400_000],
    ['does not come when the schedule is used up', 2, null, 0.5, null],
  ])('%s', (_name, attempts, asked, random, delay) => {
    expect(nextDelayMs(schedule, attempts, asked, random)).toBe(delay);
  });
});

describe('a pause', () => {
  it.each([
    [60_000, 60_000],
    [999_999_999_000, 86_400_000],
    [Number.POSITIVE_INFINITY, 86_400_000],
  ])('of %i ms is as long as asked for, a day at most', (asked, given) => {
    expect(pauseUntil(asked, new Date(0))).toEqual(new Date(given));
  });
});
