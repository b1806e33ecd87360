// The cpu backend against the reference, float64 tensors included: it is the one that computes them.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { DflRecomputation } from '../../../src/contracts/dfl.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import type { DflInput, Float32DflInput } from '../../../src/kernels/dfl/contract.ts';
import { createCpuBackend } from '../../../src/kernels/dfl/cpu/cpu-backend.ts';
import { describeDflBackend } from './describe-dfl-backend.ts';
import { anyInput, inFloat32, largeInput, oneDistribution, repeat } from './dfl-inputs.ts';

describeDflBackend('cpu', async () => createCpuBackend(), { numRuns: 200 });

describe('DFL backend cpu, float64', () => {
  const backend = createCpuBackend();
  afterAll(() => backend.close());
  const recompute = async (input: DflInput) => (await backend.recompute([input]))[0] as DflRecomputation;

  it('agrees with the reference on arbitrary captures', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        expect(findDifference(await recompute(input), input)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('computes float64 logits whose differences overflow', async () => {
    const input = oneDistribution([1e308, 1e308, -1e308, -1e308], 0.5);
    const result = await recompute(input);
    expect(findDifference(result, input)).toBeNull();
    expect(result.lossDfl).toBeCloseTo(Math.LN2, 6);
    expect(result.entropyMean).toBeCloseTo(Math.LN2, 6);
  });
});

describe('DFL backend cpu, on many cores', () => {
  it('shares a capture out to 16 threads without a warning of a leak', async () => {
    const backend = createCpuBackend({ threads: 16 });
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const input = largeInput(1);
    const part = largeInput(120_000);
    const { bytes, free } = backend.allocate(part.predDist.byteLength);
    const predDist = new Float32Array(bytes.buffer, bytes.byteOffset, part.predDist.length);
    predDist.set(part.predDist);
    const [result] = await backend.recompute([{ ...part, predDist }]);
    expect(result?.distributions).toBe(480_000);
    expect(findDifference((await backend.recompute([input]))[0] as DflRecomputation, input)).toBeNull();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    free();
    await backend.close();
  });
});

describe('DFL backend cpu, where tensors lie', () => {
  const backend = createCpuBackend({ threads: 2 });
  afterAll(() => backend.close());
  const recompute = async (input: DflInput) => (await backend.recompute([input]))[0] as DflRecomputation;

  /** The same input with its logits and targets in memory that the backend has lent. */
  function inLentMemory(input: Float32DflInput) {
    const { predDist, target } = input;
    const loan = backend.allocate(predDist.byteLength + target.byteLength + 4);
    // Four bytes on: tensors of a file lie at any multiple of their size.
    const { buffer, byteOffset } = loan.bytes;
    const placed = {
      ...input,
      predDist: new Float32Array(buffer, byteOffset + 4, predDist.length),
      target: new Float32Array(buffer, byteOffset + 4 + predDist.byteLength, target.length),
    };
    placed.predDist.set(predDist);
    placed.target.set(target);
    return { placed, free: loan.free };
  }

  it.each([1, 3, 500, 20_000])('gives the same for %d positives in lent memory as elsewhere', async (positives) => {
    const input = largeInput(positives);
    const { placed, free } = inLentMemory(input);
    const [lent, elsewhere] = [await recompute(placed), await recompute(input)];
    expect(lent).toEqual(elsewhere);
    free();
  });

  it('computes tensors larger than all the memory that the threads share', async () => {
    const block = largeInput(500);
    const times = 2_100;
    const result = await recompute(repeat(block, times));
    const expected = await recompute(block);
    expect(result.distributions).toBe(2_000 * times);
    expect(result.binHistogram).toEqual(expected.binHistogram.map((count) => count * times));
    expect(Math.abs((result.lossDfl as number) / (expected.lossDfl as number) - 1)).toBeLessThan(1e-9);
  }, 60_000);

  it('finds offenders and non-finite logits wherever they are, in the order of the whole capture', async () => {
    const input = largeInput(9_000);
    input.target.set([460, -3], 4 * 8_000 + 1);
    input.target.set([Number.NaN], 7);
    input.predDist.set([Number.NaN], 68 * 8_999);
    input.predDist.set([Number.NEGATIVE_INFINITY], 68 * 17 + 20);
    const { offenders, firstNonFiniteLogits } = await recompute(input);
    expect(offenders).toEqual([
      { row: 1, side: 3, target: Number.NaN },
      { row: 8_000, side: 1, target: 460 },
      { row: 8_000, side: 2, target: -3 },
    ]);
    expect(firstNonFiniteLogits).toEqual([
      { row: 17, side: 1, bin: 3, value: Number.NEGATIVE_INFINITY },
      { row: 8_999, side: 0, bin: 0, value: Number.NaN },
    ]);
  });

  it('computes angles whose number is not a multiple of four', async () => {
    for (const positives of [1, 2, 3, 5, 1023]) {
      const angles: Float32DflInput = {
        ...largeInput(positives),
        sides: 1,
        bins: 68,
        target: Float32Array.from({ length: positives }, (_, i) => (i * 7.3) % 67),
      };
      expect(findDifference(await recompute(angles), angles)).toBeNull();
    }
  });
});

describe('DFL backend cpu, whichever way a box is computed', () => {
  const backend = createCpuBackend({ threads: 1 });
  afterAll(() => backend.close());
  const recompute = async (input: DflInput) => (await backend.recompute([input]))[0] as DflRecomputation;

  /** One box, each side with the logits that `logit` gives. */
  function box(bins: number, target: number, logit: (bin: number) => number): Float32DflInput {
    return inFloat32(
      oneDistribution(
        Array.from({ length: bins }, (_, bin) => logit(bin)),
        target,
      ),
    );
  }

  // Many equal terms beside one or two large ones are what float32 sums lose most on. A gap of 3 to 9 passes from boxes whose largest logit
  // is summed to those where it is left out.
  it.each([4, 5, 17, 33, 91, 256])('is within the tolerance for one and for two peaks among %d bins', async (bins) => {
    for (let gap = 0; gap < 12; gap += 0.13) {
      for (const second of [0, 0.3, 1]) {
        for (const target of [1.02, 1.5, 1.93]) {
          const input = box(bins, target, (bin) => 2.3 + (bin === 1 ? gap : bin === 2 ? gap * second : 0));
          expect(findDifference(await recompute(input), input)).toBeNull();
        }
      }
    }
  });

  it('adds up boxes that are ordinary and boxes that are not, wherever they stand', async () => {
    const spoil: ((input: Float32DflInput, row: number) => void)[] = [
      ({ predDist }, row) => predDist.set([Number.NaN], 68 * row + 20),
      ({ predDist }, row) => predDist.set([Number.NEGATIVE_INFINITY], 68 * row),
      ({ predDist }, row) => predDist.set([90, -90], 68 * row + 30),
      ({ predDist }, row) => predDist.set([3e38, -3e38], 68 * row + 30),
      ({ predDist }, row) => predDist.fill(0, 68 * row, 68 * row + 68).fill(30, 68 * row, 68 * row + 1),
      ({ predDist }, row) => predDist.fill(1e30, 68 * row, 68 * row + 68),
      ({ target }, row) => target.set([0, 15.99, 460, Number.NaN], 4 * row),
      ({ target }, row) => target.set([-1e30], 4 * row),
      ({ weight }, row) => weight?.set([Number.POSITIVE_INFINITY], row),
    ];
    for (const every of [2, 3, 7, 40, 111]) {
      const input = largeInput(300);
      for (let row = 0; row < 300; row += every) spoil[(row / every) % spoil.length]?.(input, row);
      expect(findDifference(await recompute(input), input)).toBeNull();
    }
  });
});
