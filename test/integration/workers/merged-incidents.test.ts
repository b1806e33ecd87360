// Merges and what they teach, undone merges, recoveries and mutes on a real database.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskedEdit, editIncident, mergeIncidents, unmergeIncident } from '../../../src/flows/edit-incidents.ts';
import type { IncidentContext } from '../../../src/flows/incidents.ts';
import { readIncident } from '../../../src/flows/read-incidents.ts';
import type { Tx } from '../../../src/platform/db/client.ts';
import { patchProject } from '../../../src/platform/db/projects.ts';
import { patchRun } from '../../../src/platform/db/runs.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

const lin = { name: 'lin', project: null };
const traceOf = (error: string) =>
  `Traceback (most recent call last):\n  File "train.py", line 1, in <module>\n${error}\n`;
const memory = traceOf('RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB');
const disk = traceOf('OSError: [Errno 28] No space left on device');
const nccl = traceOf(
  'torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/ProcessGroupNCCL.cpp:1275, remote process exited or there was a network error',
);

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

async function act<T>(work: (tx: Tx, context: IncidentContext) => Promise<T>): Promise<T> {
  const context = { ...workers.deps, now: workers.deps.clock.now(), publicUrl: 'http://losswatch.test' };
  return workers.deps.database.transaction((tx) => work(tx, context));
}
const edit = (id: string, asked: AskedEdit) => act((tx, context) => editIncident(tx, id, asked, lin, context));

async function fail(run: string, trace: string, step = 5): Promise<void> {
  await workers.addRun({ id: run, name: run });
  await workers.pushTrace(run, trace, step);
  await workers.drain();
}

