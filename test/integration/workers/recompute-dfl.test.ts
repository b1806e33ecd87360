// Many captures at once, workers that die or share the work, and captures that cannot be computed or stored.
import { afterEach, describe, expect, it } from 'vitest';
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';
import type { MeasuredDfl } from '../../../src/contracts/dfl.ts';
import { analyseCapture } from '../../../src/kernels/dfl/analyse-capture.ts';
import { openDflEngine } from '../../../src/kernels/dfl/choose-backend.ts';
import type { DflInput } from '../../../src/kernels/dfl/contract.ts';
import { createCpuBackend } from '../../../src/kernels/dfl/cpu/cpu-backend.ts';
import { createDflEngine, type DflEngine } from '../../../src/kernels/dfl/engine.ts';
import { referenceEngine } from '../../../src/kernels/dfl/reference-engine.ts';
import { readCaptureShape } from '../../../src/platform/db/captures.ts';
import { makeHandlers } from '../../../src/workers/handlers.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { makeCapture, type StoryNumbers } from '../../support/story.ts';

const numbers: StoryNumbers = { lo: 0, hi: 17, garbage: [28], seed: 7 };
const healthy = (step: number) => makeCapture(numbers, { fault: false, step });
let workers: TestWorkers;
afterEach(() => workers.close());

/** The real engine on the cpu, with its calls and dispatches counted. `measure` may put something else in its place. */
function countingEngine(measure?: (input: DflInput, real: DflEngine) => Promise<MeasuredDfl>) {
  const counts = { calls: 0, dispatches: 0 };
  const openEngine = async (): Promise<DflEngine> => {
    const cpu = createCpuBackend();
    const chosen = {
      ...cpu,
      recompute: (inputs: readonly DflInput[], signal?: AbortSignal) => {
        counts.dispatches += 1;
        return cpu.recompute(inputs, signal);
      },
    };
    const choice = { requested: 'cpu', chosen: 'cpu', device: cpu.device, rejected: [], failures: [] };
    const reopen = async () => chosen;
    const real = createDflEngine({ chosen, cpu: chosen, choice, reopen, now: () => new Date() });
    return {
      ...real,
      recompute(input, signal) {
        counts.calls += 1;
        return measure ? measure(input, real) : real.recompute(input, signal);
      },
    };
  };
  return { counts, openEngine };
}

async function build(measure?: Parameters<typeof countingEngine>[0]) {
  const { counts, openEngine } = countingEngine(measure);
  workers = await buildTestWorkers({ openEngine });
  for (const id of ['r1', 'r2']) await workers.addRun({ id, name: id });
  return counts;
}

async function push(count: number): Promise<void> {
  const steps = Array.from({ length: count }, (_, step) => step);
  await Promise.all(steps.map((step) => workers.pushCapture(step % 2 === 0 ? 'r1' : 'r2', healthy(step), step)));
  workers.nudges.length = 0;
}

const rows = () => workers.deps.database.client.capture.findMany({ orderBy: { step: 'asc' } });
const rowsOf = async (status: string) => (await rows()).filter((row) => row.status === status);
const work = (lane = 0) => workers.handlers['recompute-dfl']({ lane });

