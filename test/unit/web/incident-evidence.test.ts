import { describe, expect, it } from 'vitest';
import type { TraceSummary } from '../../../src/contracts/traces.ts';
import { describeTarget } from '../../../web/src/incident/describe-target.ts';
import { planRunEvidence, runsWithEvidence } from '../../../web/src/incident/evidence-plan.ts';
import { latestPerRank } from '../../../web/src/incident/latest-per-rank.ts';
import { muteRequest } from '../../../web/src/incident/mute-choices.ts';
import { splitEvidence, strongestWeight } from '../../../web/src/incident/split-evidence.ts';
import { targetHeat } from '../../../web/src/incident/target-heat.ts';

const item = (kind: string, ref: string | null, data: Record<string, unknown>) => ({ kind, ref, data, text: '' });

describe('which pictures an incident asks for', () => {
  const incident = {
    runs: ['a', 'b', 'c'],
    first_step: 3,
    last_step: 90,
    evidence: [
      item('capture', 'cap_2', { run: 'b', step: 40 }),
      item('capture', 'cap_1', { run: 'b', step: 20 }),
      item('capture', 'cap_2', { run: 'b', step: 40 }),
      item('metric', 'loss_dfl', { run: 'b', step: 35 }),
      item('metric', 'loss', { run: 'b', step: 36 }),
      item('trace', 'trc_1', { run: 'c', step: 90 }),
      item('environment', null, {}),
    ],
  };

  it('are those of the runs that brought evidence, else of the first', () => {
    expect(runsWithEvidence(incident)).toEqual(['b', 'c']);
    expect(runsWithEvidence({ runs: ['a', 'b'], evidence: [] })).toEqual(['a']);
  });

  it('start at the first step of that run, name each capture once by step, and show the loss first', () => {
    const plan = planRunEvidence(incident, 'b');
    expect(plan.onset).toBe(20);
    expect(plan.captures.map(({ id }) => id)).toEqual(['cap_1', 'cap_2']);
    expect(plan.metrics).toEqual(['loss', 'loss_dfl']);
    expect(plan.window.from).toBe(0);
    expect(plan.window.to).toBeGreaterThan(40);
  });

  it('take the incident’s own step only when it has one run: of several it may belong to another', () => {
    expect(planRunEvidence({ ...incident, evidence: [] }, 'a').onset).toBeNull();
    expect(planRunEvidence({ ...incident, runs: ['a'], evidence: [] }, 'a').onset).toBe(3);
  });
});

describe('a refused target', () => {
  const at = (target: number | string, decodes?: object) =>
    describeTarget({ row: 0, side: 'left', target, ...(decodes && { decodes_as: decodes as never }) }, [0, 17]);

  it.each([
    [-0.25, { kind: 'below', by: 0.25 }],
    [16, { kind: 'above', by: 0 }],
    [18.5, { kind: 'above', by: 2.5 }],
    ['NaN', { kind: 'non-finite' }],
    ['Infinity', { kind: 'non-finite' }],
  ])('%s is told by its distance from what the loss takes', (target, meaning) => {
    expect(at(target)).toEqual(meaning);
  });

  it('is told by what its bits are where they are something else', () => {
    expect(at(-9.2e18, { kind: 'int64-min', values: [] })).toEqual({ kind: 'int64-min' });
    expect(at(4.6e18, { kind: 'packed-float32', values: [1.5, 2] })).toEqual({
      kind: 'packed-float32',
      values: [1.5, 2],
    });
  });
});

it('counts refused targets per stride and side, of all that are there', () => {
  const count = (stride: number | null, side: 'left' | 'top', below: number, bins: number[]) => ({
    stride,
    side,
    below_range: below,
    above_range: 1,
    non_finite: 0,
    at_lower_clip: 0,
    at_upper_clip: 0,
    bins,
  });
  const heat = targetHeat([count(16, 'left', 2, [3, 4]), count(8, 'left', 0, [9]), count(16, 'top', 0, [1])]);
  expect(heat.sides).toEqual(['left', 'top']);
  expect(heat.rows).toEqual([
    {
      stride: 8,
      cells: [
        { count: 1, total: 10 },
        { count: 0, total: 0 },
      ],
    },
    {
      stride: 16,
      cells: [
        { count: 3, total: 10 },
        { count: 1, total: 2 },
      ],
    },
  ]);
});

describe('the evidence of a cause', () => {
  const cause = {
    evidence: ['weak', 'Against it: on Linux', 'strong', '反面证据：在 Linux 上'],
    weights: [1, -2, 4, -1],
  };

  it('stands in two lists, the strongest first, without the mark that the heading repeats', () => {
    const { pro, contra } = splitEvidence(cause, strongestWeight([cause, { weights: [-8] }]));
    expect(pro).toEqual([
      { text: 'strong', strength: 0.5 },
      { text: 'weak', strength: 0.125 },
    ]);
    expect(contra.map(({ text }) => text)).toEqual(['on Linux', '在 Linux 上']);
  });
});

describe('traces', () => {
  const trace = (id: string, rank: number | null, origin: 'pushed' | 'log') =>
    ({ id, rank, origin }) as unknown as TraceSummary;

  it('are chosen one per rank: the latest, and the pushed one before what the console shows', () => {
    const newestFirst = [
      trace('d', 1, 'log'),
      trace('c', 0, 'pushed'),
      trace('b', 1, 'pushed'),
      trace('a', 0, 'pushed'),
    ];
    expect(latestPerRank(newestFirst).map(({ id }) => id)).toEqual(['c', 'b']);
  });
});

it('asks for a mute in the words of the API', () => {
  const now = Date.parse('2026-11-26T10:00:00Z');
  expect(muteRequest('workday', now)).toEqual({ until: '2026-11-26T18:00:00.000Z' });
  expect(muteRequest('until-worse', now)).toEqual({ until_worse: true });
  expect(muteRequest('until-new-run', now)).toEqual({ until_new_run: true });
});
