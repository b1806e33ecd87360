// Points from the request to the chart and to the detectors, on a real database, against a map that keeps the first value of every step.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DetectorState } from '../../../src/domain/detectors/detect.ts';
import { compactRun } from '../../../src/flows/points/compact.ts';
import { dropKnown } from '../../../src/flows/points/drop-known.ts';
import { readNewBatches, replayPoints } from '../../../src/flows/points/read-in-order.ts';
import { readSeries, type Series } from '../../../src/flows/points/read-series.ts';
import { encodeBatch, type PointRow } from '../../../src/kernels/points/batch.ts';
import { maxChunkPoints } from '../../../src/kernels/points/chunk.ts';
import { type Database, openDatabase } from '../../../src/platform/db/client.ts';
import { insertBatches, type PushedBatch } from '../../../src/platform/db/metric-batches.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

let workers: TestWorkers;
let database: Database;
beforeEach(async () => {
  workers = await buildTestWorkers();
  database = workers.deps.database;
  await workers.addRun({ id: 'r', name: 'r' });
});
afterEach(() => workers.close());

type Given = [step: number, value: number];
const at = Date.parse('2026-11-23T12:00:00Z');

function rowsOf(points: Given[], { name = 'loss', rank = 0, windowed = false } = {}): PointRow[] {
  return points.map(([step, value]) => ({ step, rank, at, names: [name], values: [value], windowed: [windowed] }));
}

function batchOf(rows: PointRow[], runId = 'r'): PushedBatch {
  return { ...encodeBatch(rows), runId, project: null, receivedAt: new Date(at), key: null };
}

const push = (points: Given[], options = {}) => insertBatches(database.sql.query, [batchOf(rowsOf(points, options))]);
/** As if the detectors had seen all points: only such points are moved into chunks. */
const markSeen = () => database.client.$executeRaw`UPDATE run SET detected_up_to = points_up_to`;
const compact = () => database.sql.write((query) => compactRun(query, 'r'));
async function settle(): Promise<void> {
  await markSeen();
  await compact();
}
const chart = (filter = {}) =>
  database.sql.snapshot((query) =>
    readSeries(query, 'r', { names: null, from: null, to: null, rank: null, maxPoints: 10_000, ...filter }),
  );
const one = async (filter = {}) => (await chart(filter))[0] as Series;
const counted = async (): Promise<{ batches: number; chunks: number }> => ({
  batches: await database.client.metricBatch.count(),
  chunks: await database.client.metricChunk.count(),
});

