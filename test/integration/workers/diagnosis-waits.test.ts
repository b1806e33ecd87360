// A diagnosis waits for analyses that are under way, but not for ever beside a stream of points that never pauses.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

const trace = `Traceback (most recent call last):
  File "train.py", line 12, in <module>
    loss.backward()
RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 23.65 GiB total capacity; 21.10 GiB already allocated)
`;

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
  await workers.addRun({ id: 'r', name: 'r' });
  await workers.pushTrace('r', trace, 10);
});
afterEach(() => workers.close());

/** Points arrive that no detector has looked at yet. */
async function stream(): Promise<void> {
  await workers.pushLog('r', 'step 11 loss=0.3\n');
  workers.nudges.splice(0);
}

const diagnose = async () => {
  await workers.handlers['diagnose-run']({ runId: 'r' });
  return (await workers.incidents()).map(({ class: name }) => name);
};

it('is made within seconds although points keep coming', async () => {
  await stream();
  expect(await diagnose()).toEqual([]);
  for (const seconds of [2, 2]) {
    workers.advanceMs(seconds * 1_000);
    await stream();
    expect(await diagnose()).toEqual([]);
  }
  workers.advanceMs(1_000);
  await stream();
  expect(await diagnose()).toEqual(['cuda-out-of-memory']);
});

it('waits anew for what comes after a diagnosis', async () => {
  await stream();
  await diagnose();
  workers.advanceMs(5_000);
  await stream();
  expect(await diagnose()).toHaveLength(1);

  await workers.pushTrace('r', "KeyError: 'state_dict'\n", 12);
  await stream();
  expect(await diagnose()).toHaveLength(1);
  workers.advanceMs(5_000);
  await stream();
  expect(await diagnose()).toHaveLength(2);
});