describe('captures that wait', () => {
  it('are all analysed, exactly, in a few dispatches, with one nudge per run and claim', async () => {
    const counts = await build();
    await push(500);
    await work();
    expect(counts.calls).toBe(500);
    // 500 captures are at least four claims, each of which may need a few dispatches.
    expect(counts.dispatches).toBeLessThanOrEqual(25);
    const captures = await rows();
    expect(captures.filter(({ status }) => status === 'done')).toHaveLength(500);
    for (const capture of captures) {
      const { recomputation } = await analyseCapture(
        healthy(Number(capture.step)),
        readCaptureShape(capture),
        referenceEngine,
      );
      const analysis = capture.analysis as unknown as CaptureAnalysis;
      const expected = recomputation.lossDfl ?? Number.NaN;
      expect(Math.abs((analysis.loss_dfl ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected));
      expect(analysis.bin_histogram).toEqual(recomputation.binHistogram);
    }
    const diagnoses = workers.nudges.filter(({ job }) => job === 'diagnose-run');
    expect(new Set(diagnoses.map(({ payload }) => payload.runId))).toEqual(new Set(['r1', 'r2']));
    expect(diagnoses.length).toBeLessThanOrEqual(20);
  }, 120_000);

  it('are each computed once when several workers are at it', async () => {
    const counts = await build();
    await push(200);
    await Promise.all([work(0), work(1), work(2)]);
    expect(await rowsOf('done')).toHaveLength(200);
    expect(counts.calls).toBe(200);
  }, 60_000);

  it('wake another lane when there are more than one claim takes', async () => {
    await build();
    await push(200);
    await work(3);
    expect(workers.nudges).toContainEqual({ job: 'recompute-dfl', payload: { lane: 4 } });
  }, 60_000);
});

describe('captures of a worker that died', () => {
  it('are taken up one by one once its claim is old, not before, and none is lost', async () => {
    let isDead = true;
    const counts = await build((input, real) => (isDead ? new Promise(() => {}) : real.recompute(input)));
    await push(6);
    void work();
    await expect.poll(() => counts.calls).toBe(6);
    isDead = false;
    const others = makeHandlers(workers.deps);
    await others['sweep-unfinished']({});
    expect(workers.nudges.filter(({ job }) => job === 'recompute-dfl')).toEqual([]);
    await others['recompute-dfl']({ lane: 0 });
    expect(await rowsOf('running')).toHaveLength(6);
    workers.advanceMs(60_000);
    await others['sweep-unfinished']({});
    expect(workers.nudges).toContainEqual({ job: 'recompute-dfl', payload: { lane: 0 } });
    await others['recompute-dfl']({ lane: 0 });
    expect(await rows()).toMatchObject(Array(6).fill({ status: 'done', attempts: 2 }));
  });

  it('are given up when every worker dies of them', async () => {
    const counts = await build();
    await push(2);
    const { client } = workers.deps.database;
    await client.capture.updateMany({
      where: { step: 1 },
      data: { status: 'running', attempts: 5, claimedAt: new Date('2026-01-01T00:00:00Z') },
    });
    await work();
    expect(await rows()).toMatchObject([
      { status: 'done' },
      { status: 'failed', error: expect.stringContaining('ended every time') },
    ]);
    expect(counts.calls).toBe(1);
  });
});

describe('a capture among others', () => {
  it('whose tensors are gone fails alone, is tried again after its delay, and succeeds when they are back', async () => {
    await build();
    await push(10);
    const lost = (await rows())[4]!;
    await workers.deps.blobs.remove(lost.sha256);
    await work();
    expect(await rowsOf('done')).toHaveLength(9);
    expect((await rows())[4]).toMatchObject({ status: 'queued', attempts: 1, error: expect.stringMatching(/ENOENT/) });
    await work();
    expect((await rows())[4]).toMatchObject({ status: 'queued', attempts: 1 });
    const writer = await workers.deps.blobs.receive();
    await writer.write(healthy(4));
    await writer.commit();
    workers.advanceMs(2_000);
    await work();
    expect((await rows())[4]).toMatchObject({ status: 'done', attempts: 2, error: null });
  });

  it('whose analysis cannot be stored fails alone', async () => {
    let calls = 0;
    await build(async (input, real) => {
      const isThird = ++calls === 3;
      const measured = await real.recompute(input);
      // PostgreSQL's jsonb holds no NUL.
      return isThird ? { ...measured, device: 'broken\u0000name' } : measured;
    });
    await push(8);
    await work();
    expect(await rowsOf('done')).toHaveLength(7);
    expect(await rowsOf('queued')).toMatchObject([{ attempts: 1 }]);
  });
});

describe('an engine that was opened by its settings', () => {
  it('computes what the workers need', async () => {
    workers = await buildTestWorkers({ openEngine: () => openDflEngine('auto', { now: () => new Date() }) });
    await workers.addRun({ id: 'r1', name: 'r1' });
    await workers.pushCapture('r1', healthy(1), 1);
    await workers.drain();
    expect(await rows()).toMatchObject([{ status: 'done' }]);
  });
});
