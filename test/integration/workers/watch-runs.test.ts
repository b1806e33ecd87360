// Runs that fall silent, on a real database: told once, cleared when they go on or end, whatever restarts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRun, noteHeartbeat, patchRun } from '../../../src/platform/db/runs.ts';
import { makeHandlers } from '../../../src/workers/handlers.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

let workers: TestWorkers;

beforeEach(async () => {
  workers = await buildTestWorkers();
  await workers.addRun({ id: 'r1', name: 'r1' });
});
afterEach(() => workers.close());

async function beat(expectNextInS: number | null, step: number) {
  const now = workers.deps.clock.now();
  const expectNextAt = expectNextInS === null ? null : new Date(now.getTime() + 1000 * expectNextInS);
  await workers.deps.database.transaction((tx) => noteHeartbeat(tx, 'r1', { now, step, expectNextAt }));
}

async function watchAfter(seconds: number, handlers = workers.handlers) {
  workers.advanceMs(1000 * seconds);
  await handlers['watch-runs']({});
  await handlers['review-incidents']({});
  await workers.drain();
}

const status = async () => (await findRun(workers.deps.database.client, 'r1'))?.status;
const states = async () => (await workers.incidents()).map((incident) => `${incident.class} ${incident.state}`);

describe('a run that falls silent', () => {
  it('opens one incident within its grace, and none before', async () => {
    await beat(20, 5);
    await watchAfter(24);
    expect(await states()).toEqual([]);
    await watchAfter(2);
    expect(await states()).toEqual(['run-stalled open']);
    expect(await status()).toBe('stalled');
    await watchAfter(3600);
    const [only, ...others] = await workers.incidents();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ severity: 'critical', occurrences: 1, last_step: 5 });
  });

  it('clears itself when the run goes on, and regresses when it stalls again', async () => {
    await beat(20, 5);
    await watchAfter(30);
    await beat(20, 6);
    await watchAfter(1);
    expect(await states()).toEqual(['run-stalled resolved']);
    expect(await status()).toBe('running');
    await watchAfter(30);
    const [only, ...others] = await workers.incidents();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ state: 'open', regressed: true, occurrences: 2 });
  });

  it('is not told again after a restart, nor is a run that waited while nobody listened', async () => {
    await beat(20, 5);
    await watchAfter(30);
    await watchAfter(60, makeHandlers(workers.deps));
    expect((await workers.incidents()).map(({ occurrences, state }) => [occurrences, state])).toEqual([[1, 'open']]);
    await beat(20, 6);
    workers.advanceMs(600_000);
    const restarted = makeHandlers(workers.deps);
    await watchAfter(3, restarted);
    expect(await status()).toBe('running');
    await watchAfter(10, restarted);
    expect(await status()).toBe('stalled');
  });

  it('learns its usual silence from what it pushes', async () => {
    for (let step = 0; step < 14; step += 1) {
      workers.advanceMs(40_000);
      await beat(null, step);
    }
    await watchAfter(150);
    expect(await states()).toEqual([]);
    await watchAfter(20);
    expect(await states()).toEqual(['run-stalled open']);
  });

  it.each(['finished', 'failed'] as const)('that is %s has not stalled, and its incident ends with it', async (end) => {
    await beat(20, 5);
    await watchAfter(30);
    const now = workers.deps.clock.now();
    await workers.deps.database.transaction((tx) => patchRun(tx, 'r1', { status: end }, now));
    await watchAfter(1);
    expect(await states()).toEqual(['run-stalled resolved']);
    await watchAfter(36_000);
    expect(await status()).toBe(end);
    expect(await states()).toEqual(['run-stalled resolved']);
  });

  it('after a crash is told of by the crash alone', async () => {
    await beat(20, 5);
    await workers.pushTrace(
      'r1',
      'Traceback (most recent call last):\n  File "train.py", line 1, in <module>\nRuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB\n',
      5,
    );
    await workers.drain();
    await watchAfter(30);
    await watchAfter(36_000);
    expect(await states()).toEqual(['cuda-out-of-memory open']);
    expect(await status()).toBe('stalled');
  });
});
