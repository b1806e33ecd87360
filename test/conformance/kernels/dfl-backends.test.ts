// Every built backend must give what the reference gives. A new backend is tested here by being in the list of candidates.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendCandidates } from '../../../src/kernels/dfl/backends.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import { type DflBackend, toleranceFor } from '../../../src/kernels/dfl/contract.ts';
import { recomputeReference } from '../../../src/kernels/dfl/reference.ts';
import { selfTest, selfTestCases } from '../../../src/kernels/dfl/self-test.ts';
import { anyInput, largeInput, oneDistribution, repeat, workedExamples } from './dfl-inputs.ts';

const built = backendCandidates.filter(({ open }) => open !== null);

it('at least the cpu backend is built', () => {
  expect(built.map(({ name }) => name)).toContain('cpu');
});

describe.each(built)('DFL backend $name', ({ name, open }) => {
  const tolerance = toleranceFor(name === 'cpu' ? 'float64' : 'float32');
  let backend: DflBackend;
  beforeAll(async () => {
    backend = await (open as NonNullable<typeof open>)();
  });
  afterAll(() => backend.close());

  it('says its name and device', () => {
    expect(backend.name).toBe(name);
    expect(backend.device.length).toBeGreaterThan(3);
  });

  it.each(workedExamples)('computes example $name', async ({ input, loss }) => {
    const { lossDfl, lossDflValid } = await backend.recompute(input);
    expect(lossDfl).not.toBeNull();
    expect(Math.abs((lossDfl as number) - loss) / loss).toBeLessThanOrEqual(tolerance.relative);
    expect(lossDflValid).toBe(lossDfl);
  });

  it('agrees with the reference on arbitrary captures, counts and offenders included', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        expect(findDifference(await backend.recompute(input), recomputeReference(input), tolerance)).toBeNull();
      }),
      { numRuns: 400 },
    );
  });

  it.each(selfTestCases())('passes the self-test case "$name"', async ({ input }) => {
    expect(findDifference(await backend.recompute(input), recomputeReference(input), tolerance)).toBeNull();
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
    const { lossDfl } = await backend.recompute(oneDistribution(logits, target));
    expect(Math.abs((lossDfl as number) - loss)).toBeLessThanOrEqual(1e-12 + tolerance.relative * loss);
  });

  it('leaves the arrays of the caller as they were', async () => {
    const input = largeInput(10);
    const copy = structuredClone(input);
    await backend.recompute(input);
    expect(input).toEqual(copy);
  });

  it('computes views into a larger buffer', async () => {
    const input = largeInput(20);
    const buffer = new ArrayBuffer(input.predDist.byteLength + 400);
    const predDist = new Float32Array(buffer, 200, input.predDist.length);
    predDist.set(input.predDist);
    expect(await backend.recompute({ ...input, predDist })).toEqual(await backend.recompute(input));
  });

  it('lists the worst 100 of very many offenders, in the order of the reference', async () => {
    const input = largeInput(2000);
    for (let i = 0; i < input.target.length; i++) input.target[i] = i % 7 === 0 ? Number.NaN : -1 - ((i * 7919) % 1000);
    for (const positives of [20, 2000]) {
      const part = {
        ...input,
        positives,
        predDist: input.predDist.subarray(0, positives * 68),
        target: input.target.subarray(0, positives * 4),
        weight: null,
      };
      const { offenders } = await backend.recompute(part);
      expect(offenders).toEqual(recomputeReference(part).offenders);
      expect(offenders.length).toBe(Math.min(100, positives * 4));
    }
  });

  it('computes a capture of 100,000 positives', async () => {
    const block = largeInput(1000);
    const expected = recomputeReference(block);
    const result = await backend.recompute(repeat(block, 100));
    expect(result.distributions).toBe(400_000);
    expect(
      findDifference({ ...result, distributions: 4000, binHistogram: expected.binHistogram }, expected, tolerance),
    ).toBeNull();
    expect(result.binHistogram).toEqual(expected.binHistogram.map((count) => count * 100));
  });

  it('computes float64 logits whose differences overflow', async () => {
    const input = oneDistribution([1e308, 1e308, -1e308, -1e308], 0.5);
    const result = await backend.recompute(input);
    expect(findDifference(result, recomputeReference(input), tolerance)).toBeNull();
    expect(result.lossDfl).toBeCloseTo(Math.LN2, 6);
    expect(result.entropyMean).toBeCloseTo(Math.LN2, 6);
  });

  it('answers calls made at the same time each with its own result', async () => {
    const inputs = [1, 2, 3, 4, 5].map(largeInput);
    const results = await Promise.all(inputs.map((input) => backend.recompute(input)));
    for (const [i, input] of inputs.entries()) {
      expect(findDifference(results[i] as (typeof results)[0], recomputeReference(input), tolerance)).toBeNull();
    }
  });

  it('rejects arrays that do not fit the shape, and works on', async () => {
    const input = largeInput(2);
    await expect(backend.recompute({ ...input, positives: 3 })).rejects.toThrow(/does not fit P=3, K=17/);
    expect((await backend.recompute(input)).distributions).toBe(8);
  });

  it('rejects with the reason of an aborted signal, and works on', async () => {
    const reason = new Error('no longer wanted');
    await expect(backend.recompute(largeInput(2), AbortSignal.abort(reason))).rejects.toBe(reason);
    const aborted = new AbortController();
    const call = backend.recompute(largeInput(2), aborted.signal);
    aborted.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect((await backend.recompute(largeInput(2))).distributions).toBe(8);
  });

  it('rejects calls once it is closed', async () => {
    const other = await (open as NonNullable<typeof open>)();
    const underWay = other.recompute(largeInput(2));
    const rejected = expect(underWay).rejects.toThrow(/closed/);
    await other.close();
    await rejected;
    await expect(other.recompute(largeInput(2))).rejects.toThrow(/closed/);
  });
});
