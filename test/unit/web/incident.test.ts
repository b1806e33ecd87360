// How an incident is laid out: folded frames, grouped evidence, offered state changes, first-run commands.
import { describe, expect, it } from 'vitest';
import type { EvidenceItem } from '../../../web/src/api/answers.ts';
import { type Frame, foldFrames } from '../../../web/src/incident/fold-frames.ts';
import { evidenceFacts, formatDatum, groupEvidence, nameFact } from '../../../web/src/incident/group-evidence.ts';
import { stateActions, stateAfter } from '../../../web/src/incident/state-actions.ts';
import * as english from '../../../web/src/locales/en/index.ts';
import * as chinese from '../../../web/src/locales/zh/index.ts';

const frame = (name: string, inApp: boolean): Frame => ({ file: 'train.py', line: 1, function: name, in_app: inApp });
const item = (kind: string, change: Partial<EvidenceItem> = {}): EvidenceItem => ({
  kind,
  text: '',
  data: {},
  ref: null,
  ...change,
});

describe('foldFrames', () => {
  it('folds neighbouring library frames and keeps the order', () => {
    const [main, a, b, loss] = [frame('main', true), frame('a', false), frame('b', false), frame('loss', true)];
    expect(foldFrames([main, a, b, loss])).toEqual([
      { kind: 'shown', frame: main },
      { kind: 'folded', frames: [a, b] },
      { kind: 'shown', frame: loss },
    ]);
  });

  it('always shows the frame that raised the error', () => {
    const [a, raising] = [frame('a', false), frame('cross_entropy', false)];
    expect(foldFrames([a, raising])).toEqual([
      { kind: 'folded', frames: [a] },
      { kind: 'shown', frame: raising },
    ]);
  });

  it('makes nothing of no frames', () => {
    expect(foldFrames([])).toEqual([]);
  });
});

describe('groupEvidence', () => {
  it('puts tensors first and keeps the order inside a group', () => {
    const [trace, second, first] = [item('trace'), item('capture', { text: '1' }), item('capture', { text: '2' })];
    expect(groupEvidence([trace, second, first])).toEqual([
      { kind: 'capture', items: [second, first] },
      { kind: 'trace', items: [trace] },
    ]);
  });

  it('keeps items of kinds it does not know', () => {
    expect(groupEvidence([item('annotation')])).toEqual([{ kind: 'other', items: [item('annotation')] }]);
  });
});

/** The words of one language as nameFact looks them up. */
function words({ incident }: { incident: Pick<typeof english.incident, 'evidenceFact' | 'evidenceWord'> }) {
  return (group: 'evidenceFact' | 'evidenceWord', name: string): string | null =>
    Object.hasOwn(incident[group], name) ? (incident[group] as Record<string, string>)[name]! : null;
}

describe('nameFact', () => {
  it('says facts of tensors and their words in the language of the reader', () => {
    const fact = { label: 'reasons', value: 'summed-over-ranks, auxiliary-head' };
    expect(nameFact(fact, words(english))).toEqual({
      label: 'Reasons',
      value: 'summed over ranks, auxiliary head added',
    });
    expect(nameFact(fact, words(chinese))).toEqual({ label: '原因', value: '各卡求和, 加上了辅助检测头' });
  });

  it('leaves numbers and unknown facts as they are', () => {
    expect(nameFact({ label: 'worst_percent', value: '31.5' }, words(english)).value).toBe('31.5');
    const unknown = { label: 'constructor', value: 'left' };
    expect(nameFact(unknown, words(english))).toEqual(unknown);
  });
});

describe('evidenceFacts', () => {
  const capture = item('capture', {
    text: '9 targets lie below the range (rule dfl.target_below_range).',
    data: { rule: 'dfl.target_below_range', below_range: 9, target_min: -1, step: null, run: 'r1' },
    ref: 'cap_1',
  });

  it('shows the numbers and the reference, but no absent value and no text the sentence tells', () => {
    expect(evidenceFacts(capture, false)).toEqual([
      { label: 'below_range', value: '9' },
      { label: 'target_min', value: '-1' },
      { label: 'ref', value: 'cap_1' },
    ]);
  });

  it('names the run where an incident has several', () => {
    expect(evidenceFacts(capture, true)).toContainEqual({ label: 'run', value: 'r1' });
  });
});

describe('formatDatum', () => {
  it.each([
    [17, '17'],
    [31.7201004, '31.7201'],
    [4.576918229304087e18, '4.57692e+18'],
    [1.5e-9, '1.5e-9'],
    ['NaN', 'NaN'],
    [false, 'false'],
    [null, ''],
    [[0, 17], '0, 17'],
    [[], ''],
    [{ lo: 0 }, '{"lo":0}'],
  ])('writes %j as "%s"', (value, text) => {
    expect(formatDatum(value)).toBe(text);
  });
});

describe('stateActions', () => {
  it('offers no action that leads to the state the incident is in, and a way to each other state it allows', () => {
    expect(stateActions('open').map((action) => stateAfter[action])).toEqual(['acknowledged', 'resolved']);
    expect(stateActions('acknowledged').map((action) => stateAfter[action])).toEqual(['resolved', 'open']);
    expect(stateActions('resolved').map((action) => stateAfter[action])).toEqual(['open']);
  });
});
