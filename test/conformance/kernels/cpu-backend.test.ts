// The cpu backend against the reference, float64 tensors included: it is the one that computes them.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { DflRecomputation } from '../../../src/contracts/dfl.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import type { DflInput } from '../../../src/kernels/dfl/contract.ts';
import { createCpuBackend } from '../../../src/kernels/dfl/cpu/cpu-backend.ts';
import { describeDflBackend } from './describe-dfl-backend.ts';
import { anyInput, oneDistribution } from './dfl-inputs.ts';

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
