import { describe, expect, it } from 'vitest';
import { judgeRecurrence, type Recurrence } from '../../../../src/domain/incidents/judge-recurrence.ts';
import { readScope } from '../../../../src/domain/incidents/run-scope.ts';
import type { Resolution } from '../../../../src/domain/incidents/types.ts';
import { noScope } from '../../../support/diagnosis.ts';

const at = new Date('2026-11-02T12:00:00Z');
const broken = { commit: 'abc', dataset: 'd1', framework: 'torch 2.4', config: 'c1' };
const resolution: Resolution = { at, by: 'lin', reason: 'by-hand', scopes: [broken] };

const rows: { name: string; of?: Partial<Resolution>; by: Partial<Recurrence>; regresses: boolean; reason: string }[] =
  [
    { name: 'nothing is known of the code', by: { scope: noScope }, regresses: true, reason: 'seen-again' },
    { name: 'the same commit, data, framework and config', by: {}, regresses: false, reason: 'unchanged-code' },
    { name: 'another commit', by: { scope: { ...broken, commit: 'def' } }, regresses: true, reason: 'seen-again' },
    { name: 'another dataset', by: { scope: { ...broken, dataset: 'd2' } }, regresses: true, reason: 'seen-again' },
    {
      name: 'another framework version',
      by: { scope: { ...broken, framework: 'torch 2.5' } },
      regresses: true,
      reason: 'seen-again',
    },
    {
      name: 'another config, which may be the fix',
      by: { scope: { ...broken, config: 'c2' } },
      regresses: true,
      reason: 'seen-again',
    },
    { name: 'a failure of the machine', by: { isFixedInMachine: true }, regresses: true, reason: 'seen-again' },
    {
      name: 'a failure that recovered by itself',
      of: { by: 'losswatch' },
      by: {},
      regresses: true,
      reason: 'seen-again',
    },
    {
      name: 'evidence from before the resolution',
      by: { observedAt: new Date(at.getTime() - 1), scope: noScope },
      regresses: false,
      reason: 'late-evidence',
    },
  ];

describe('judgeRecurrence', () => {
  it.each(rows)('$name', ({ of, by, regresses, reason }) => {
    const recurrence = { observedAt: at, scope: broken, isFixedInMachine: false, ...by };
    expect(judgeRecurrence({ ...resolution, ...of }, recurrence)).toEqual({ regresses, reason });
  });
});

describe('readScope', () => {
  it('finds commit and dataset in tags before environment and config, and names framework and version', () => {
    const run = {
      framework: { name: 'torch', version: '2.4.0' },
      tags: { git_commit: 'abc' },
      environment: { commit: 'zzz', dataset_hash: 'sha256:1' },
      config: { dataset: 'coco' },
    };
    expect(readScope(run, 'c1')).toEqual({
      commit: 'abc',
      dataset: 'sha256:1',
      framework: 'torch 2.4.0',
      config: 'c1',
    });
  });

  it('says nothing of what a run does not give', () => {
    const run = { framework: null, tags: { commit: '' }, environment: null, config: { dataset: { dir: 'x' } } };
    expect(readScope(run, null)).toEqual(noScope);
  });
});
