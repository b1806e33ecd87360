import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaySelection } from '../../../../src/kernels/dfl/selection.ts';

const mask = Uint8Array.of(0, 1, 0, 0, 1, 1);
const full = Float32Array.from({ length: 24 }, (_, i) => i + 0.5);
const selected = () => Float32Array.of(...full.subarray(4, 8), ...full.subarray(16, 24));

describe('replaySelection', () => {
  it('finds nothing wrong with the rows the mask selects, in row-major order', () => {
    expect(replaySelection(mask, full, selected(), 3)).toEqual({
      checked: 3,
      mismatchedRows: 0,
      selectedRows: 3,
      examples: [],
      ranges: [],
      rangeCount: 0,
      strangers: null,
    });
  });

  it('names a row that is not what the mask selects, with both values', () => {
    const target = selected();
    target[9] = -6;
    const replay = replaySelection(mask, full, target, 3);
    expect(replay).toMatchObject({ checked: 3, mismatchedRows: 1, selectedRows: 3 });
    expect(replay.examples).toEqual([{ row: 2, expected: [20.5, 21.5, 22.5, 23.5], got: [20.5, -6, 22.5, 23.5] }]);
  });

  it('finds a difference in the last bit', () => {
    const target = selected();
    const bits = new Uint32Array(target.buffer);
    bits[0] = (bits[0] as number) ^ 1;
    expect(replaySelection(mask, full, target, 3).mismatchedRows).toBe(1);
  });

  it('takes NaN as equal to NaN of the same bits, and -0 as different from 0', () => {
    const source = full.slice();
    source[4] = Number.NaN;
    source[5] = 0;
    const target = Float32Array.of(...source.subarray(4, 8), ...source.subarray(16, 24));
    expect(replaySelection(mask, source, target, 3).mismatchedRows).toBe(0);
    target[1] = -0;
    expect(replaySelection(mask, source, target, 3).mismatchedRows).toBe(1);
  });

  it('compares float64 rows to the last bit of both halves', () => {
    const source = Float64Array.from({ length: 8 }, (_, i) => i + 0.1);
    for (let half = 0; half < 16; half++) {
      const target = source.slice();
      const bits = new Uint32Array(target.buffer);
      bits[half] = (bits[half] as number) ^ 1;
      expect(replaySelection(Uint8Array.of(1, 1), source, target, 2).mismatchedRows).toBe(1);
    }
    expect(replaySelection(Uint8Array.of(1, 1), source, source.slice(), 2).mismatchedRows).toBe(0);
  });

  it('counts the rows of P that the mask does not select as mismatched', () => {
    const target = Float32Array.of(...selected(), 1, 2, 3, 4);
    const replay = replaySelection(mask, full, target, 4);
    expect(replay).toMatchObject({ checked: 4, mismatchedRows: 1, selectedRows: 3 });
    expect(replay.examples).toEqual([{ row: 3, expected: [], got: [1, 2, 3, 4] }]);
  });

  it('counts the selected rows beyond P as mismatched', () => {
    const replay = replaySelection(mask, full, selected().subarray(0, 8), 2);
    expect(replay).toMatchObject({ checked: 3, mismatchedRows: 1, selectedRows: 3 });
    expect(replay.examples).toEqual([{ row: 2, expected: [20.5, 21.5, 22.5, 23.5], got: [] }]);
  });

  it('takes any byte but 0 as true and keeps ten examples', () => {
    const all = new Uint8Array(50).fill(255);
    const replay = replaySelection(all, new Float32Array(200), new Float32Array(200).fill(1), 50);
    expect(replay).toMatchObject({ checked: 50, mismatchedRows: 50, selectedRows: 50 });
    expect(replay.examples.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('counts exactly the rows that were tampered with', () => {
    const plan = fc.array(fc.record({ positive: fc.boolean(), tampered: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(plan, (anchors) => {
        const source = Float32Array.from({ length: anchors.length * 4 }, (_, i) => i);
        const positives = anchors.map((anchor, at) => ({ ...anchor, at })).filter(({ positive }) => positive);
        const target = Float32Array.from(
          positives.flatMap(({ at, tampered }) =>
            [0, 1, 2, 3].map((side) => at * 4 + side + (tampered && side === at % 4 ? 0.25 : 0)),
          ),
        );
        const replay = replaySelection(
          Uint8Array.from(anchors, ({ positive }) => Number(positive)),
          source,
          target,
          positives.length,
        );
        expect(replay.mismatchedRows).toBe(positives.filter(({ tampered }) => tampered).length);
        expect(replay.checked).toBe(positives.length);
      }),
    );
  });

  it('throws when lengths or types do not fit', () => {
    expect(() => replaySelection(mask, full.subarray(4), selected(), 3)).toThrow(/does not fit/);
    expect(() => replaySelection(mask, full, selected(), 4)).toThrow(/does not fit/);
    expect(() => replaySelection(mask, Float64Array.from(full), selected(), 3)).toThrow(/does not fit/);
  });
});
