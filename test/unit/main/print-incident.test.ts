import { expect, test } from 'vitest';
import type { Incident } from '../../../src/contracts/incidents.ts';
import { printIncident } from '../../../src/main/print-incident.ts';

const remedy = (id: string) => ({
  id,
  title: `Title of ${id}`,
  steps: [`First step of ${id}`],
  patch: `pip install ${id}`,
  cause: 'paddle-masked-select-gpu',
  why: `Reason for ${id}`,
  sources: ['https://example.org'],
  feedback: { worked: 0, failed: 0, score: 0.5 },
});
const incident: Incident = {
  id: 'inc_1',
  state: 'open',
  regressed: false,
  severity: 'critical',
  class: 'target-out-of-bound',
  confidence: 0.974,
  title: 'Regression target outside the range of its loss',
  summary: 'The loss refused a target.',
  cause: { id: 'paddle-masked-select-gpu', confidence: 0.94, title: 'masked_select returns memory nobody wrote' },
  causes: [
    {
      id: 'paddle-masked-select-gpu',
      confidence: 0.94,
      title: 'masked_select returns memory nobody wrote',
      evidence: ['38 rows differ'],
      weights: [4],
    },
    {
      id: 'unclipped-targets',
      confidence: 0.03,
      title: 'Targets are not clipped',
      evidence: ['not shown'],
      weights: [1],
    },
  ],
  remediations: [remedy('upgrade'), remedy('cpu')],
  alternatives: [],
  rules: [],
  exception: { type: 'ValueError', message: 'Target -1 is out of lower bound.', frames: [] },
  matched: [],
  runs: ['r1'],
  project: 'default',
  first_seen_at: '2026-11-23T10:00:00Z',
  last_seen_at: '2026-11-23T10:00:00Z',
  first_step: 0,
  last_step: 1,
  occurrences: 2,
  fingerprint: 'v1:1',
  grouped_by: 'class and cause',
  evidence: Array.from({ length: 13 }, (_, i) => ({ kind: 'capture', text: `fact ${i}`, data: {}, ref: null })),
  timeline: [],
  assignee: null,
  muted_until: null,
  mute: null,
  resolved_by: null,
  merged_from: [],
};

test('the verdict comes first, then causes, evidence and numbered advice with its reason', () => {
  const text = printIncident(incident, { locale: 'en', width: 100 });
  const order = [
    'Regression target outside',
    'target-out-of-bound | critical | confidence 97% | seen 2 times in 1 run(s)',
    'ValueError: Target -1',
    'paddle-masked-select-gpu, confidence 94%',
    '38 rows differ',
    'unclipped-targets, confidence 3%',
    '[capture] fact 9',
    '... and 3 more',
    '1. Title of upgrade',
    'Reason for upgrade',
    '- First step of upgrade',
    '| pip install upgrade',
    '2. Title of cpu',
    'Reason for cpu',
  ].map((part) => text.indexOf(part));
  expect(order.every((at) => at >= 0)).toBe(true);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(text).not.toContain('First step of cpu');
});

test('headings follow the language and lines the width', () => {
  const text = printIncident(incident, { locale: 'zh', width: 60 });
  expect(text).toContain('可能的原因');
  expect(text).toContain('严重');
  expect(text.split('\n').every((line) => line.length <= 60)).toBe(true);
});
