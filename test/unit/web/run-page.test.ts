// What the page of a run shows of what the API answers: charts, captures, configuration, log, and its address.
import { describe, expect, it } from 'vitest';
import type { CaptureListItem, FindingAnswer, Incident, IncidentPage, Series } from '../../../web/src/api/answers.ts';
import { textsOfIncident } from '../../../web/src/api/log-queries.ts';
import { firstRunCommands, firstRunWays } from '../../../web/src/overview/first-run-commands.ts';
import { runHealth } from '../../../web/src/overview/run-health.ts';
import { captureCharts } from '../../../web/src/run/capture-curves.ts';
import { annotationsOf, curvesByMetric, extentOf } from '../../../web/src/run/chart-curves.ts';
import { flatten } from '../../../web/src/run/flatten.ts';
import { incidentMarks } from '../../../web/src/run/incident-marks.ts';
import { orderMetrics } from '../../../web/src/run/metric-order.ts';
import { parseSearch, stringifySearch } from '../../../web/src/search/params.ts';
import { readRunSearch } from '../../../web/src/search/run.ts';

const series = (name: string, rank = 0, change: Partial<Series> = {}): Series => ({
  name,
  rank,
  steps: [0, 10],
  values: [2, 'NaN'],
  downsampled: false,
  ...change,
});
const rankLabel = (rank: number) => `rank ${rank}`;

describe('orderMetrics', () => {
  it('puts the loss first, then its parts, scores, rates, norms and the machine', () => {
    expect(orderMetrics(['time', 'grad_norm', 'lr', 'loss_iou', 'mAP', 'loss', 'loss_cls'])).toEqual([
      'loss',
      'loss_cls',
      'loss_iou',
      'mAP',
      'lr',
      'grad_norm',
      'time',
    ]);
  });
});

describe('curvesByMetric', () => {
  it('gives every rank of one run a colour of its own and reads NaN', () => {
    const [loss] = curvesByMetric(
      [{ id: 'a', name: 'A', series: [series('loss'), series('loss', 1)] }],
      false,
      rankLabel,
    );
    expect(loss?.curves.map(({ label }) => label)).toEqual(['rank 0', 'rank 1']);
    expect(new Set(loss?.curves.map(({ color }) => color)).size).toBe(2);
    expect(loss?.curves[0]?.values).toEqual([2, Number.NaN]);
  });

  it('gives every run a colour of its own when runs are laid over each other', () => {
    const charts = curvesByMetric(
      [
        { id: 'a', name: 'A', series: [series('loss'), series('lr')] },
        { id: 'b', name: 'B', series: [series('lr', 0, { windowed: true }), series('other')] },
      ],
      true,
      rankLabel,
    );
    expect(charts.map(({ metric, curves }) => [metric, curves.map(({ label }) => label)])).toEqual([
      ['loss', ['A']],
      ['lr', ['A', 'B']],
    ]);
    expect(charts[1]?.windowed).toBe(true);
    expect(charts[0]?.curves[0]?.color).toBe(charts[1]?.curves[0]?.color);
  });

  it('knows nothing of a run that is not there yet', () => {
    expect(curvesByMetric([], false, rankLabel)).toEqual([]);
    expect(extentOf([])).toBeNull();
  });

  it('spans all runs', () => {
    const runs = [
      { id: 'a', name: 'A', series: [series('loss')] },
      { id: 'b', name: 'B', series: [series('loss', 0, { steps: [5, 70] })] },
    ];
    expect(extentOf(runs)).toEqual({ from: 0, to: 70 });
  });
});

describe('annotationsOf', () => {
  const finding = (change: Partial<FindingAnswer>): FindingAnswer => ({
    id: 'metric.spike',
    version: 1,
    severity: 'warning',
    kind: 'metric',
    ref: 'loss',
    step: 3,
    rank: 0,
    data: {},
    text: 'A spike.',
    found_at: '2026-11-26T12:00:00.000Z',
    ...change,
  });

  it('marks what was found in the metric, once a step', () => {
    const found = [
      finding({}),
      finding({ rank: 1, text: 'Another.' }),
      finding({ step: 9 }),
      finding({ ref: 'lr' }),
      finding({ kind: 'capture' }),
      finding({ step: null }),
    ];
    expect(annotationsOf(found, 'loss')).toEqual([
      { step: 3, severity: 'warning', text: 'A spike. Another.' },
      { step: 9, severity: 'warning', text: 'A spike.' },
    ]);
  });
});