/** Numbers that look random and are the same every time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const range = (from: number, to: number, value = (step: number) => step): Given[] =>
  Array.from({ length: to - from }, (_, i) => [from + i, value(from + i)]);

describe('points', () => {
  it('read the same whether they lie in batches, in chunks or in both, whatever came twice and in whatever order', async () => {
    const random = createRandom(5);
    const expected = new Map<string, Map<number, number>>();
    for (let round = 0; round < 40; round += 1) {
      const [name, rank] = [['loss', 'lr'][Math.floor(random() * 2)] as string, Math.floor(random() * 2)];
      const points: Given[] = Array.from({ length: 1 + Math.floor(random() * 40) }, () => [
        Math.floor(random() * 400),
        [random(), Number.NaN, -0, Number.POSITIVE_INFINITY][Math.floor(random() * 8)] ?? random(),
      ]);
      await push(points, { name, rank });
      const known = expected.get(`${name}@${rank}`) ?? new Map();
      expected.set(`${name}@${rank}`, known);
      for (const [step, value] of points) if (!known.has(step)) known.set(step, value);
      if (random() < 0.2) await settle();
      if (random() < 0.3) await compareWith(expected);
    }
    await compareWith(expected);
    await settle();
    expect(await counted()).toEqual({ batches: 0, chunks: 4 });
    await compareWith(expected);
  });

  async function compareWith(expected: Map<string, Map<number, number>>): Promise<void> {
    for (const [from, to] of [
      [null, null],
      [50, 300],
    ] as const) {
      const found = await chart({ from, to });
      const shown = Object.fromEntries(
        found.map(({ name, rank, steps, values }) => [`${name}@${rank}`, { steps, values: values.map(Number) }]),
      );
      const wanted = [...expected].map(([key, points]) => {
        const inside = [...points]
          .filter(([step]) => from === null || (step >= from && step <= to))
          .sort(([a], [b]) => a - b);
        return [key, { steps: inside.map(([step]) => step), values: inside.map(([, value]) => value) }] as const;
      });
      expect(shown).toStrictEqual(Object.fromEntries(wanted.filter(([, { steps }]) => steps.length > 0)));
    }
  }

  it('count once and with their first value when writers on several connections send the same steps at the same time', async () => {
    const others = Array.from({ length: 3 }, () => openDatabase(workers.url));
    const writers = [database, ...others];
    await Promise.all(
      writers.flatMap((writer, index) =>
        Array.from({ length: 10 }, async (_, piece) => {
          const points = range(piece * 10, piece * 10 + 20, () => index);
          expect(await insertBatches(writer.sql.query, [batchOf(rowsOf(points))])).toEqual(['stored']);
        }),
      ),
    );
    await Promise.all(others.map((other) => other.close()));
    const before = await one();
    expect(before.steps).toEqual(range(0, 110).map(([step]) => step));
    const stored = await replay();
    expect(stored.map(({ step }) => step).sort((a, b) => a - b)).toEqual(before.steps);
    const values = new Map(stored.map(({ step, value }) => [step, value]));
    expect(before.values).toEqual(before.steps.map((step) => values.get(step)));
    await settle();
    expect(await one()).toEqual(before);
    expect(await replay()).toEqual(stored);
  });

  /** New points in the order in which they were stored. */
  async function replay() {
    const { pointsUpTo } = await database.client.run.findUniqueOrThrow({ where: { id: 'r' } });
    return database.sql.snapshot(async (query) => {
      const all = [];
      const seen: Record<string, number> = {};
      for await (const { from, points } of replayPoints(query, 'r', Number(pointsUpTo))) {
        const fresh = await dropKnown(query, { runId: 'r', from, points, seen });
        for (const { rank, name, step } of fresh)
          seen[`${rank}/${name}`] = Math.max(step, seen[`${rank}/${name}`] ?? -1);
        all.push(...fresh);
      }
      return all;
    });
  }

  it('of many requests in one statement get their places in order, and only the requests of runs that are gone are refused', async () => {
    await workers.addRun({ id: 's', name: 's', project: 'other' });
    const own = (runId: string, project: string | null, points: Given[]) => ({
      ...batchOf(rowsOf(points), runId),
      project,
    });
    const fates = await insertBatches(database.sql.query, [
      own('r', null, [[1, 1]]),
      own('none', null, [[1, 1]]),
      own('s', 'default', [[1, 1]]),
      own('s', 'other', [[7, 7]]),
      own('r', 'default', []),
      own('r', 'default', [
        [2, 2],
        [3, 3],
      ]),
    ]);
    expect(fates).toEqual(['stored', 'no-run', 'no-run', 'stored', 'stored', 'stored']);
    const rows = await database.client.metricBatch.findMany({ orderBy: [{ runId: 'asc' }, { first: 'asc' }] });
    expect(rows.map(({ runId, first, points }) => [runId, Number(first), points])).toEqual([
      ['r', 0, 1],
      ['r', 1, 2],
      ['s', 0, 1],
    ]);
    const run = await database.client.run.findUniqueOrThrow({ where: { id: 'r' } });
    expect(run).toMatchObject({ lastStep: 3n, heardCount: 3, pointsUpTo: 3n });
  });

  it('with a key are stored once, also when the same key comes twice in one statement', async () => {
    const key = { scope: 'token key', bodyHash: 'hash', status: 202, answer: '{}' };
    const batch = { ...batchOf(rowsOf([[1, 1]])), key };
    expect(await insertBatches(database.sql.query, [batch, batch])).toEqual(['stored', 'replayed']);
    expect(await insertBatches(database.sql.query, [batch])).toEqual(['replayed']);
    expect(await database.client.metricBatch.count()).toBe(1);
    expect(
      await insertBatches(database.sql.query, [{ ...batch, runId: 'none', key: { ...key, scope: 'other' } }]),
    ).toEqual(['no-run']);
    expect(await database.client.idempotencyKey.count()).toBe(1);
  });

  it('go with their run when it is deleted', async () => {
    await push(range(0, 10));
    await settle();
    await push(range(10, 20));
    await database.client.run.delete({ where: { id: 'r' } });
    expect(await counted()).toEqual({ batches: 0, chunks: 0 });
  });
});

