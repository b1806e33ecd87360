// What every DFL backend must give: what the reference gives. A new backend gets one test file beside this one that calls
// describeDflBackend with how it is opened.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DflRecomputation, TargetCounts } from '../../../src/contracts/dfl.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import type { DflBackend, DflInput } from '../../../src/kernels/dfl/contract.ts';
import { recomputeReference } from '../../../src/kernels/dfl/reference.ts';
import { selfTest, selfTestCases } from '../../../src/kernels/dfl/self-test.ts';
import { anyInput, inFloat32, largeInput, oneDistribution, repeat, workedExamples } from './dfl-inputs.ts';

/** `numRuns` is the number of arbitrary batches; a software adapter is slow. */
export function describeDflBackend(label: string, open: () => Promise<DflBackend>, { numRuns = 100 } = {}): void {
  describe(`DFL backend ${label}`, () => {
    let backend: DflBackend;
    beforeAll(async () => {
      backend = await open();
    }, 120_000);
    afterAll(() => backend?.close());

    async function recompute(input: DflInput): Promise<DflRecomputation> {
      const [result, ...others] = await backend.recompute([input]);
      expect(others).toEqual([]);
      return result as DflRecomputation;
    }

    it('says its device', () => {
      expect(backend.device.length).toBeGreaterThan(3);
    });

    it.each(workedExamples)('computes example $name', async ({ input, loss }) => {
      const { lossDfl, lossDflValid } = await recompute(inFloat32(input));
      expect(lossDfl).not.toBeNull();
      expect(Math.abs((lossDfl as number) - loss) / loss).toBeLessThanOrEqual(1e-6);
      expect(lossDflValid).toBe(lossDfl);
    });

    it('agrees with the reference on arbitrary batches of captures, counts and offenders included', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyInput, { minLength: 1, maxLength: 5 }), async (inputs) => {
          const batch = inputs.map(inFloat32);
          const results = await backend.recompute(batch);
          expect(results.length).toBe(batch.length);
          for (const [i, input] of batch.entries())
            expect(findDifference(results[i] as DflRecomputation, input)).toBeNull();
        }),
        { numRuns },
      );
    }, 120_000);

    it.each(selfTestCases())('passes the self-test case "$name"', async ({ input }) => {
      expect(findDifference(await recompute(input), input)).toBeNull();
    });

    it('passes the self-test', async () => {
      expect(await selfTest(backend)).toBeNull();
    });

    it.each([
      { name: 'of 1e30 and -1e30', logits: [1e30, -1e30, 0, 5], target: 0.5, loss: 1e30 },
      { name: 'all equal and huge', logits: [1e30, 1e30, 1e30, 1e30], target: 1.5, loss: Math.log(4) },
      { name: 'one-hot at 80 on the left bin', logits: [-80, 80, -80, -80], target: 1, loss: 0 },
      { name: 'one-hot at 80 on the far bin', logits: [-80, -80, -80, 80], target: 0.25, loss: 160 },
    ])('stays stable for logits $name', async ({ logits, target, loss }) => {
      const { lossDfl } = await recompute(inFloat32(oneDistribution(logits, target)));
      expect(Math.abs((lossDfl as number) - loss)).toBeLessThanOrEqual(1e-9 + 1e-6 * loss);
    });

    it('leaves the arrays of the caller as they were', async () => {
      const input = largeInput(10);
      const copy = structuredClone(input);
      await recompute(input);
      expect(input).toEqual(copy);
    });

    it('computes views into a larger buffer', async () => {
      const input = largeInput(20);
      const buffer = new ArrayBuffer(input.predDist.byteLength + 400);
      const predDist = new Float32Array(buffer, 200, input.predDist.length);
      predDist.set(input.predDist);
      expect(await recompute({ ...input, predDist })).toEqual(await recompute(input));
    });

    it('lists the worst 100 of very many offenders, in the order of the reference', async () => {
      const input = largeInput(2000);
      for (let i = 0; i < input.target.length; i++)
        input.target[i] = i % 7 === 0 ? Number.NaN : -1 - ((i * 7919) % 1000);
      for (const positives of [20, 2000]) {
        const part = {
          ...input,
          positives,
          predDist: input.predDist.subarray(0, positives * 68),
          target: input.target.subarray(0, positives * 4),
          weight: null,
          group: null,
        };
        const { offenders } = await recompute(part);
        expect(offenders).toEqual(recomputeReference(part).offenders);
        expect(offenders.length).toBe(Math.min(100, positives * 4));
      }
    });

    it('computes a capture of 100,000 positives', async () => {
      const expected = recomputeReference(largeInput(1000));
      const result = await recompute(repeat(largeInput(1000), 100));
      expect(result.distributions).toBe(400_000);
      for (const sum of ['lossDfl', 'lossDflValid', 'entropyMean'] as const) {
        expect(Math.abs((result[sum] as number) / (expected[sum] as number) - 1)).toBeLessThanOrEqual(1e-6);
      }
      expect(result.targetCounts).toEqual(expected.targetCounts.map((counts) => multiplied(counts, 100)));
    });

    it('answers calls made at the same time each with its own result', async () => {
      const inputs = [1, 2, 3, 4, 5].map(largeInput);
      const results = await Promise.all(inputs.map(recompute));
      for (const [i, input] of inputs.entries()) {
        expect(findDifference(results[i] as DflRecomputation, input)).toBeNull();
      }
    });

    it('rejects arrays that do not fit the shape, and works on', async () => {
      const input = largeInput(2);
      await expect(backend.recompute([input, { ...input, positives: 3 }])).rejects.toThrow(
        /does not fit P=3, sides=4, K=17/,
      );
      expect((await recompute(input)).distributions).toBe(8);
    });

    it('rejects with the reason of an aborted signal, and works on', async () => {
      const reason = new Error('no longer wanted');
      await expect(backend.recompute([largeInput(2)], AbortSignal.abort(reason))).rejects.toBe(reason);
      const aborted = new AbortController();
      const call = backend.recompute([largeInput(2)], aborted.signal);
      aborted.abort(reason);
      await expect(call).rejects.toBe(reason);
      expect((await recompute(largeInput(2))).distributions).toBe(8);
    });

    it('rejects calls once it is closed', async () => {
      const other = await open();
      const underWay = other.recompute([largeInput(2)]);
      const rejected = expect(underWay).rejects.toThrow(/closed/);
      await other.close();
      await rejected;
      await expect(other.recompute([largeInput(2)])).rejects.toThrow(/closed/);
    });
  });
}

/** Too large for a software adapter, so not among what describeDflBackend asks of every backend. */
export function itComputesAMillion(open: () => Promise<DflBackend>): void {
  it('computes 1,000,000 positives', async () => {
    const backend = await open();
    const [result] = await backend.recompute([largeInput(1_000_000)]);
    await backend.close();
    expect(result?.distributions).toBe(4_000_000);
    expect(result?.binHistogram.reduce((sum, count) => sum + count, 0)).toBe(4_000_000);
  });
}

function multiplied(counts: TargetCounts, times: number): TargetCounts {
  const { group, side, bins, ...others } = counts;
  const cells = Object.entries(others).map(([name, count]) => [name, count * times]);
  return { group, side, bins: bins.map((count) => count * times), ...(Object.fromEntries(cells) as typeof others) };
}
