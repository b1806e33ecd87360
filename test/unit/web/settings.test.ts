import { describe, expect, it } from 'vitest';
import { settingFields, toSettings } from '../../../web/src/alerts/settings-values.ts';
import { parseOptions, parseOwnership, writeOwnership } from '../../../web/src/settings/project-texts.ts';

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

it('takes a JSON object for detector options and nothing else', () => {
  expect(parseOptions('{"metric.spike": {"enabled": false}}')).toEqual({ 'metric.spike': { enabled: false } });
  expect(parseOptions('')).toEqual({});
  for (const text of ['[]', 'null', '3', '{']) expect(parseOptions(text)).toBeNull();
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
});
