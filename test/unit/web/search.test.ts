// What stands after the "?" of the dashboard's addresses, read and written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  incidentQuery,
  isNarrowed,
  readIncidentSearch,
  severityChoices,
  stateChoices,
} from '../../../web/src/search/incidents.ts';
import {
  parseSearch,
  readChoice,
  readFlag,
  readNumber,
  readText,
  readTexts,
  stringifySearch,
} from '../../../web/src/search/params.ts';

describe('parseSearch and stringifySearch', () => {
  it('give back what was put in, whatever the texts', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const search = fc.dictionary(text, fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 4 })));
    fc.assert(
      fc.property(search, (given) => {
        expect(parseSearch(stringifySearch(given))).toEqual({ ...given });
      }),
    );
  });

  it('say nothing of what is not set', () => {
    expect(stringifySearch({ a: undefined, b: '', c: null, d: false, e: [] })).toBe('');
    expect(stringifySearch({ q: 'a b', log: true, from: 10 })).toBe('?q=a+b&log=true&from=10');
  });
});

describe('readers of parameters', () => {
  it.each([
    [readText, ' masked ', 'masked'],
    [readText, ['first', 'second'], 'first'],
    [readText, '   ', undefined],
    [readTexts, 'loss', ['loss']],
    [readTexts, ['loss', 'lr'], ['loss', 'lr']],
    [readTexts, undefined, undefined],
    [readNumber, '10', 10],
    [readNumber, 'ten', undefined],
    [readNumber, '', undefined],
    [readFlag, 'true', true],
    [readFlag, '1', true],
    [readFlag, 'false', undefined],
    [(value: unknown) => readChoice(['open', 'resolved'], value), 'open', 'open'],
    [(value: unknown) => readChoice(['open', 'resolved'], value), 'closed', undefined],
  ] as [(value: unknown) => unknown, unknown, unknown][])('%o reads %o as %o', (read, value, expected) => {
    expect(read(value)).toEqual(expected);
  });
});

describe('readIncidentSearch', () => {
  it('reads the filters and counts values that do not exist as absent', () => {
    expect(readIncidentSearch(parseSearch('?state=open&severity=critical&q=%20masked%20'))).toEqual({
      state: 'open',
      severity: 'critical',
      q: 'masked',
    });
    expect(readIncidentSearch(parseSearch('?state=closed&severity=fatal'))).toEqual({});
  });

  it('leads back to the filters an address was made of', () => {
    const search = fc.record({
      state: fc.constantFrom(undefined, ...stateChoices),
      severity: fc.constantFrom(undefined, ...severityChoices),
      q: fc.string({ unit: 'grapheme', minLength: 1 }).map((q) => q.trim() || undefined),
    });
    fc.assert(
      fc.property(search, (given) => {
        expect(readIncidentSearch(parseSearch(stringifySearch(given)))).toEqual(given);
      }),
    );
  });

  it('keeps every filter that the API has, and asks it for what is nobody’s by an empty assignee', () => {
    const address =
      '?class=loss-nan&cause=numeric-overflow&project=vision&run=r1&unassigned=true&tag=team%3Dvision' +
      '&regressed=true&muted=false&since=2026-11-23T12%3A00%3A00.000Z&until=soon';
    const search = readIncidentSearch(parseSearch(address));
    expect(parseSearch(incidentQuery(search, { limit: 100, cursor: null }))).toEqual({
      ...{ class: 'loss-nan', cause: 'numeric-overflow', project: 'vision', run: 'r1', tag: 'team=vision' },
      ...{ regressed: 'true', muted: 'false', since: '2026-11-23T12:00:00.000Z', limit: '100', assignee: '' },
    });
    expect(incidentQuery({ assignee: 'mei' }, { limit: 1 })).toBe('?limit=1&assignee=mei');
  });

  it('tells whether a list is narrowed', () => {
    expect(isNarrowed(readIncidentSearch({}))).toBe(false);
    expect(isNarrowed({ severity: 'info' })).toBe(true);
    expect(isNarrowed({ q: 'dfl' })).toBe(true);
  });
});
