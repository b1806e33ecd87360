// The dashboard's addresses, read and written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diagnosePath,
  filterQuery,
  hasFilters,
  incidentPath,
  incidentsPath,
  noFilters,
  parseRoute,
  severityChoices,
  stateChoices,
  systemPath,
} from '../../../web/src/routes.ts';

describe('parseRoute', () => {
  it('shows the incident list at the root and at /incidents', () => {
    const list = { page: 'incidents', filters: noFilters };
    expect(parseRoute('/', '')).toEqual(list);
    expect(parseRoute('/incidents', '')).toEqual(list);
    expect(parseRoute('/incidents/', '')).toEqual(list);
  });

  it('reads the filters of the list from the query', () => {
    expect(parseRoute('/incidents', '?state=open&severity=critical&q=%20masked%20')).toEqual({
      page: 'incidents',
      filters: { state: 'open', severity: 'critical', q: 'masked' },
    });
  });

  it('counts filter values that do not exist as absent', () => {
    expect(parseRoute('/incidents', '?state=closed&severity=fatal')).toEqual({ page: 'incidents', filters: noFilters });
  });

  it('reads the id of an incident', () => {
    expect(parseRoute('/incidents/inc_1', '')).toEqual({ page: 'incident', id: 'inc_1' });
  });

  it('knows the page of the system', () => {
    expect(parseRoute(systemPath, '')).toEqual({ page: 'system' });
    expect(parseRoute(`${systemPath}/more`, '')).toEqual({ page: 'not-found' });
  });

  it('knows the page that diagnoses a text', () => {
    expect(parseRoute(diagnosePath, '')).toEqual({ page: 'diagnose' });
    expect(parseRoute(`${diagnosePath}/more`, '')).toEqual({ page: 'not-found' });
  });

  it.each(['/runs', '/incidents/a/b', '/incidents/%E0%A4%A'])('knows no page at %s', (path) => {
    expect(parseRoute(path, '')).toEqual({ page: 'not-found' });
  });
});

describe('paths', () => {
  it('lead back to the incident they were made for, whatever its id', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (id) => {
        const url = new URL(incidentPath(id), 'http://localhost');
        // A browser resolves the segments "." and ".." away; no id is one of them.
        if (id === '.' || id === '..') return;
        expect(parseRoute(url.pathname, url.search)).toEqual({ page: 'incident', id });
      }),
    );
  });

  it('lead back to the filters they were made for', () => {
    const filters = fc.record({
      state: fc.constantFrom(null, ...stateChoices),
      severity: fc.constantFrom(null, ...severityChoices),
      q: fc.string({ unit: 'grapheme' }).map((q) => q.trim()),
    });
    fc.assert(
      fc.property(filters, (given) => {
        const url = new URL(incidentsPath(given), 'http://localhost');
        expect(parseRoute(url.pathname, url.search)).toEqual({ page: 'incidents', filters: given });
      }),
    );
  });

  it('name no filter that is not set', () => {
    expect(incidentsPath(noFilters)).toBe('/incidents');
    expect(filterQuery({ ...noFilters, state: 'resolved' }).toString()).toBe('state=resolved');
  });
});

describe('hasFilters', () => {
  it('is true as soon as one filter is set', () => {
    expect(hasFilters(noFilters)).toBe(false);
    expect(hasFilters({ ...noFilters, state: 'open' })).toBe(true);
    expect(hasFilters({ ...noFilters, severity: 'info' })).toBe(true);
    expect(hasFilters({ ...noFilters, q: 'dfl' })).toBe(true);
  });
});