describe('upkeep', () => {
  it('leaves points alone that the detectors have not seen', async () => {
    await push(range(0, 10));
    await push(range(10, 20));
    await database.client.$executeRaw`UPDATE run SET detected_up_to = 15`;
    expect(await compact()).toEqual({ points: 10, isDone: true });
    expect(await counted()).toEqual({ batches: 1, chunks: 1 });
    expect((await one()).steps).toEqual(range(0, 20).map(([step]) => step));
  });

  it('fills chunks up, starts others behind them, and takes late points into those that they belong to', async () => {
    for (let start = 0; start < 100_000; start += 20_000) {
      await push(range(start, start + 20_000).filter(([step]) => step % 7 !== 3));
      await settle();
    }
    const late = range(0, 100_000, () => -1).filter(([step]) => step % 7 === 3);
    await push(late);
    await push(range(500, 600, () => 99));
    await settle();
    const rows = await database.client.metricChunk.findMany({ orderBy: { firstStep: 'asc' } });
    expect(rows.reduce((sum, { points }) => sum + points, 0)).toBe(100_000);
    for (const [i, row] of rows.entries()) {
      expect(row.points).toBeLessThanOrEqual(maxChunkPoints);
      if (i > 0) expect(row.firstStep).toBeGreaterThan(rows[i - 1]?.lastStep as bigint);
    }
    const part = await one({ from: 495, to: 510 });
    expect(part.values).toEqual(part.steps.map((step) => (step % 7 === 3 ? -1 : step)));
  });

  it('beside writers and readers loses nothing and shows nothing twice', async () => {
    let isOver = false;
    const written = 60;
    const write = async () => {
      for (let piece = 0; piece < written; piece += 1) await push(range(piece * 50, piece * 50 + 60));
      isOver = true;
    };
    const compactAgain = async () => {
      while (!isOver) await settle();
    };
    const read = async () => {
      let highest = 0;
      while (!isOver) {
        const steps = (await one())?.steps ?? [];
        expect(steps).toEqual(steps.map((_, i) => i));
        expect(steps.length).toBeGreaterThanOrEqual(highest);
        highest = steps.length;
      }
    };
    await Promise.all([write(), compactAgain(), compactAgain(), read()]);
    await settle();
    expect(await one()).toMatchObject({ steps: range(0, written * 50 + 10).map(([step]) => step), downsampled: false });
    expect(await counted()).toEqual({ batches: 0, chunks: 1 });
  });

  it('runs as a job: a run with many points or fallen silent is compacted, any run once a day', async () => {
    await push(range(0, 100));
    await markSeen();
    await workers.handlers['compact-points']({});
    expect((await counted()).batches).toBe(1);
    workers.advanceMs(3_600_000);
    await workers.handlers['compact-points']({});
    expect(await counted()).toEqual({ batches: 0, chunks: 1 });
    await push(range(100, 200));
    await markSeen();
    await workers.handlers['tidy-points']({});
    expect(await counted()).toEqual({ batches: 0, chunks: 1 });
  });
});

describe('a chart', () => {
  const odd: Record<number, number> = {
    30001: 1e9,
    70777: Number.NaN,
    70778: Number.NaN,
    100003: -1e9,
    150000: Number.POSITIVE_INFINITY,
    150001: Number.NEGATIVE_INFINITY,
  };
  const lossOf = (step: number) => odd[step] ?? Math.sin(step / 1_000);

  it.each([10, 1_000, 10_000])(
    'of 200,000 points in %i shows every extreme and all that is not finite, at rest and as they came',
    async (maxPoints) => {
      const total = 200_000;
      for (let start = 0; start < total; start += 50_000) {
        await push(range(start, start + 50_000, lossOf));
        if (start < 150_000) await settle();
      }
      const found = await one({ maxPoints });
      expect(found.downsampled).toBe(true);
      expect(found.steps.length).toBeLessThanOrEqual(maxPoints + 6);
      for (const [step, value] of Object.entries(odd))
        expect(Number(found.values[found.steps.indexOf(Number(step))])).toBe(value);
      expect([found.steps[0], found.steps.at(-1)]).toEqual([0, total - 1]);
      expect(found.values.map(Number)).toEqual(found.steps.map(lossOf));
      const inside = await one({ maxPoints, from: 30_002, to: 120_000 });
      expect([inside.steps[0], inside.steps.at(-1)]).toEqual([30_002, 120_000]);
      expect(inside.values.map(Number)).toEqual(inside.steps.map(lossOf));
      expect(inside.values).toContain(-1e9);
      expect(inside.values).not.toContain(1e9);
    },
  );

  it('says that some values are windowed, wherever they lie', async () => {
    await push(range(0, 10));
    await push(range(10, 20), { windowed: true });
    expect((await one()).windowed).toBe(true);
    await settle();
    expect((await one()).windowed).toBe(true);
    expect(await one({ to: 9 })).not.toHaveProperty('windowed');
  });

  it('of a run that went on after its loss was lost stays small', async () => {
    await push(range(0, 60_000, (step) => (step < 100 ? 1 : Number.NaN)));
    const before = await one({ maxPoints: 100 });
    expect(before.steps.length).toBeLessThanOrEqual(140);
    expect(before.values[before.steps.indexOf(100)]).toBe('NaN');
    await settle();
    const after = await one({ maxPoints: 100 });
    expect(after.steps.length).toBeLessThanOrEqual(140);
    expect(after.values[after.steps.indexOf(100)]).toBe('NaN');
  });
});

