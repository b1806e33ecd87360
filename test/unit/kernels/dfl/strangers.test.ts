import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrangerKind } from '../../../../src/contracts/dfl.ts';
import { replaySelection } from '../../../../src/kernels/dfl/selection.ts';

const anchors = 40;
/** Two images of 20 anchors; every third anchor is selected, 14 in all. */
const mask = Uint8Array.from({ length: anchors }, (_, anchor) => Number(anchor % 3 === 0));
const full = Float32Array.from({ length: 4 * anchors }, (_, i) => 0.5 + ((i * 37) % 150) / 10 + i / 1000);
const positives = 14;
const rowOfAnchor = (anchor: number) => full.subarray(4 * anchor, 4 * anchor + 4);
function select(): Float32Array {
  const target = new Float32Array(4 * positives);
  for (let row = 0; row < positives; row++) target.set(rowOfAnchor(3 * row), 4 * row);
  return target;
}
function replay(change: (target: Float32Array) => void) {
  const target = select();
  change(target);
  return replaySelection(mask, full, target, positives);
}
/** Only the kinds that occur. */
const kindsOf = ({ strangers }: ReturnType<typeof replaySelection>) =>
  Object.fromEntries(Object.entries(strangers?.kinds ?? {}).filter(([, count]) => count > 0));
const fill = (bytes: ArrayBufferView, from = 5) => {
  return (target: Float32Array) => target.set(new Float32Array(bytes.buffer), 4 * from);
};

describe('what stands in rows that were not selected', () => {
  it('says that rows hold those of other rows at a constant distance, and of which image', () => {
    // The rows of image 1 (anchors 20 to 39, selected rows 7 to 13) hold what rows 0 to 6 should.
    const found = replay((target) => target.copyWithin(28, 0, 28));
    expect(kindsOf(found)).toEqual({ shifted: 7 });
    expect(found.ranges).toEqual([{ first: 7, last: 13 }]);
    expect(found.strangers).toMatchObject({
      shift: { rows: { first: 7, last: 13 }, holds: { first: 0, last: 6 } },
      source: { row: 7, expectedAnchor: 21, heldAnchor: 0 },
    });
  });

  it('tells rows in another order from rows that are shifted', () => {
    const found = replay((target) => {
      const order = [3, 9, 0, 12, 1, 13, 7, 2, 11, 4, 5, 10, 8, 6];
      for (const [row, held] of order.entries()) target.set(rowOfAnchor(3 * held), 4 * row);
    });
    expect(found.mismatchedRows).toBe(14);
    expect(Object.keys(kindsOf(found)).sort()).toEqual(['other-row', 'shifted']);
    expect(found.strangers?.kinds['other-row']).toBeGreaterThan(9);
  });

  it('finds the targets of anchors that mask does not select', () => {
    const found = replay((target) => target.set(rowOfAnchor(25), 4 * 2));
    expect(kindsOf(found)).toEqual({ unselected: 1 });
    expect(found.strangers?.source).toEqual({ row: 2, expectedAnchor: 6, heldAnchor: 25 });
  });

  it.each<[string, (target: Float32Array) => void, Partial<Record<StrangerKind, number>>]>([
    ['zeros', (target) => target.fill(0, 20, 32), { zeros: 3 }],
    ['a fill value', (target) => target.fill(7.77, 20, 36), { ordinary: 1, repeated: 3 }],
    ['int64 labels', fill(BigInt64Array.of(3n, -1n, 80n, 0n)), { int64: 2 }],
    ['int32 labels', fill(Int32Array.of(3, 7, 80, 1, -2, 5, 0, 9)), { int32: 2 }],
    ['float64 numbers', fill(Float64Array.of(0.1, 0.7, -3.3, 12.1)), { float64: 2 }],
    ['NaN', (target) => target.set([1, Number.NaN, 2, 3], 20), { 'non-finite': 1 }],
    ['denormal numbers', (target) => target.set([1.25, 1e-40, 2, 3], 20), { denormal: 1 }],
    ['huge numbers', (target) => target.set([1.25, 4.2e20, 2, 3], 20), { huge: 1 }],
    ['ordinary floats', (target) => target.set([-6.5, 460.25, 2, 3], 20), { ordinary: 1 }],
  ])('recognises %s', (_, change, kinds) => {
    expect(kindsOf(replay(change))).toEqual(kinds);
  });

  it('reads the first row of another type as that', () => {
    expect(replay(fill(BigInt64Array.of(3n, -1n))).strangers?.decoded).toEqual({ row: 5, values: [3, -1] });
    expect(replay(fill(Float64Array.of(0.1, 0.7))).strangers?.decoded).toEqual({ row: 5, values: [0.1, 0.7] });
  });

  it('reads float32 pairs and integers in float64 targets', () => {
    const source = Float64Array.from(full);
    const target = Float64Array.from(select());
    const pairs = Float32Array.of(0.553912, 1.091984, -6.782793, 2.003698, 0.1, 0.2, 0.3, 0.4);
    target.set(new Float64Array(pairs.buffer), 8);
    target.set(new Float64Array(BigInt64Array.of(1n, 2n, -3n, 0n).buffer), 12);
    const found = replaySelection(mask, source, target, positives);
    expect(kindsOf(found)).toEqual({ float32: 1, int64: 1 });
    expect(found.strangers?.decoded?.values).toEqual([...pairs]);
  });

  it('replays angles, whose rows have one column', () => {
    const angles = Float32Array.of(1, 2, 3, 4, 5, 6);
    const found = replaySelection(Uint8Array.of(1, 0, 1, 1, 0, 1), angles, Float32Array.of(1, 5, 4, 6), 4);
    expect(found).toMatchObject({ checked: 4, mismatchedRows: 1, examples: [{ row: 1, expected: [3], got: [5] }] });
    expect(kindsOf(found)).toEqual({ unselected: 1 });
  });

  it('lists the first runs of rows and counts all, and rows that target lacks have no content', () => {
    const all = new Uint8Array(100).fill(1);
    const source = Float32Array.from({ length: 400 }, (_, i) => i);
    const target = source.slice(0, 200);
    for (let row = 0; row < 50; row += 2) target[4 * row] = -1;
    const found = replaySelection(all, source, target, 50);
    expect(found).toMatchObject({ mismatchedRows: 75, rangeCount: 26, checked: 100 });
    expect(found.ranges).toHaveLength(20);
    expect(found.ranges[1]).toEqual({ first: 2, last: 2 });
    expect(found.strangers?.inspected).toBe(25);
  });

  it('gives every mismatched row exactly one kind, and finds any planted shift', () => {
    const plan = fc.record({ shift: fc.integer({ min: 1, max: 20 }), rows: fc.integer({ min: 25, max: 60 }) });
    fc.assert(
      fc.property(plan, ({ shift, rows }) => {
        const source = Float32Array.from({ length: 4 * rows }, (_, i) => Math.sin(i) * 8 + 8);
        const target = source.slice();
        target.copyWithin(4 * shift, 0);
        const found = replaySelection(new Uint8Array(rows).fill(1), source, target, rows);
        expect(found.strangers?.kinds.shifted).toBe(rows - shift);
        expect(found.strangers?.shift).toEqual({
          rows: { first: shift, last: rows - 1 },
          holds: { first: 0, last: rows - 1 - shift },
        });
        const total = Object.values(found.strangers?.kinds ?? {}).reduce((sum, count) => sum + count, 0);
        expect(total).toBe(found.strangers?.inspected);
      }),
    );
  });
});
