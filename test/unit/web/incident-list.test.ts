import { describe, expect, it } from 'vitest';
import type { IncidentSummary } from '../../../src/contracts/incidents.ts';
import { countFilters, fromLocalTime, toLocalTime } from '../../../web/src/incident-list/filters.ts';
import { moveActive } from '../../../web/src/incident-list/move-active.ts';
import { readViews, withView } from '../../../web/src/incident-list/saved-views.ts';
import { holdOrder, withLatest } from '../../../web/src/live/hold-order.ts';

const incident = (id: string, occurrences = 1) => ({ id, occurrences }) as IncidentSummary;
const ids = (rows: IncidentSummary[]) => rows.map(({ id }) => id);

describe('the list of incidents', () => {
  it('stays in place while known ones change and new ones come', () => {
    const { rows, waiting } = holdOrder(
      [incident('a'), incident('b'), incident('c')],
      [incident('new'), incident('c', 9)],
    );
    expect(ids(rows)).toEqual(['a', 'b', 'c']);
    expect(rows[2]?.occurrences).toBe(9);
    expect(waiting).toBe(1);
  });

  it('shows rows on view as they are now, wherever they are in the list', () => {
    const { rows, waiting } = holdOrder([incident('a'), incident('b')], [incident('a', 2)]);
    expect(withLatest(rows, [incident('b', 7)])).toEqual([incident('a', 2), incident('b', 7)]);
    expect(waiting).toBe(0);
  });

  it('keeps a row that came again unchanged, so that it is not drawn again', () => {
    const [known, changed] = [incident('a'), incident('b')];
    const rows = withLatest([known, changed], [incident('a'), incident('b', 2)]);
    expect(rows[0]).toBe(known);
    expect(rows[1]).not.toBe(changed);
  });

  it('shows at once what comes into an empty list, and each incident once', () => {
    expect(ids(holdOrder([], [incident('a')]).rows)).toEqual(['a']);
    expect(ids(holdOrder([incident('a'), incident('b'), incident('a')], []).rows)).toEqual(['a', 'b']);
  });

  it.each([
    [null, 1, 5, 0],
    [null, -1, 5, 4],
    [0, -1, 5, 0],
    [4, 1, 5, 4],
    [9, 1, 3, 2],
    [2, 1, 0, null],
  ] as const)('from row %s a key by %s of %s leads to %s', (active, by, count, to) => {
    expect(moveActive(active, by, count)).toBe(to);
  });
});

describe('the filters that fold out', () => {
  it('are counted, and those in sight are not', () => {
    expect(countFilters({ state: 'open', q: 'nan', class: 'loss-nan', muted: 'false' })).toBe(2);
  });

  it('take times as a field of the browser holds them', () => {
    expect(fromLocalTime(toLocalTime('2026-11-23T12:34:00.000Z'))).toBe('2026-11-23T12:34:00.000Z');
    expect(fromLocalTime('')).toBeUndefined();
    expect(toLocalTime(undefined)).toBe('');
  });
});

describe('saved views', () => {
  it('are kept by name, and what is no view is left out', () => {
    const views = withView([{ name: 'mine', search: { state: 'open' } }], { name: 'mine', search: { q: 'nan' } });
    expect(readViews(JSON.stringify([...views, 3, { name: 7 }]))).toMatchObject([
      { name: 'mine', search: { q: 'nan' } },
    ]);
    expect(readViews('no json')).toEqual([]);
    expect(readViews('{}')).toEqual([]);
  });
});
