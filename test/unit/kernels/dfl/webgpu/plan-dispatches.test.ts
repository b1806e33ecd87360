import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../../../../src/kernels/dfl/webgpu/dispatch-layout.ts';
import { planDispatches } from '../../../../../src/kernels/dfl/webgpu/plan-dispatches.ts';
import { memoryOf, shapeOf } from '../../../../../src/kernels/dfl/webgpu/shape.ts';
import { anyInput, inFloat32, largeInput } from '../../../../conformance/kernels/dfl-inputs.ts';

const inputs = fc.array(anyInput.map(inFloat32), { minLength: 1, maxLength: 8 });

describe('plan of the dispatches', () => {
  it('takes every row once, in order, and only captures of one shape together', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 100_000 }), (batch, maxBytes) => {
        const next = new Map(batch.map((input) => [input, 0]));
        for (const { bins, sides, slices } of planDispatches(batch, maxBytes)) {
          for (const { input, firstRow, rows } of slices) {
            expect([input.bins, input.sides, firstRow]).toEqual([bins, sides, next.get(input)]);
            expect(rows).toBeGreaterThan(0);
            next.set(input, firstRow + rows);
          }
        }
        for (const [input, rows] of next) expect(rows).toBe(input.positives);
      }),
    );
  });

  it('keeps every buffer of a dispatch within the bound', () => {
    const maxBytes = 300_000;
    fc.assert(
      fc.property(inputs, (batch) => {
        for (const dispatch of planDispatches([...batch, largeInput(5000)], maxBytes)) {
          const layout = layOut(dispatch, shapeOf(dispatch.bins, dispatch.sides));
          for (const bytes of [layout.logitsBytes, layout.rowsBytes, layout.resultWords * 4])
            expect(bytes).toBeLessThanOrEqual(maxBytes);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('puts a thousand captures of one shape into one dispatch', () => {
    const plan = planDispatches(
      Array.from({ length: 1000 }, () => largeInput(4)),
      2 ** 26,
    );
    expect(plan.map(({ slices }) => slices.length)).toEqual([1000]);
  });
});

describe('shape of the kernel', () => {
  it('fits the workgroup memory of every adapter for every K, and lets an invocation add up few logits', () => {
    const shapes = Array.from({ length: 255 }, (_, i) => shapeOf(i + 2, 4));
    for (const shape of [null, ...shapes]) {
      const { tileWords, laneWords, localCells } = memoryOf(shape);
      expect(localCells).toBeGreaterThan(0);
      const arrays = [tileWords, laneWords, laneWords, laneWords, localCells, 4, 2];
      const words = arrays.reduce((sum, length) => sum + Math.ceil(length / 4) * 4, 0);
      expect(4 * words).toBeLessThanOrEqual(16_384);
    }
    for (const { bins, lanes } of shapes) expect(bins / lanes).toBeLessThanOrEqual(20);
  });
});