describe('the detectors', () => {
  const detectAll = async () => {
    for (const lane of [0, 1, 2, 3]) await workers.handlers['detect-anomalies']({ lane });
  };
  const findings = async () =>
    (await database.client.finding.findMany({ orderBy: { id: 'asc' } })).map(({ key }) => key);
  const spiky: Given[] = [...range(0, 60, (step) => 2 + 0.1 * (step % 3)), [60, 9], [61, 2], [62, Number.NaN]];

  it('find the same whatever the batches were, and whatever came twice or was moved into chunks meanwhile', async () => {
    await push(spiky);
    await detectAll();
    const expected = await findings();
    expect(expected).toContain('metric.spike/loss/60');
    await workers.addRun({ id: 'again', name: 'again' });
    for (let start = 0; start < spiky.length; start += 7) {
      await insertBatches(database.sql.query, [batchOf(rowsOf(spiky.slice(start, start + 7)), 'again')]);
      await insertBatches(database.sql.query, [
        batchOf(rowsOf(spiky.slice(0, start + 3).map(([step]) => [step, 1e6])), 'again'),
      ]);
      if (start % 3 === 0) await detectAll();
      if (start % 2 === 0) await database.sql.write((query) => compactRun(query, 'again'));
    }
    await detectAll();
    const found = await database.client.finding.findMany({ where: { runId: 'again' }, orderBy: { id: 'asc' } });
    expect(found.map(({ key }) => key).filter((key) => key.endsWith('/60') || key.endsWith('/62'))).toEqual(expected);
  });

  it('see what was stored before a crash, because the sweeper looks at the rows', async () => {
    await push(spiky);
    expect(workers.nudges).toEqual([]);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(await findings()).toContain('metric.spike/loss/60');
    expect((await readNewBatches(database.sql.query, 'r', spiky.length, 10)).batches).toEqual([]);
  });

  it('store a step once when two workers look at the same points', async () => {
    await push(spiky);
    await Promise.all([detectAll(), detectAll(), detectAll()]);
    const state = await database.client.detectorState.findUniqueOrThrow({ where: { runId: 'r' } });
    expect((state.state as unknown as DetectorState).series).toEqual({ '0/loss': 62 });
    expect(new Set(await findings()).size).toBe((await findings()).length);
  });

  it('go on with other runs when one cannot be read', async () => {
    await push([[1, 1]]);
    await database.client.$executeRaw`UPDATE metric_batch SET data = '\\x09'`;
    const others = Array.from({ length: 8 }, (_, i) => `other-${i}`);
    for (const id of others) {
      await workers.addRun({ id, name: id });
      await insertBatches(database.sql.query, [batchOf(rowsOf(spiky), id)]);
    }
    for (const lane of [0, 1, 2, 3])
      await workers.handlers['detect-anomalies']({ lane }).catch((error) => expect(String(error)).toMatch(/version 9/));
    const seen = await database.client.run.findMany({ where: { id: { in: others } } });
    expect(seen.every(({ pointsUpTo, detectedUpTo }) => pointsUpTo === detectedUpTo)).toBe(true);
  });
});
