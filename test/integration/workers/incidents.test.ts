// From observations to incidents on a real database: in any order, twice, and by several workers at once.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editIncident } from '../../../src/flows/edit-incidents.ts';
import { readNewBatches } from '../../../src/flows/points/read-in-order.ts';
import { pointsOfBatch } from '../../../src/kernels/points/batch.ts';
import { patchRun } from '../../../src/platform/db/runs.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture, type StoryNumbers } from '../../support/story.ts';

const numbers: StoryNumbers = { lo: 0, hi: 17, garbage: [28, 60, 92, -3], seed: 99 };
const absurd = logLine(0, { cls: 0.6, iou: 5e9, dfl: 3000, l1: 0.1 });
let workers: TestWorkers;

beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

function addFaultyRun(id: string) {
  return workers.addRun({ id, name: id, ...faultyEnvironment, config: { num_classes: 6 } });
}

type Step = 'capture' | 'log' | 'trace';
function push(run: string, step: Step) {
  if (step === 'capture') return workers.pushCapture(run, makeCapture(numbers, { fault: true, step: 1 }), 1);
  return step === 'log' ? workers.pushLog(run, absurd) : workers.pushTrace(run, boundTrace(-3, 'lower'), 1);
}

async function onlyIncident() {
  const incidents = await workers.incidents();
  expect(incidents).toHaveLength(1);
  return incidents[0]!;
}

describe('the story', () => {
  const orders: Step[][] = [
    ['capture', 'log', 'trace'],
    ['trace', 'log', 'capture'],
    ['log', 'trace', 'capture'],
  ];
  it.each(orders)('is one incident when %s, %s and %s come one after the other', async (...order) => {
    await addFaultyRun('r1');
    for (const step of order) {
      await push('r1', step);
      await workers.drain();
    }
    const incident = await onlyIncident();
    expect(incident).toMatchObject({ class: 'target-out-of-bound', occurrences: 1, runs: ['r1'], state: 'open' });
    expect(incident.cause?.id).toBe('paddle-masked-select-gpu');
    expect(incident.timeline.filter((entry) => entry.kind === 'opened')).toHaveLength(1);
  });

  it('is the same incident when every handler runs twice', async () => {
    await addFaultyRun('r1');
    for (const step of ['capture', 'log', 'trace'] as const) {
      await push('r1', step);
      await workers.drain(2);
    }
    const incident = await onlyIncident();
    expect(incident.occurrences).toBe(1);
    expect(incident.timeline.map((entry) => entry.kind).filter((kind) => kind !== 'refined')).toEqual(['opened']);
  });

  it('is joined by another run with the same failure', async () => {
    for (const run of ['r1', 'r2']) {
      await addFaultyRun(run);
      for (const step of ['capture', 'trace'] as const) {
        await push(run, step);
        await workers.drain();
      }
    }
    expect(await onlyIncident()).toMatchObject({ runs: ['r1', 'r2'], occurrences: 2 });
  });

  it('is told apart from the same crash with intact tensors, even when that trace comes first', async () => {
    await addFaultyRun('bad');
    for (const step of ['capture', 'trace'] as const) await push('bad', step);
    await workers.drain();
    await addFaultyRun('labels');
    await workers.pushTrace('labels', boundTrace(6, 'upper'), 1);
    await workers.drain();
    await workers.pushCapture('labels', makeCapture(numbers, { fault: false, step: 1 }), 1);
    await workers.drain();
    const incidents = await workers.incidents();
    expect(incidents.map((incident) => incident.runs)).toEqual([['bad'], ['labels']]);
    expect(incidents[0]?.cause?.id).toBe('paddle-masked-select-gpu');
    expect(incidents[1]?.cause?.id).not.toBe('paddle-masked-select-gpu');
  });
});