describe('captureCharts', () => {
  const capture = (step: number | null, rank: number, change: Partial<CaptureListItem['measured'] & object> = {}) =>
    ({
      id: `${step} ${rank}`,
      run_id: 'r',
      step,
      rank,
      status: 'done',
      received_at: '',
      measured: {
        loss_dfl: 1.5,
        reported_loss_dfl: 1.6,
        relative_difference: 0.06,
        entropy_mean: null,
        distributions: 200,
        below_range: 2,
        above_range: 0,
        at_lower_clip: 0,
        at_upper_clip: 50,
        non_finite_targets: 0,
        non_finite_logits: 0,
        mismatched_rows: null,
        findings: [],
        ...change,
      },
    }) as CaptureListItem;

  it('draws shares of the distributions, in rising steps, rank 0 for its step', () => {
    const charts = captureCharts(
      [capture(9, 0), capture(3, 1, { loss_dfl: 7 }), capture(3, 0), capture(null, 0)],
      false,
      (name) => name,
    );
    expect(charts.map(({ name }) => name)).toEqual(['loss', 'range']);
    expect(charts[0]?.curves.map(({ label, steps, values }) => ({ label, steps, values }))).toEqual([
      { label: 'reported', steps: [3, 9], values: [1.6, 1.6] },
      { label: 'recomputed', steps: [3, 9], values: [1.5, 1.5] },
    ]);
    expect(charts[1]?.curves.find(({ label }) => label === 'upperClip')?.values).toEqual([25, 25]);
  });

  it('draws a reported NaN as one', () => {
    const [loss] = captureCharts([capture(1, 0, { reported_loss_dfl: 'NaN', loss_dfl: null })], false, (name) => name);
    expect(loss?.curves).toHaveLength(1);
    expect(loss?.curves[0]?.values).toEqual([Number.NaN]);
  });
});

describe('flatten', () => {
  it('writes nested settings as paths, lists of simple values on one line', () => {
    expect(
      flatten({ head: { reg_range: [0, 17], layers: [{ name: 'a' }] }, empty: {}, none: null, text: 'x' }),
    ).toEqual([
      { path: 'head.reg_range', value: '[0, 17]' },
      { path: 'head.layers[0].name', value: 'a' },
      { path: 'empty', value: '{}' },
      { path: 'none', value: 'null' },
      { path: 'text', value: 'x' },
    ]);
  });
});

describe('textsOfIncident', () => {
  const exception = (type: string, message: string): Incident['exception'] => ({ type, message, frames: [] });

  it('looks for the exception as it was printed, then for what decided the class', () => {
    const matched = [{ line: 3, text: '  Target -1 is out of lower bound  ' }];
    expect(textsOfIncident({ exception: exception('a.b.ValueError', 'Target -1\nmore'), matched })).toEqual([
      'ValueError: Target -1',
      'Target -1',
      'Target -1 is out of lower bound',
    ]);
  });

  it('looks for nothing when a failure was seen in numbers', () => {
    expect(textsOfIncident({ exception: null, matched: [] })).toEqual([]);
  });
});

describe('readRunSearch', () => {
  it('leads back to the view an address was made of', () => {
    const view = {
      tab: 'log',
      metric: 'loss',
      log: true,
      smooth: 60,
      from: 10,
      to: 90,
      with: ['b', 'c'],
      line: 12,
    } as const;
    expect(readRunSearch(parseSearch(stringifySearch(view)))).toEqual(view);
  });

  it('counts what makes no sense as absent', () => {
    expect(readRunSearch(parseSearch('?tab=weather&smooth=-3&from=x&rank=-1&log=no'))).toEqual({});
    expect(readRunSearch(parseSearch('?smooth=400')).smooth).toBe(99);
  });
});

describe('runHealth', () => {
  it.each([
    ['failed', 0, 'broken'],
    ['stalled', 2, 'silent'],
    ['running', 1, 'troubled'],
    ['finished', 1, 'troubled'],
    ['running', 0, 'healthy'],
    ['finished', 0, 'done'],
  ] as const)('a run that is %s with %i incidents is %s', (status, incidents, health) => {
    expect(runHealth({ status, open_incidents: incidents })).toBe(health);
  });
});

describe('firstRunCommands', () => {
  it.each(firstRunWays)('sends the run that is waited for to this service (%s)', (way) => {
    const commands = firstRunCommands(way, 'https://watch.example:8787', 'lw_secret');
    expect(commands).toContain('https://watch.example:8787/v1');
    expect(commands).toContain('first-run');
    expect(commands).toContain('lw_secret');
  });

  it.each(firstRunWays)('leaves the token to the reader when there is none to fill in (%s)', (way) => {
    expect(firstRunCommands(way, 'http://x', null)).toContain('LOSSWATCH_TOKEN');
  });
});

describe('incidentMarks', () => {
  it('marks each incident where it was first seen in the run, and none that has no step there', () => {
    const incident = { severity: 'critical', title: 'NaN', first_step: 3 } as IncidentPage['items'][number];
    const items = [
      { ...incident, id: 'a', first_step_in_run: 280 },
      { ...incident, id: 'b', first_step_in_run: null },
    ];
    expect(incidentMarks(items, (step) => `step ${step}`)).toEqual([
      { id: 'a', step: 280, severity: 'critical', text: 'NaN · step 280' },
    ]);
  });
});
