// Retention: what is forgotten, and what must stay.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSeries } from '../../../src/flows/points/read-series.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { faultyEnvironment, makeCapture, type StoryNumbers } from '../../support/story.ts';

const numbers: StoryNumbers = { lo: 0, hi: 17, garbage: [28, 60, 92, -3], seed: 5 };
const dayMs = 86_400_000;
const allSeries = { names: null, from: null, to: null, rank: null, maxPoints: 1_000 };
const healthy = (step: number) => makeCapture(numbers, { fault: false, step });
let workers: TestWorkers;

beforeEach(async () => {
  workers = await buildTestWorkers();
  for (const id of ['ok', 'bad']) await workers.addRun({ id, name: id, ...faultyEnvironment });
});
afterEach(() => workers.close());

async function captureOf(runId: string, step: number) {
  const row = await workers.deps.database.client.capture.findFirstOrThrow({ where: { runId, step } });
  const tensors = await workers.deps.blobs.read(row.sha256).catch(() => null);
  return { row, hasTensors: tensors !== null };
}

describe('retention', () => {
  it('removes the tensors of old healthy captures and keeps their analyses, and those of runs with an incident', async () => {
    await workers.pushCapture('ok', healthy(1), 1);
    await workers.pushCapture('bad', makeCapture(numbers, { fault: true, step: 1 }), 1);
    await workers.drain();
    expect(await workers.incidents()).toMatchObject([{ runs: ['bad'] }]);
    workers.advanceMs(6 * dayMs);
    await workers.pushCapture('ok', healthy(2), 2);
    await workers.drain();
    await workers.handlers['prune-expired']({});
    expect((await captureOf('ok', 1)).hasTensors).toBe(true);

    workers.advanceMs(2 * dayMs);
    await workers.handlers['prune-expired']({});
    const old = await captureOf('ok', 1);
    expect(old.hasTensors).toBe(false);
    expect(old.row).toMatchObject({ status: 'done', tensorsRemovedAt: workers.deps.clock.now() });
    expect(old.row.analysis).toMatchObject({ below_range: 0, above_range: 0 });
    expect((await captureOf('ok', 2)).hasTensors).toBe(true);
    expect((await captureOf('bad', 1)).hasTensors).toBe(true);
  });

  it('keeps tensors that a run with an incident has in common with a healthy one', async () => {
    await workers.pushCapture('ok', healthy(1), 1);
    await workers.pushCapture('bad', healthy(1), 1);
    await workers.pushCapture('bad', makeCapture(numbers, { fault: true, step: 2 }), 2);
    await workers.drain();
    workers.advanceMs(30 * dayMs);
    await workers.handlers['prune-expired']({});
    expect((await captureOf('ok', 1)).hasTensors).toBe(true);
  });

  it('keeps tensors that still wait for their analysis, however old', async () => {
    await workers.pushCapture('ok', healthy(1), 1);
    workers.advanceMs(30 * dayMs);
    await workers.handlers['prune-expired']({});
    expect((await captureOf('ok', 1)).hasTensors).toBe(true);
    await workers.drain();
    expect((await captureOf('ok', 1)).row.status).toBe('done');
  });

  it('asks for no new analysis of what it removed', async () => {
    await workers.pushCapture('ok', healthy(1), 1);
    await workers.drain();
    workers.advanceMs(30 * dayMs);
    await workers.handlers['prune-expired']({});
    await workers.handlers['sweep-unfinished']({});
    expect(workers.nudges).toEqual([]);
    await workers.handlers['recompute-dfl']({ lane: 0 });
    expect((await captureOf('ok', 1)).row).toMatchObject({ status: 'done', error: null });
  });

  it('forgets idempotency keys after a day', async () => {
    const { client } = workers.deps.database;
    const at = (ageMs: number) => new Date(workers.deps.clock.now().getTime() - ageMs);
    const key = { bodyHash: 'x', status: 202, answer: 'null' };
    await client.idempotencyKey.createMany({
      data: [
        { ...key, scope: 'old', createdAt: at(1.1 * dayMs) },
        { ...key, scope: 'young', createdAt: at(0.9 * dayMs) },
      ],
    });
    await workers.handlers['prune-expired']({});
    expect((await client.idempotencyKey.findMany()).map((row) => row.scope)).toEqual(['young']);
  });

  it('removes tensors that no capture stands for once they are a day old, not those of a request under way', async () => {
    await workers.pushCapture('ok', healthy(1), 1);
    const writer = await workers.deps.blobs.receive();
    await writer.write(healthy(9));
    const { sha256 } = await writer.commit();
    await workers.handlers['prune-expired']({});
    await expect(workers.deps.blobs.read(sha256)).resolves.toBeDefined();
    // Files carry the real time, the handlers' clock is the test's own.
    workers.advanceMs(Date.now() - workers.deps.clock.now().getTime() + 3 * dayMs);
    await workers.handlers['prune-expired']({});
    await expect(workers.deps.blobs.read(sha256)).rejects.toThrow();
    expect((await captureOf('ok', 1)).hasTensors).toBe(true);
  });

  it('keeps tensors, console output and points for as long as their project says, and longer where an incident is unresolved', async () => {
    const { client, sql } = workers.deps.database;
    for (const project of ['short', 'long']) {
      const retention = project === 'short' ? { healthy_capture_days: 2, log_days: 3, metric_days: 3 } : {};
      await client.project.create({ data: { id: project, name: project, retention } });
      await workers.addRun({ id: `${project}-run`, name: project, project });
    }
    await workers.addRun({ id: 'short-broken', name: 'x', project: 'short', ...faultyEnvironment });
    const runs = ['short-run', 'long-run', 'short-broken'];
    for (const [n, runId] of runs.entries()) {
      const isBroken = runId === 'short-broken';
      await workers.pushCapture(runId, makeCapture(numbers, { fault: isBroken, step: 10 + n }), 10 + n);
      await workers.pushLog(runId, `step 10 loss=0.${n + 1}\nstep 11 loss=0.${n + 2}\n`);
    }
    await workers.drain();
    await workers.handlers['tidy-points']({});
    const kept = async () => ({
      tensors: await Promise.all(runs.map(async (runId, n) => (await captureOf(runId, 10 + n)).hasTensors)),
      logs: await Promise.all(runs.map((runId) => client.logChunk.count({ where: { runId } }))),
      points: await Promise.all(
        runs.map((runId) =>
          sql.snapshot(async (query) => (await readSeries(query, runId, allSeries))[0]?.steps.length ?? 0),
        ),
      ),
    });
    workers.advanceMs(2.5 * dayMs);
    await workers.handlers['prune-expired']({});
    expect(await kept()).toEqual({ tensors: [false, true, true], logs: [1, 1, 1], points: [2, 2, 2] });
    workers.advanceMs(dayMs);
    await workers.handlers['prune-expired']({});
    expect(await kept()).toEqual({ tensors: [false, true, true], logs: [0, 1, 1], points: [0, 2, 2] });
  });
});
