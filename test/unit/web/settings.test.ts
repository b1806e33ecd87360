import { describe, expect, it } from 'vitest';
import { newPair } from '../../../web/src/alerts/pair-rows.ts';
import { fromSettings, type SettingField, settingFields, toSettings } from '../../../web/src/alerts/settings-values.ts';
import {
  type DetectorItem,
  faultOf,
  isSound,
  refusalOf,
  type Threshold,
  toForm,
  toOptions,
} from '../../../web/src/settings/detector-form.ts';
import { parseOwnership, writeOwnership } from '../../../web/src/settings/ownership-lines.ts';

describe('ownership rules as lines', () => {
  it('come back as they were', () => {
    const rules = [
      { class: 'loss-*', path: '**/head.py', tag: 'team=vision', assignee: 'mei' },
      { assignee: 'on call' },
    ];
    expect(parseOwnership(writeOwnership(rules))).toEqual({ rules, wrongLine: null });
  });

  it.each(['class:loss-nan', 'class:loss-nan ->', 'loss-nan -> mei', 'tag:team -> mei', 'a -> b -> c'])(
    'names the line that is no rule: %s',
    (line) => {
      expect(parseOwnership(`-> mei\n\n${line}`).wrongLine).toBe(3);
    },
  );
});

describe('the form of the detectors', () => {
  const threshold = (name: string, more: Partial<Threshold> = {}): Threshold => ({
    ...{ name, type: 'number', unit: 'times', default: 2.5, minimum: 1, maximum: 100, text: '' },
    ...more,
  });
  const window = threshold('window', { type: 'integer', unit: 'points', default: 64 });
  const spike: DetectorItem = {
    ...{ id: 'metric.spike', title: 'Spike', thresholds: { factor: 2.5, window: 64 } },
    options: [threshold('factor'), window],
  };
  const plateau: DetectorItem = { id: 'metric.plateau', title: 'Plateau', thresholds: {}, options: [] };

  it('gives options back as they were', () => {
    const options = { 'metric.spike': { thresholds: { factor: 3 } }, 'metric.plateau': { enabled: false } };
    expect(toOptions(toForm(options), [spike, plateau])).toEqual(options);
  });

  it('sends only what differs from the defaults, of what there is', () => {
    const form = {
      'metric.spike': { enabled: true, typed: { factor: '2.5', window: ' ', gone: '7' } },
      'metric.gone': { enabled: false, typed: {} },
    };
    expect(toOptions(form, [spike, plateau])).toEqual({});
  });

  it.each([
    ['', null],
    ['64', null],
    ['6.5', 'integer'],
    ['0', 'integer'],
    ['101', 'integer'],
    ['many', 'integer'],
  ])('judges %j of a whole number as %s', (typed, fault) => {
    expect(faultOf(window, typed)).toBe(fault);
    expect(isSound({ 'metric.spike': { enabled: true, typed: { window: typed } } }, [spike])).toBe(fault === null);
  });

  it('finds what the API refused by its path', () => {
    const errors = [{ path: '/detectors/metric.spike/thresholds/factor', message: 'must be more' }];
    expect(refusalOf(errors, 'metric.spike', 'factor')).toBe('must be more');
    expect(refusalOf(errors, 'metric.spike', 'window')).toBeUndefined();
  });
});

describe('the settings of a channel', () => {
  const fields = settingFields({
    properties: {
      at: { type: 'array', title: 'At' },
      card: { type: 'boolean' },
      size: { type: 'integer' },
      tone: { type: 'string', enum: ['plain', 'loud'] },
      keyword: { type: 'string', description: 'Which word' },
    },
  });

  it('are drawn as their schema asks', () => {
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'at list',
      'card yes-no',
      'size number',
      'tone choice',
      'keyword text',
    ]);
  });

  it('are sent as the API takes them, without what was left empty', () => {
    expect(toSettings(fields, { at: 'a, b，c', card: 'false', size: '3', tone: '', keyword: ' x ' })).toEqual({
      at: ['a', 'b', 'c'],
      card: false,
      size: 3,
      keyword: 'x',
    });
  });

  it('have rows for texts by name, of which those without a name are left out', () => {
    const [labels] = settingFields({ properties: { labels: { type: 'object', patternProperties: {} } } });
    expect(labels?.kind).toBe('pairs');
    const rows = [newPair(' team ', 'vision'), newPair('', 'lost'), newPair('node', '')];
    expect(toSettings([labels as SettingField], { labels: rows })).toEqual({ labels: { team: 'vision', node: '' } });
    expect(toSettings([labels as SettingField], { labels: [newPair()] })).toEqual({});
  });

  it('come back from the form of an endpoint as they were', () => {
    const properties = {
      ...{ receiver: { type: 'string' }, size: { type: 'integer' }, at_all: { type: 'boolean' } },
      ...{ mention: { type: 'array' }, labels: { type: 'object' }, unset: { type: 'string' } },
    };
    const fields = settingFields({ properties });
    const settings = { receiver: 'ops', size: 3, at_all: false, mention: ['here', 'U123'], labels: { team: 'vision' } };
    expect(toSettings(fields, fromSettings(fields, settings))).toEqual(settings);
  });
});
