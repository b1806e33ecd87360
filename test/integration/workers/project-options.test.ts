// What a project sets of the detectors holds for its runs.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

it('a detector that a project turned off finds nothing in its runs, unless a run turns it on again', async () => {
  const { client } = workers.deps.database;
  await client.project.create({
    data: { id: 'quiet', name: 'quiet', detectors: { 'metric.non-finite': { enabled: false } } },
  });
  const on = { losswatch: { detectors: { 'metric.non-finite': { enabled: true } } } };
  await workers.addRun({ id: 'off', name: 'off', project: 'quiet' });
  await workers.addRun({ id: 'on', name: 'on', project: 'quiet', config: on });
  await workers.addRun({ id: 'elsewhere', name: 'elsewhere', project: 'loud' });
  for (const runId of ['off', 'on', 'elsewhere']) await workers.pushLog(runId, 'step 1 loss=0.5\nstep 2 loss=nan\n');
  await workers.drain();
  expect((await workers.incidents()).flatMap(({ runs }) => runs).sort()).toEqual(['elsewhere', 'on']);
});