describe('a crash on the console', () => {
  const shellTails = ['(pd37) D:\\work>\n', 'Training aborted\n', 'Terminated\n', '\n$ '];
  it.each(shellTails)('is the crash that the excepthook tells of, although %j follows it', async (tail) => {
    await workers.addRun({
      id: 'r1',
      name: 'r1',
      framework: { name: 'paddlepaddle', version: '2.6.1' },
      device: 'gpu',
    });
    const text = boundTrace(-1, 'lower');
    await workers.pushLog('r1', `${text}${tail}`);
    await workers.pushTrace('r1', text, 1);
    await workers.drain();
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect((await onlyIncident()).occurrences).toBe(1);
  });

  it('is read whole when Paddle puts empty lines into its message', async () => {
    await addFaultyRun('r1');
    const summary = `--------------------------------------\nC++ Traceback (most recent call last):\n--------------------------------------\n0   paddle::memory::allocation::AllocatorFacade::Alloc\n\n----------------------\nError Message Summary:\n----------------------\nResourceExhaustedError: \n\nOut of memory error on GPU 0. Cannot allocate 2.000000GB memory on GPU 0, 22.500000GB memory has been allocated.\n`;
    await workers.pushLog(
      'r1',
      `Traceback (most recent call last):\n  File "tools/train.py", line 9, in <module>\n    main()\nSystemError: \n\n${summary}`,
    );
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect((await onlyIncident()).class).toBe('cuda-out-of-memory');
  });

  it('waits for the rest of a line however long its writer pauses', async () => {
    await addFaultyRun('r1');
    const line = logLine(7, { cls: 0.5, iou: 0.6, dfl: 2.5, l1: 0.1 });
    for (const cut of [30, line.indexOf('loss: ') + 8, line.indexOf('loss_dfl') + 11, line.length - 1]) {
      const run = `cut-${cut}`;
      await addFaultyRun(run);
      await workers.pushLog(run, line.slice(0, cut));
      workers.advanceMs(3_600_000);
      await workers.handlers['sweep-unfinished']({});
      await workers.drain();
      await workers.pushLog(run, line.slice(cut));
      const { batches } = await readNewBatches(workers.deps.database.sql.query, run, 0, 1_000);
      const points = batches.flatMap(({ data }) => pointsOfBatch(data));
      const values = Object.fromEntries(points.map((point) => [point.name, point.value]));
      expect(values).toMatchObject({ loss_cls: 0.5, loss_iou: 0.6, loss_dfl: 2.5, loss_l1: 0.1, loss: 3.25 });
    }
  });
});

describe('a mismatch of the selection', () => {
  it('explains the NaN that it brings: one incident before the trace, and after it', async () => {
    await addFaultyRun('r1');
    const capture = makeCapture({ ...numbers, garbage: [Number.NaN, 3, Number.NaN] }, { fault: true, step: 1 });
    await workers.pushCapture('r1', capture, 1);
    await workers.drain();
    expect((await onlyIncident()).class).toBe('selection-corrupted');
    await push('r1', 'trace');
    await workers.drain();
    expect((await onlyIncident()).cause?.id).toBe('paddle-masked-select-gpu');
  });

  it.each([
    ['on the CPU', { framework: { name: 'paddlepaddle', version: '2.3.2' }, device: 'cpu' }],
    ['with a release that has the fix', { framework: { name: 'paddlepaddle', version: '2.6.1' }, device: 'gpu' }],
    [
      'with a release before the faulty kernel',
      { framework: { name: 'paddlepaddle', version: '2.2.2' }, device: 'gpu' },
    ],
    ['with another framework', { framework: { name: 'torch', version: '2.4.0' }, device: 'gpu' }],
  ])('%s is not blamed on the faulty kernel', async (_name, where) => {
    await workers.addRun({ id: 'r1', name: 'r1', ...where, environment: { os: 'Windows 10' } });
    for (const step of ['log', 'capture', 'trace'] as const) await push('r1', step);
    await workers.drain();
    const incident = await onlyIncident();
    const blamed = incident.causes.find((cause) => cause.id === 'paddle-masked-select-gpu');
    expect(blamed?.confidence ?? 0).toBeLessThan(0.1);
    expect(incident.cause?.id).toBe('corrupted-target-buffer');
  });

  it('keeps a run apart from one whose selection is intact, even while no cause stands out', async () => {
    for (const [run, fault] of [
      ['a', true],
      ['b', false],
    ] as const) {
      await workers.addRun({
        id: run,
        name: run,
        framework: { name: 'paddlepaddle', version: '2.6.1' },
        device: 'gpu',
      });
      await workers.pushCapture(run, makeCapture({ ...numbers, garbage: [3, 4, 5] }, { fault, step: 1 }), 1);
      await workers.pushTrace(run, boundTrace(-1, 'lower'), 1);
      await workers.drain();
    }
    expect((await workers.incidents()).map((incident) => incident.runs)).toEqual([['a'], ['b']]);
  });
});

