// A run beside finished runs of its project: what they reached by a step is what it should have reached.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { patchRun } from '../../../src/platform/db/runs.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

const falling = (i: number) => (1 + 5 * Math.exp(-i / 80)) * (1 + 0.01 * ((i * 7) % 5));
const stopped = (i: number) => falling(Math.min(i, 30)) * (1 + 0.001 * ((i * 7) % 5));

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

async function train(id: string, config: Record<string, unknown>, loss: (i: number) => number, status?: 'finished') {
  await workers.addRun({ id, name: id, config });
  const lines = Array.from({ length: 400 }, (_, i) => `step ${10 * i} loss=${loss(i).toFixed(5)}\n`);
  await workers.pushLog(id, lines.join(''));
  if (status) {
    const now = workers.deps.clock.now();
    await workers.deps.database.transaction((tx) => patchRun(tx, id, { status }, now));
  }
  workers.advanceMs(10_000);
  await workers.drain();
}

const incidents = async () => (await workers.incidents()).map(({ class: name }) => name);

describe('a run whose loss stands still', () => {
  it('is told where finished runs of the same config came further', async () => {
    await train('first', { lr: 0.1, seed: 1, save_dir: '/a' }, falling, 'finished');
    await train('second', { save_dir: '/b', seed: 2, lr: 0.1 }, stopped);
    expect(await incidents()).toEqual(['loss-plateau']);
    const found = await workers.deps.database.client.finding.findMany({ where: { runId: 'second' } });
    expect(found.map(({ rule, data }) => [rule, (data as { siblings?: number }).siblings])).toEqual([
      ['metric.behind-siblings', 1],
    ]);
  });

  it.each([
    ['of another config', { lr: 0.2 }, 'finished'],
    ['that has not finished', { lr: 0.1 }, undefined],
  ] as const)('is not held against a run %s', async (_which, config, status) => {
    await train('first', config, falling, status);
    await train('second', { lr: 0.1, seed: 2 }, stopped);
    expect(await incidents()).toEqual([]);
  });
});