async function incidentOf(failureClass: string) {
  const found = (await workers.incidents()).filter((incident) => incident.class === failureClass);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('a merge', () => {
  it('makes one incident of two, leads the old id there, and teaches later grouping', async () => {
    await fail('r1', memory);
    await fail('r2', disk);
    const into = await incidentOf('cuda-out-of-memory');
    const from = await incidentOf('disk-full');
    await act((tx, context) => mergeIncidents(tx, { into: into.id, from: [from.id] }, lin, context));
    const [merged, ...others] = await workers.incidents();
    expect(others).toEqual([]);
    expect(merged).toMatchObject({ id: into.id, runs: ['r1', 'r2'], occurrences: 2, merged_from: [from.id] });
    expect(merged?.grouped_by).toContain(from.id);
    const view = { catalog: workers.deps.catalog, locale: 'en' as const };
    expect((await readIncident(workers.deps.database.client, from.id, view))?.id).toBe(into.id);
    await fail('r3', disk);
    await fail('r4', memory);
    expect((await workers.incidents()).map(({ runs, occurrences }) => [runs, occurrences])).toEqual([
      [['r1', 'r2', 'r3', 'r4'], 4],
    ]);
  });

  it('of two failures of one run counts both, however often the run is diagnosed again', async () => {
    await fail('r1', memory);
    await fail('r1', disk);
    const [a, b] = await workers.incidents();
    await act((tx, context) => mergeIncidents(tx, { into: a!.id, from: [b!.id] }, lin, context));
    await fail('r1', memory, 6);
    const incidents = await workers.incidents();
    expect(incidents).toMatchObject([{ id: a!.id, runs: ['r1'], occurrences: 3, last_step: 6 }]);
    await fail('r2', disk);
    await fail('r2', memory);
    expect(await workers.incidents()).toMatchObject([{ runs: ['r1', 'r2'], occurrences: 5 }]);
  });

  it('is undone with all that came to the merged incident meanwhile, timeline included', async () => {
    await fail('r1', memory);
    await fail('r2', disk);
    const into = await incidentOf('cuda-out-of-memory');
    const from = await incidentOf('disk-full');
    await act((tx, context) => mergeIncidents(tx, { into: into.id, from: [from.id] }, lin, context));
    await fail('r3', disk);
    await act((tx, context) => unmergeIncident(tx, into.id, from.id, lin, context));
    expect(await incidentOf('cuda-out-of-memory')).toMatchObject({
      id: into.id,
      runs: ['r1'],
      occurrences: 1,
      merged_from: [],
    });
    const back = await incidentOf('disk-full');
    expect(back).toMatchObject({ id: from.id, runs: ['r2', 'r3'], occurrences: 2, state: 'open' });
    expect(back.timeline.map(({ kind }) => kind)).toEqual(['opened', 'merged-away', 'split-off']);
    await fail('r4', disk);
    expect((await incidentOf('disk-full')).runs).toEqual(['r2', 'r3', 'r4']);
  });

  it('of merges is undone one at a time', async () => {
    await fail('r1', memory);
    await fail('r2', disk);
    await fail('r3', nccl);
    const [a, b, c] = await Promise.all(['cuda-out-of-memory', 'disk-full', 'nccl-failure'].map(incidentOf));
    await act((tx, context) => mergeIncidents(tx, { into: b!.id, from: [c!.id] }, lin, context));
    await act((tx, context) => mergeIncidents(tx, { into: a!.id, from: [b!.id, c!.id, a!.id] }, lin, context));
    expect((await workers.incidents()).map(({ merged_from }) => merged_from)).toEqual([[b!.id, c!.id]]);
    await act((tx, context) => unmergeIncident(tx, a!.id, b!.id, lin, context));
    expect((await workers.incidents()).map(({ id, runs }) => [id, runs])).toEqual([
      [a!.id, ['r1']],
      [b!.id, ['r2', 'r3']],
    ]);
  });

  it('is refused across projects, and undone only where there is something to take out', async () => {
    await fail('r1', memory);
    await workers.addRun({ id: 'x', name: 'x', project: 'other' });
    await workers.pushTrace('x', disk, 1);
    await workers.drain();
    const [a, b] = [await incidentOf('cuda-out-of-memory'), await incidentOf('disk-full')];
    const merge = act((tx, context) => mergeIncidents(tx, { into: a.id, from: [b.id] }, lin, context));
    await expect(merge).rejects.toMatchObject({ code: 'conflict', errors: [{ path: '/from/0' }] });
    const unmerge = act((tx, context) => unmergeIncident(tx, a.id, b.id, lin, context));
    await expect(unmerge).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a standing incident', () => {
  async function review(): Promise<void> {
    await workers.handlers['review-incidents']({});
    await workers.drain();
  }
  async function stepTo(run: string, step: number): Promise<void> {
    await workers.deps.database.client.run.update({ where: { id: run }, data: { lastStep: step } });
  }

  it('resolves itself once every run went on long enough, and regresses when it comes back', async () => {
    await fail('r1', nccl, 10);
    await edit((await incidentOf('nccl-failure')).id, { state: 'acknowledged' });
    await stepTo('r1', 20);
    await review();
    await stepTo('r1', 519);
    await review();
    expect((await incidentOf('nccl-failure')).state).toBe('acknowledged');
    await stepTo('r1', 520);
    await review();
    const resolved = await incidentOf('nccl-failure');
    expect(resolved).toMatchObject({ state: 'resolved', resolved_by: 'losswatch' });
    expect(resolved.timeline.slice(-2).map(({ kind, reason }) => [kind, reason])).toEqual([
      ['acknowledgement-cleared', 'recovered'],
      ['resolved', 'recovered'],
    ]);
    workers.advanceMs(1000);
    await fail('r1', nccl, 600);
    expect(await incidentOf('nccl-failure')).toMatchObject({ state: 'open', regressed: true, resolved_by: null });
  });

  it('resolves itself when the run finished cleanly, where the class allows it', async () => {
    await fail('r1', nccl);
    await fail('r2', memory);
    for (const run of ['r1', 'r2'])
      await act((tx) => patchRun(tx, run, { status: 'finished' }, workers.deps.clock.now()));
    for (const runId of ['r1', 'r2']) await workers.handlers['diagnose-run']({ runId });
    await review();
    expect((await incidentOf('nccl-failure')).state).toBe('resolved');
    expect((await incidentOf('cuda-out-of-memory')).state).toBe('open');
  });

  it('does not resolve while NaN goes on although nothing new is found, and does once values are finite again', async () => {
    await workers.addRun({ id: 'r1', name: 'r1' });
    const log = (from: number, to: number, loss: string) => {
      const lines = Array.from({ length: to - from }, (_, n) => `step: ${from + n} loss: ${loss}\n`);
      return workers.pushLog('r1', lines.join(''));
    };
    await log(0, 50, '1.25');
    await log(50, 900, 'nan');
    await workers.drain();
    await review();
    await review();
    expect((await incidentOf('loss-nan')).state).toBe('open');
    await log(900, 1000, '1.5');
    await workers.drain();
    await review();
    await log(1000, 1600, '1.5');
    await workers.drain();
    await review();
    expect(await incidentOf('loss-nan')).toMatchObject({ state: 'resolved', resolved_by: 'losswatch' });
  });

  it('muted until it worsens tells nobody until it happens ten times as often', async () => {
    await fail('r1', memory, 10);
    const { id } = await incidentOf('cuda-out-of-memory');
    await edit(id, { mute: { kind: 'until-worse' } });
    expect((await incidentOf('cuda-out-of-memory')).mute).toMatchObject({
      kind: 'until-worse',
      by: 'lin',
      limits: { per_hour: 10, per_1000_steps: 10 },
    });
    for (let n = 0; n < 9; n += 1) await fail('r1', memory, 20 + n);
    expect((await incidentOf('cuda-out-of-memory')).mute).not.toBeNull();
    await fail('r1', memory, 40);
    const worse = await incidentOf('cuda-out-of-memory');
    expect(worse).toMatchObject({ mute: null, occurrences: 11 });
    expect(worse.timeline.at(-1)).toMatchObject({ kind: 'unmuted', reason: 'more-per-hour' });
  });

  it('muted until another run shows it is heard of by that run', async () => {
    await fail('r1', memory);
    await edit((await incidentOf('cuda-out-of-memory')).id, { mute: { kind: 'until-new-run' } });
    await fail('r1', memory, 9);
    expect((await incidentOf('cuda-out-of-memory')).mute).not.toBeNull();
    await fail('r2', memory);
    expect((await incidentOf('cuda-out-of-memory')).timeline.map(({ kind }) => kind)).toEqual([
      'opened',
      'muted',
      'run-joined',
      'unmuted',
    ]);
  });

  it('muted until a time is heard of again when the time has come', async () => {
    await fail('r1', memory);
    const until = new Date(workers.deps.clock.now().getTime() + 60_000);
    await edit((await incidentOf('cuda-out-of-memory')).id, { mute: { kind: 'until', until } });
    await review();
    expect((await incidentOf('cuda-out-of-memory')).muted_until).toBe(until.toISOString());
    workers.advanceMs(60_000);
    await review();
    await review();
    const heard = await incidentOf('cuda-out-of-memory');
    expect(heard).toMatchObject({ mute: null, muted_until: null });
    expect(heard.timeline.map(({ kind }) => kind)).toEqual(['opened', 'muted', 'unmuted']);
  });

  it('is assigned by the rules of its project, which a person may overrule', async () => {
    const ownership = [{ assignee: 'everybody' }, { class: 'cuda-*', assignee: 'cluster team' }];
    await workers.addRun({ id: 'r0', name: 'r0' });
    await act((tx) => patchProject(tx, 'default', { ownership }));
    await fail('r1', memory);
    await fail('r2', disk);
    const owners = (await workers.incidents()).map(({ class: name, assignee }) => [name, assignee]);
    expect(owners).toEqual([
      ['cuda-out-of-memory', 'cluster team'],
      ['disk-full', 'everybody'],
    ]);
    await edit((await incidentOf('disk-full')).id, { assignee: null });
    await fail('r2', disk, 9);
    expect((await incidentOf('disk-full')).assignee).toBeNull();
  });

  it('stays resolved while only runs of the unchanged commit fail, and regresses in the next commit', async () => {
    const run = (id: string, commit: string) =>
      workers.addRun({ id, name: id, tags: { commit }, framework: { name: 'torch', version: '2.4' } });
    const crash = async (id: string, commit: string) => {
      await run(id, commit);
      await workers.pushTrace(id, memory, 3);
      await workers.drain();
      return incidentOf('cuda-out-of-memory');
    };
    const { id } = await crash('r1', 'aaa');
    workers.advanceMs(1000);
    await edit(id, { state: 'resolved' });
    workers.advanceMs(1000);
    const same = await crash('r2', 'aaa');
    expect(same).toMatchObject({ state: 'resolved', occurrences: 2 });
    expect(same.timeline.at(-1)).toMatchObject({ kind: 'occurred', reason: 'unchanged-code' });
    const next = await crash('r3', 'bbb');
    expect(next).toMatchObject({ state: 'open', regressed: true });
    expect(next.timeline.at(-1)?.text).toContain('commit bbb');
  });
});