describe('an incident', () => {
  it('counts a crash told by the console and by the excepthook once, and again when it happens again', async () => {
    await addFaultyRun('r1');
    const text = boundTrace(-3, 'lower');
    await workers.pushLog('r1', `${text}[06/14 09:21:40] ppdet.engine INFO: bye\n`);
    await workers.pushTrace('r1', text, 1);
    await workers.drain();
    expect((await onlyIncident()).occurrences).toBe(1);
    await workers.pushTrace('r1', text, 2);
    await workers.drain();
    expect((await onlyIncident()).occurrences).toBe(2);
  });

  it('regresses when it happens again after it was resolved', async () => {
    await addFaultyRun('r1');
    await push('r1', 'trace');
    await workers.drain();
    const { id } = await onlyIncident();
    const context = { ...workers.deps, now: workers.deps.clock.now(), publicUrl: 'http://losswatch.test' };
    await workers.deps.database.transaction((tx) =>
      editIncident(tx, id, { state: 'resolved' }, { name: 'lin', project: null }, context),
    );
    await workers.deps.database.transaction((tx) =>
      patchRun(tx, 'r1', { tags: { note: 'x' } }, workers.deps.clock.now()),
    );
    workers.deps.nudge('diagnose-run', { runId: 'r1' });
    await workers.drain();
    expect(await onlyIncident()).toMatchObject({ state: 'resolved', regressed: false });
    await push('r1', 'trace');
    await workers.drain();
    expect(await onlyIncident()).toMatchObject({ id, state: 'open', regressed: true, occurrences: 2 });
  });

  it('is one for sixty-four ranks that report at once, with four workers at it', async () => {
    await addFaultyRun('r1');
    await Promise.all(
      Array.from({ length: 64 }, (_, rank) => workers.pushTrace('r1', boundTrace(-3, 'lower'), 5, rank)),
    );
    await Promise.all(Array.from({ length: 4 }, () => workers.handlers['diagnose-run']({ runId: 'r1' })));
    await workers.drain();
    expect(await onlyIncident()).toMatchObject({ occurrences: 64, first_step: 5, last_step: 5 });
  });

  it('has no twin when many runs of a project fail alike at the same moment', async () => {
    const runs = Array.from({ length: 12 }, (_, n) => `r${n}`);
    await Promise.all(runs.map((run) => addFaultyRun(run)));
    await Promise.all(runs.map((run) => push(run, 'trace')));
    await Promise.all(runs.map((runId) => workers.handlers['diagnose-run']({ runId })));
    const incident = await onlyIncident();
    expect([...incident.runs].sort()).toEqual([...runs].sort());
    expect(incident.occurrences).toBe(12);
  });

  it('of another project is another incident', async () => {
    await workers.addRun({ id: 'a', name: 'a', project: 'vision', ...faultyEnvironment });
    await workers.addRun({ id: 'b', name: 'b', project: 'robots', ...faultyEnvironment });
    for (const run of ['a', 'b']) await push(run, 'trace');
    await workers.drain();
    expect((await workers.incidents()).map((incident) => incident.project).sort()).toEqual(['robots', 'vision']);
  });

  it('is not opened by a run that a person stopped', async () => {
    await addFaultyRun('r1');
    await workers.pushTrace(
      'r1',
      'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    step()\nKeyboardInterrupt\n',
    );
    await workers.drain();
    expect(await workers.incidents()).toEqual([]);
  });

  it.each([
    ['Segmentation fault (core dumped)', 'segfault'],
    ['[991.2] Out of memory: Killed process 42 (python) total-vm:91231232kB, anon-rss:6322kB', 'host-out-of-memory'],
    [
      'E1103 08:16:08 5 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 1 (pid: 42) of binary: /p',
      'rank-failure',
    ],
  ])('is opened by a console whose last line is "%s"', async (ending, wanted) => {
    await workers.addRun({ id: 'r1', name: 'r1' });
    await workers.pushLog('r1', `${logLine(1, { cls: 1.2, iou: 0.9, dfl: 2.8, l1: 0.5 })}${ending.slice(0, 9)}`);
    await workers.pushLog('r1', ending.slice(9));
    await workers.drain();
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(await onlyIncident()).toMatchObject({ class: wanted, occurrences: 1 });
  });

  it('is not opened by an exit status that nothing explains', async () => {
    await workers.addRun({ id: 'r1', name: 'r1' });
    await workers.pushLog('r1', `data preparation: Process finished with exit code 3\n${'ordinary line\n'.repeat(40)}`);
    await workers.drain();
    expect(await workers.incidents()).toEqual([]);
  });

  it('is not opened by a healthy run', async () => {
    await addFaultyRun('ok');
    for (let i = 0; i < 60; i += 1) {
      await workers.pushLog(
        'ok',
        logLine(i, { cls: 1.2 * 0.99 ** i, iou: 0.9 * 0.99 ** i, dfl: 2.83 * 0.99 ** i, l1: 0.5 }),
      );
    }
    await workers.pushCapture('ok', makeCapture(numbers, { fault: false, step: 3 }), 3);
    await workers.drain();
    expect(await workers.incidents()).toEqual([]);
  });
});

