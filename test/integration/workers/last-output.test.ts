// What the console said last, read when a run is over and nothing else tells why: lines that are neither a traceback nor a crash report.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeLogSource } from '../../../src/flows/observations.ts';
import { noteHeartbeat, patchRun } from '../../../src/platform/db/runs.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

const metrics = Array.from({ length: 200 }, (_, step) => `step ${step} loss=${(2 + Math.sin(step)).toFixed(4)}\n`).join(
  '',
);
const xid = 'kernel: NVRM: Xid (PCI:0000:3b:00): 79, pid=1234, GPU has fallen off the bus.\n';
const usage = 'usage: train.py [-h] [--lr LR]\ntrain.py: error: unrecognized arguments: --learning-rat 0.1\n';

let workers: TestWorkers;

beforeEach(async () => {
  workers = await buildTestWorkers();
  await workers.addRun({ id: 'r1', name: 'r1' });
});
afterEach(() => workers.close());

async function end(status: 'finished' | 'failed') {
  const { clock, newId, catalog } = workers.deps;
  const now = clock.now();
  await workers.deps.database.transaction(async (tx) => {
    await patchRun(tx, 'r1', { status }, now);
    await closeLogSource(tx, { runId: 'r1', source: 'console', now, newId, formats: catalog.formats });
  });
  await diagnose();
}

async function diagnose() {
  workers.advanceMs(10_000);
  await workers.handlers['diagnose-run']({ runId: 'r1' });
}

const classes = async () => (await workers.incidents()).map((incident) => incident.class);

describe('the last lines of a run', () => {
  it.each([
    ['a usage error', usage, 'config-error'],
    ['a Xid line of the kernel', `${metrics}${xid}`, 'gpu-hardware-fault'],
  ])('tell of %s once the run has failed, and not before', async (_what, text, expected) => {
    await workers.pushLog('r1', text);
    await diagnose();
    expect(await classes()).toEqual([]);
    await end('failed');
    expect(await classes()).toEqual([expected]);
    await end('failed');
    const [only, ...others] = await workers.incidents();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ occurrences: 1 });
  });

  it('are read of every source, a rank being named after its file', async () => {
    await workers.pushLog('r1', metrics, 'rank0.log');
    await workers.pushLog('r1', `${metrics}${xid}`, 'rank3.log');
    await end('failed');
    expect(await classes()).toEqual(['gpu-hardware-fault']);
    const traces = await workers.deps.database.client.trace.findMany();
    expect(traces.map(({ source, rank, origin }) => [source, rank, origin])).toEqual([['rank3.log', 3, 'log']]);
  });

  it('say why a run has fallen silent, in place of the silence', async () => {
    await workers.pushLog('r1', `${metrics}${xid}`);
    const now = workers.deps.clock.now();
    const expectNextAt = new Date(now.getTime() + 20_000);
    await workers.deps.database.transaction((tx) => noteHeartbeat(tx, 'r1', { now, step: 199, expectNextAt }));
    workers.advanceMs(60_000);
    await workers.handlers['watch-runs']({});
    await workers.drain();
    expect(await classes()).toEqual(['gpu-hardware-fault']);
  });

  it.each([
    ['finished', `${metrics}${xid}`],
    ['failed', metrics],
  ] as const)('open nothing when the run %s and they tell of nothing that ended it', async (status, text) => {
    await workers.pushLog('r1', text);
    await end(status);
    expect(await classes()).toEqual([]);
  });

  it('are left alone where a traceback tells the failure', async () => {
    await workers.pushLog(
      'r1',
      `${xid}Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    x = 1 / 0\nZeroDivisionError: division by zero\n`,
    );
    await end('failed');
    const traces = await workers.deps.database.client.trace.findMany();
    expect(traces).toHaveLength(1);
    expect(traces[0]?.text).not.toContain('step 0 loss');
  });
});
