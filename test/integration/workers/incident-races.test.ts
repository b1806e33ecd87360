// Workers and people at the same incidents at once, and very many occurrences. The order in which things happen is left to chance; what must
// hold afterwards is not.
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceIdentity, traceLikeness } from '../../../src/domain/observations/trace-identity.ts';
import { parseText } from '../../../src/domain/parsing/parse-text.ts';
import {
  commentIncident,
  editIncident,
  judgeRemediation,
  mergeIncidents,
  unmergeIncident,
} from '../../../src/flows/edit-incidents.ts';
import type { IncidentContext } from '../../../src/flows/incidents.ts';
import type { Tx } from '../../../src/platform/db/client.ts';
import { touchRun } from '../../../src/platform/db/runs.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { boundTrace, faultyEnvironment } from '../../support/story.ts';

const traceOf = (error: string) =>
  `Traceback (most recent call last):\n  File "train.py", line 1, in <module>\n${error}\n`;
const memory = traceOf('RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB');
const disk = traceOf('OSError: [Errno 28] No space left on device');

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

async function act<T>(work: (tx: Tx, context: IncidentContext) => Promise<T>): Promise<T> {
  const context = { ...workers.deps, now: workers.deps.clock.now(), publicUrl: 'http://losswatch.test' };
  return workers.deps.database.transaction((tx) => work(tx, context));
}

/** A worker that takes whatever is owed until nothing is. */
async function work(runs: string[], isDone: () => boolean): Promise<void> {
  for (let last = false; ; last = isDone()) {
    for (const runId of runs) await workers.handlers['diagnose-run']({ runId });
    if (last) return;
    await setTimeout(5);
  }
}

// Ten thousand of them come over HTTP in test/e2e/deliveries.test.ts.
describe('two thousand occurrences of one failure from sixty-four ranks', () => {
  it('are one incident that counts them all, whatever value each rank names', async () => {
    await workers.addRun({ id: 'r1', name: 'r1', world_size: 64, ...faultyEnvironment });
    let pushing = true;
    const push = async () => {
      for (let rank = 0; rank < 64; rank += 1) await report(rank);
      pushing = false;
    };
    /** 10 crashes on the console of a rank, 6 told by its excepthook, and 20 more: 2,304 in all. */
    async function report(rank: number): Promise<void> {
      const values = Array.from({ length: 30 }, (_, n) => 1_000 + n * 64 + rank);
      const texts = values.map((value) => boundTrace(value, 'upper'));
      await workers.pushLog('r1', texts.slice(0, 10).join(''), `rank${rank}.log`);
      await Promise.all(
        Array.from({ length: 6 }, (_, n) => workers.pushTrace('r1', boundTrace(100 + n, 'upper'), 6 * rank + n, rank)),
      );
      await storeMany(texts.slice(10), rank);
    }
    /** As the intake of pushed traces stores them, many at once. */
    async function storeMany(texts: string[], rank: number): Promise<void> {
      const now = workers.deps.clock.now();
      const rows = texts.map((text) => {
        const { traces, lines } = parseText(text, workers.deps.catalog.formats);
        const hash = (identity: string) => createHash('sha256').update(identity).digest('hex');
        return {
          ...{ id: workers.deps.newId('trc'), runId: 'r1', origin: 'pushed', text, rank, step: 5n },
          ...{ occurredAt: now, receivedAt: now },
          signature: hash(traceIdentity(traces.at(-1), lines)),
          likeness: hash(traceLikeness(traces.at(-1), lines)),
        };
      });
      await act(async (tx) => {
        await touchRun(tx, 'r1', { now, owesDiagnosis: true });
        await tx.trace.createMany({ data: rows });
      });
    }
    await Promise.all([push(), work(['r1'], () => !pushing), work(['r1'], () => !pushing)]);
    for (let n = 0; n < 16; n += 1) await workers.pushTrace('r1', boundTrace(100, 'upper'), 999, n);
    // The last crash of each console has its end when nothing follows.
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    const [incident, ...others] = await workers.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      class: 'target-out-of-bound',
      occurrences: 2_320,
      runs: ['r1'],
      last_step: 999,
    });
    const trace = incident?.evidence.find(({ kind }) => kind === 'trace');
    expect(trace?.data.ranks).toHaveLength(64);
    expect(incident?.timeline.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    expect(incident?.timeline.length).toBeLessThan(20);
    const volumes = await workers.deps.database.client.occurrenceVolume.aggregate({ _sum: { count: true } });
    expect(volumes._sum.count).toBe(2_320);
  }, 240_000);
});