describe('the sweeper', () => {
  it('finds all work whose nudges were lost', async () => {
    await addFaultyRun('r1');
    for (const step of ['capture', 'log', 'trace'] as const) await push('r1', step);
    workers.nudges.length = 0;
    await workers.handlers['sweep-unfinished']({});
    expect(new Set(workers.nudges.map((nudge) => nudge.job))).toEqual(
      new Set(['recompute-dfl', 'detect-anomalies', 'diagnose-run']),
    );
    await workers.drain();
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(await onlyIncident()).toMatchObject({ class: 'target-out-of-bound', occurrences: 1 });
    await workers.handlers['sweep-unfinished']({});
    expect(workers.nudges).toEqual([]);
  });

  it('gives a crash its end when the console falls silent in the middle of it', async () => {
    await addFaultyRun('r1');
    await workers.pushLog('r1', boundTrace(-3, 'lower').trimEnd());
    await workers.drain();
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect((await onlyIncident()).class).toBe('target-out-of-bound');
  });

  it('gives up a capture whose tensors are gone, with the reason', async () => {
    await addFaultyRun('r1');
    await workers.pushCapture('r1', makeCapture(numbers, { fault: true, step: 1 }), 1);
    const capture = (await workers.deps.database.client.capture.findMany())[0]!;
    await workers.deps.blobs.remove(capture.sha256);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await workers.handlers['recompute-dfl']({ lane: 0 });
      workers.advanceMs(300_000);
    }
    const given = await workers.deps.database.client.capture.findUniqueOrThrow({ where: { id: capture.id } });
    expect(given).toMatchObject({ status: 'failed', error: expect.stringContaining('could not be recomputed') });
  });
});
