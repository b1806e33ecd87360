import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/db/client.ts';
import { compactRuns } from '../../../src/workers/compact-points.ts';

/** A database whose runs have `turns` turns of work each; every turn takes a moment. */
function databaseWith(turns: number) {
  let done = 0;
  const write = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    done += 1;
    return { points: 10, isDone: done % turns === 0 };
  };
  return { database: { sql: { write } } as unknown as Database, done: () => done };
}

const logger = pino({ level: 'silent' });

describe('compactRuns', () => {
  it('moves all points of all runs when it has the time', async () => {
    const { database, done } = databaseWith(3);
    await compactRuns({ database, logger }, ['a', 'b'], { restPerWork: 1, maxMs: Number.POSITIVE_INFINITY });
    expect(done()).toBe(6);
  });

  it('ends when its time is over, however much is left, and the last rest does not outlast it', async () => {
    const { database, done } = databaseWith(Number.POSITIVE_INFINITY);
    await compactRuns({ database, logger }, ['a', 'b'], { restPerWork: 1e9, maxMs: 60 });
    // A rest of a billion times its work would last for weeks; a timer may fire a little early.
    expect(done()).toBeLessThanOrEqual(2);
  });
});
