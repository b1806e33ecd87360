import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobCatalogue, jobNames } from '../../../../src/contracts/jobs.ts';
import { backoffDelayMs, dedupeKey } from '../../../../src/platform/queue/catalogue.ts';

describe('the delay before another attempt', () => {
  it('is the catalogue entry of the attempt, and the last entry when there are no more', () => {
    const settings = { backoffMs: [5_000, 300_000], jitter: 0 };
    expect([1, 2, 3].map((attempt) => backoffDelayMs(settings, attempt, 0.7))).toEqual([5_000, 300_000, 300_000]);
  });

  it('is zero where the catalogue has none', () => {
    expect(backoffDelayMs({ backoffMs: [], jitter: 0.2 }, 1, 0.5)).toBe(0);
  });

  it('varies by no more than the jitter, either way', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 7 }),
        (random, attempt) => {
          const { backoffMs, jitter } = jobCatalogue.deliver;
          const base = backoffMs[attempt - 1] ?? 0;
          const delay = backoffDelayMs({ backoffMs, jitter }, attempt, random);
          return delay >= Math.floor(base * (1 - jitter)) && delay <= Math.ceil(base * (1 + jitter));
        },
      ),
    );
  });

  it('is given by the catalogue for every retry of every job', () => {
    for (const name of jobNames) expect(jobCatalogue[name].backoffMs).toHaveLength(jobCatalogue[name].attempts - 1);
  });
});

describe('the key of equal jobs', () => {
  it('is the id in the payload, and one fixed word for jobs without one', () => {
    expect(dedupeKey({ deliveryId: 'cap_1' })).toBe('cap_1');
    expect(dedupeKey({})).toBe('only');
  });
});
