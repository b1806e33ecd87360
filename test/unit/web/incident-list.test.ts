import { describe, expect, it } from 'vitest';
import type { IncidentSummary } from '../../../src/contracts/incidents.ts';
import { holdOrder, moveActive } from '../../../web/src/incident-list/hold-order.ts';
import { readViews, withView } from '../../../web/src/incident-list/saved-views.ts';

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