describe('two workers and a person at the same incidents', () => {
  const runs = ['a1', 'a2', 'b1', 'b2'];
  const rounds = 16;

  it('lose no change, double no occurrence and open no twins', async () => {
    for (const id of runs) await workers.addRun({ id, name: id });
    await workers.pushTrace('a1', memory, 1);
    await workers.pushTrace('b1', disk, 1);
    await work(runs, () => true);
    const [memoryIncident, diskIncident] = (await workers.incidents()).map(({ id }) => id) as [string, string];
    const remedy = (await workers.incidents())[0]!.remediations[0]!.id;
    let acting = true;
    const observe = async () => {
      for (let round = 0; round < rounds; round += 1)
        await Promise.all(
          runs.map((run) => workers.pushTrace(run, run.startsWith('a') ? memory : disk, round, round % 4)),
        );
    };
    const person = async (name: string) => {
      const editor = { name, project: null };
      for (let round = 0; round < rounds; round += 1) {
        await act((tx, context) => commentIncident(tx, memoryIncident, `${name} ${round}`, editor, context));
        await act((tx, context) =>
          editIncident(
            tx,
            memoryIncident,
            { state: (['acknowledged', 'resolved', 'open'] as const)[round % 3] },
            editor,
            context,
          ),
        );
        await act((tx, context) => editIncident(tx, diskIncident, { assignee: `${name} ${round}` }, editor, context));
        const worked = round % 2 === 0;
        await act((tx, context) =>
          judgeRemediation(tx, memoryIncident, { remediation: remedy, worked }, editor, context),
        );
        const merge = { into: memoryIncident, from: [diskIncident] };
        await act((tx, context) => mergeIncidents(tx, merge, editor, context));
        // The other person may have taken it out already: a conflict that changes nothing.
        await act((tx, context) => unmergeIncident(tx, memoryIncident, diskIncident, editor, context)).catch(
          (error) => {
            if (error.code !== 'conflict') throw error;
          },
        );
      }
    };
    const people = Promise.all([person('lin'), person('wang'), observe()]).finally(() => {
      acting = false;
    });
    await Promise.all([people, work(runs, () => !acting), work(runs, () => !acting)]);
    await work(runs, () => true);
    await act((tx, context) =>
      unmergeIncident(tx, memoryIncident, diskIncident, { name: 'end', project: null }, context),
    ).catch(() => undefined);

    const incidents = await workers.incidents();
    expect(incidents.map(({ id, class: name }) => [id, name]).sort()).toEqual(
      [
        [memoryIncident, 'cuda-out-of-memory'],
        [diskIncident, 'disk-full'],
      ].sort(),
    );
    for (const { id, runs: own, occurrences, timeline } of incidents) {
      expect([...own].sort()).toEqual(id === memoryIncident ? ['a1', 'a2'] : ['b1', 'b2']);
      expect(occurrences).toBe(2 * rounds + 1);
      expect(timeline.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    }
    const entries = await workers.deps.database.client.timelineEntry.findMany({ orderBy: { id: 'asc' } });
    const comments = entries
      .filter(({ kind }) => kind === 'commented')
      .map(({ data }) => (data as { text: string }).text);
    const said = ['lin', 'wang'].flatMap((name) => Array.from({ length: rounds }, (_, round) => `${name} ${round}`));
    expect(comments.sort()).toEqual(said.sort());
    expect(entries.filter(({ kind }) => kind === 'feedback')).toHaveLength(2 * rounds);
    // Every change of state is in the timeline, one after the other: each begins where the one before ended.
    for (const id of [memoryIncident, diskIncident]) {
      const assigned = entries.filter(({ kind, data }) => kind === 'assigned' && (data as { to: string }).to !== null);
      expect(new Set(assigned.map(({ data }) => (data as { to: string }).to)).size).toBe(2 * rounds);
      expect(entries.filter((entry) => entry.incidentId === id && entry.kind === 'opened')).toHaveLength(1);
    }
    const merges = entries.filter(({ kind }) => kind === 'merged').length;
    const undone = entries.filter(({ kind }) => kind === 'unmerged').length;
    expect(merges).toBe(undone);
    expect(entries.filter(({ kind }) => kind === 'merged-away')).toHaveLength(merges);
    expect(entries.filter(({ kind }) => kind === 'split-off')).toHaveLength(undone);
    const volumes = await workers.deps.database.client.occurrenceVolume.groupBy({
      by: ['runId'],
      _sum: { count: true },
    });
    expect(volumes.map(({ runId, _sum }) => [runId, _sum.count]).sort()).toEqual([
      ['a1', rounds + 1],
      ['a2', rounds],
      ['b1', rounds + 1],
      ['b2', rounds],
    ]);
  }, 240_000);

  it('do not regress an incident by what had happened before a person resolved it', async () => {
    const { client } = workers.deps.database;
    await workers.addRun({ id: 'r1', name: 'r1' });
    await workers.pushTrace('r1', memory, 0);
    await work(['r1'], () => true);
    const [{ id } = { id: '' }] = await workers.incidents();
    for (let round = 1; round <= 20; round += 1) {
      await act((tx, context) => editIncident(tx, id, { state: 'open' }, { name: 'lin', project: null }, context));
      workers.advanceMs(1000);
      await workers.pushTrace('r1', memory, round);
      workers.advanceMs(1000);
      const resolve = () =>
        act((tx, context) => editIncident(tx, id, { state: 'resolved' }, { name: 'lin', project: null }, context));
      await Promise.all([resolve(), work(['r1'], () => true), work(['r1'], () => true)]);
      expect(await client.incident.findUnique({ where: { id } })).toMatchObject({
        state: 'resolved',
        regressed: false,
        occurrences: round + 1,
      });
    }
    workers.advanceMs(1000);
    await workers.pushTrace('r1', memory, 99);
    await work(['r1'], () => true);
    expect(await client.incident.findUnique({ where: { id } })).toMatchObject({ state: 'open', regressed: true });
  }, 120_000);
});
