import { describe, expect, it } from 'vitest';
import {
  escalationLimit,
  escalationLimits,
  exceeds,
  type Volume,
} from '../../../../src/domain/incidents/escalation.ts';

const week = (counts: (hour: number) => number) => Array.from({ length: 168 }, (_, hour) => counts(hour));

describe('escalationLimit', () => {
  // Expected values by Sentry's own code (escalating_issues_alg.py), reckoned by hand from its formulas.
  const rows: { name: string; counts: number[]; weights?: number[]; limit: number }[] = [
    { name: 'less than seven days: ten times the largest', counts: Array(167).fill(3), limit: 30 },
    { name: 'no occurrence: as if there had been one', counts: week(() => 0), limit: 10 },
    { name: 'no history at all: as if there had been one occurrence', counts: [], limit: 10 },
    // avg = wavg = 10, std = 0: spike 10 + 5 * 10; bursty 10 * 5.
    { name: 'steady: the average and five times the average', counts: week(() => 10), limit: 60 },
    // One hour of 168: avg 1, std 12.961, cv 12.96: spike 1 + 8 * 1; bursty 168 * 2.
    { name: 'one burst: twice the burst', counts: week((hour) => (hour === 40 ? 168 : 0)), limit: 336 },
    // 9 and 11 in turns: avg 10, std 1.003, cv 0.1003: spike 10 + clamp(1.5015, 5, 8) * 10 = 60; bursty 11 * 5 e^-0.0652 = 51.5.
    { name: 'a little noise: the spike limit', counts: week((hour) => 9 + 2 * (hour % 2)), limit: 60 },
    // 0 and 20 in turns: avg 10, std 10.03, cv 1.003: spike 10 + clamp(6.015) * 10 = 70.1; bursty 20 * clamp(2.605) = 52.1.
    { name: 'much noise: the spike limit with its factor', counts: week((hour) => 20 * (hour % 2)), limit: 70 },
    // The first 24 hours count double: wavg (24*2*130 + 144*100) / (24*2 + 144) = 107.5; avg 104.29: 107.5 + 5 * 104.29 = 628.9 (without, 625.7).
    {
      name: 'the same weekday counts double',
      counts: week((hour) => (hour < 24 ? 130 : 100)),
      weights: week((hour) => (hour < 24 ? 2 : 1)),
      limit: 628,
    },
  ];
  it.each(rows)('$name', ({ counts, weights, limit }) => {
    expect(escalationLimit(counts, weights)).toBe(limit);
  });
});

describe('escalationLimits', () => {
  const now = new Date('2026-11-20T12:30:00Z');
  const hoursAgo = (hours: number) => new Date(Date.parse('2026-11-20T12:00:00Z') - hours * 3_600_000);
  const volume = (hours: number, count: number, kilostep: number | null = null, runId = 'r1'): Volume => ({
    hour: hoursAgo(hours),
    runId,
    kilostep,
    count,
  });

  it('counts hours without occurrences from the first one on, and those of all runs together', () => {
    const young = escalationLimits([volume(1, 2), volume(1, 3, null, 'r2')], hoursAgo(2), now);
    expect(young).toEqual({ perHour: 50, perKilostep: null });
    const old = escalationLimits([volume(100, 168)], hoursAgo(500), now);
    expect(old.perHour).toBe(336);
  });

  it('counts by thousand steps of each run, however fast the run is', () => {
    const slow = [volume(50, 2, 0), volume(20, 4, 3)];
    const fast = [volume(0, 2, 0), volume(0, 4, 3)];
    expect(escalationLimits(slow, hoursAgo(60), now).perKilostep).toBe(40);
    expect(escalationLimits(fast, hoursAgo(60), now).perKilostep).toBe(40);
  });

  it('knows a long history by steps as by hours: empty thousands count', () => {
    const { perKilostep } = escalationLimits([volume(9, 1, 0), volume(1, 168, 168)], hoursAgo(10), now);
    expect(perKilostep).toBe(336);
  });
});

describe('exceeds', () => {
  const limits = { perHour: 10, perKilostep: 4 };
  it.each([
    [{ hour: 10, kilostep: 4 }, null],
    [{ hour: 11, kilostep: 4 }, 'more-per-hour'],
    [{ hour: 10, kilostep: 5 }, 'more-per-step'],
    [{ hour: 10, kilostep: null }, null],
  ] as const)('%j: %s', (volume, clock) => {
    expect(exceeds(volume, limits)).toBe(clock);
  });
});
