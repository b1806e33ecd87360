import { describe, expect, it } from 'vitest';
import { coalesce } from '../../../src/platform/coalesce.ts';

const options = { maxItems: 3, maxInFlight: 1, isCommon: () => false };

describe('coalesced calls', () => {
  it('start at once when nothing is under way, and go together when something is', async () => {
    const batches: number[][] = [];
    const double = coalesce(async (items: number[]) => {
      batches.push(items);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return items.map((item) => 2 * item);
    }, options);
    const results = await Promise.all([1, 2, 3, 4, 5].map(double));
    expect(results).toEqual([2, 4, 6, 8, 10]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('fail alone when one of them cannot be done', async () => {
    const work = coalesce(async (items: string[]) => {
      if (items.includes('bad')) throw new Error('no');
      return items;
    }, options);
    const settled = await Promise.allSettled(['first', 'good', 'bad', 'fine'].map(work));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('fail together, without another try, for a reason that they share', async () => {
    let calls = 0;
    const work = coalesce(
      async (_items: string[]): Promise<string[]> => {
        calls += 1;
        throw new Error('the database is away');
      },
      { ...options, isCommon: () => true },
    );
    const settled = await Promise.allSettled(['a', 'b', 'c', 'd'].map(work));
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(2);
  });
});
