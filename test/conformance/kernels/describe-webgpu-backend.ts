// What the webgpu backend must give on any adapter, beside what every backend must (describe-dfl-backend.ts).
import { afterAll, describe, expect, it } from 'vitest';
import type { DflRecomputation } from '../../../src/contracts/dfl.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import type { BackendFailure, DflInput, Float32DflInput } from '../../../src/kernels/dfl/contract.ts';
import { createCpuBackend } from '../../../src/kernels/dfl/cpu/cpu-backend.ts';
import { createDflEngine } from '../../../src/kernels/dfl/engine.ts';
import { recomputeReference } from '../../../src/kernels/dfl/reference.ts';
import { selfTest } from '../../../src/kernels/dfl/self-test.ts';
import { openWebgpuBackend, type WebgpuBackendOptions } from '../../../src/kernels/dfl/webgpu/webgpu-backend.ts';
import type { WebgpuFault } from '../../support/failing-webgpu-child.ts';
import { describeDflBackend } from './describe-dfl-backend.ts';
import { inFloat32, largeInput, oneDistribution, randomFrom } from './dfl-inputs.ts';

export interface WebgpuTestOptions {
  /** Added to the environment of the child process, such as where the driver lies. */
  env?: Record<string, string>;
  /** Arbitrary batches for each of the two variants of the kernel. */
  numRuns: { plain: number; subgroups: number };
}

export function describeWebgpuBackend({ env, numRuns }: WebgpuTestOptions): void {
  const open = (options: WebgpuBackendOptions = {}) => openWebgpuBackend({ env, ...options });
  const openFailing = (fault: WebgpuFault, options: WebgpuBackendOptions = {}) =>
    open({
      script: new URL('../../support/failing-webgpu-child.ts', import.meta.url),
      env: { ...env, LOSSWATCH_TEST_FAULT: fault },
      ...options,
    });

  describeDflBackend('webgpu, plain path', () => open({ subgroups: 'off' }), { numRuns: numRuns.plain });
  describeDflBackend('webgpu, subgroups', () => open({ subgroups: 'on' }), { numRuns: numRuns.subgroups });

  describe('DFL backend webgpu', () => {
    const opened = open();
    afterAll(async () => (await opened).close());
    const recompute = async (...inputs: DflInput[]) => (await opened).recompute(inputs);

    it.each(['on', 'off'] as const)(
      'passes the self-test with kernels made for each shape, subgroups %s',
      async (subgroups) => {
        const backend = await open({ subgroups, specialiseFromBytes: 0 });
        expect(await selfTest(backend)).toBeNull();
        const inputs = manyShapes();
        for (const [i, result] of (await backend.recompute(inputs)).entries())
          expect(findDifference(result, inputs[i] as DflInput)).toBeNull();
        await backend.close();
      },
    );

    it('gives what the cpu backend gives', async () => {
      const cpu = createCpuBackend();
      const inputs = [largeInput(7000), largeInput(1)];
      const [ofCpu, ofWebgpu] = await Promise.all([cpu.recompute(inputs), recompute(...inputs)]);
      for (const [i, result] of ofWebgpu.entries()) {
        const { lossDfl, lossDflValid, entropyMean, weightSum, ...counts } = result;
        expect(ofCpu[i]).toMatchObject(counts);
        for (const [name, sum] of Object.entries({ lossDfl, lossDflValid, entropyMean, weightSum }))
          expect(Math.abs((sum as number) / (ofCpu[i]?.[name as 'lossDfl'] as number) - 1)).toBeLessThanOrEqual(1e-6);
      }
      await cpu.close();
    });

    it('splits captures that are larger than the adapter binds', async () => {
      const backend = await open({ maxDispatchBytes: 40_000 });
      const inputs = [largeInput(500), largeInput(3), largeInput(333), ...manyShapes()];
      for (const [i, result] of (await backend.recompute(inputs)).entries())
        expect(findDifference(result, inputs[i] as DflInput)).toBeNull();
      await backend.close();
    });

    it('computes 1,000 small captures of one call, each as if it were alone', async () => {
      const inputs = Array.from({ length: 1000 }, (_, i) => largeInput(1 + (i % 3)));
      for (const [i, result] of (await recompute(...inputs)).entries())
        expect(findDifference(result, inputs[i] as DflInput)).toBeNull();
    });

    it.each([
      { kernels: 'the kernel for all shapes', options: {} },
      { kernels: 'kernels made for each', options: { specialiseFromBytes: 0 } },
    ])(
      'keeps the digits of every loss, from confident predictions to wrong ones, with $kernels',
      async ({ options }) => {
        const backend = await open(options);
        const random = randomFrom(11);
        const inputs = Array.from({ length: 3000 }, (_, i) => {
          const bins = [2, 17, 40, 256][i % 4] as number;
          const spread = 10 ** (4 * random() - 2);
          // Far from zero the difference of two logits is what counts.
          const offset = i % 5 === 0 ? 10 ** (8 * random() - 1) * (random() - 0.5) : 0;
          const logits = Array.from({ length: bins }, () => offset - spread * random());
          const left = Math.floor(random() * (bins - 1));
          logits[left] = offset + 30 * random();
          return inFloat32(oneDistribution(logits, left + (i % 3 === 0 ? 0 : random())));
        });
        for (const [i, { lossDfl, entropyMean }] of (await backend.recompute(inputs)).entries()) {
          const expected = recomputeReference(inputs[i] as DflInput);
          expect(Math.abs((lossDfl as number) / (expected.lossDfl as number) - 1)).toBeLessThanOrEqual(1e-6);
          // Terms that underflow in float32 count as its least exponential.
          const entropyError = Math.abs((entropyMean as number) - (expected.entropyMean as number));
          expect(entropyError).toBeLessThanOrEqual(1e-30 + 1e-6 * (expected.entropyMean as number));
        }
        await backend.close();
      },
    );

    it.each([0, -2])('tells numbers from zero that a GPU may take for zero, from bin value %d on', async (lo) => {
      const target = Float32Array.of(1e-40, -1e-40, 0, -0, 1e-45, -1e-45, 1e-38, -1e-38);
      for (const rounding of ['floor', 'truncate'] as const) {
        const input: Float32DflInput = {
          ...inFloat32(oneDistribution([1e-40, -1e-40, 0.5, 2e-38, 1], 1, { lo, rounding })),
          positives: 2,
          predDist: Float32Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 1e-40 : i % 5)),
          target,
          weight: Float32Array.of(1e-40, 2),
        };
        const [result] = await recompute(input);
        expect(findDifference(result as DflRecomputation, input)).toBeNull();
      }
    });

    it('computes what float32 cannot hold in float64', async () => {
      const huge = largeInput(9);
      huge.predDist.set([3e38, -3e38, 3e38], 60);
      huge.weight?.set([1e30, -1e30, 3e38], 2);
      const far = { ...largeInput(4), lo: 2 ** 30 };
      const double = oneDistribution([1, 2, 3], 1.25);
      const inputs = [huge, { ...far, target: far.target.map((t) => t + 2 ** 30) }, double];
      for (const [i, result] of (await recompute(...inputs)).entries())
        expect(findDifference(result, inputs[i] as DflInput)).toBeNull();
    });

    it('measures upload, kernel, readback and the copies of the device', async () => {
      const times = await (await opened).measure(largeInput(200), 3);
      expect(times.clock).toBe('device');
      for (const name of ['uploadMs', 'kernelMs', 'readbackMs', 'copyGBPerSecond', 'kernelGBPerSecond'] as const)
        expect(times[name]).toBeGreaterThan(0);
    });
  });

  describe('a failing device of DFL backend webgpu', () => {
    const failures: [WebgpuFault, BackendFailure, RegExp][] = [
      ['lost', 'device-lost', /lost \(destroyed\)/],
      ['out-of-memory', 'out-of-memory', /out of memory/],
      ['refused', 'refused', /refused the computation/],
      ['crashed', 'crashed', /ended by SIGKILL/],
    ];
    it.each(failures)(
      'rejects a call with %s as the failure %s, and computes the next one',
      async (fault, failure, says) => {
        const backend = await openFailing(fault);
        const input = largeInput(30);
        const rejection = await backend.recompute([input]).catch((error: unknown) => error);
        expect(rejection).toMatchObject({ name: 'DflBackendError', failure, message: expect.stringMatching(says) });
        // A new child would crash again: this fault strikes the first computation of each.
        if (fault !== 'crashed') {
          const [result] = await backend.recompute([input]);
          expect(findDifference(result as DflRecomputation, input)).toBeNull();
        }
        await backend.close();
      },
    );

    it('ends a call that takes too long', async () => {
      const backend = await openFailing('timed-out', { timeoutMs: 6_000 });
      await expect(backend.recompute([largeInput(3)])).rejects.toMatchObject({ failure: 'timed-out' });
      await backend.close();
    }, 60_000);

    it('costs an engine one retry on the cpu, and is visible', async () => {
      const [chosen, cpu] = [await openFailing('crashed'), createCpuBackend()];
      const choice = { requested: 'webgpu', chosen: 'webgpu', device: chosen.device, rejected: [], failures: [] };
      const engine = createDflEngine({
        chosen,
        cpu,
        choice,
        reopen: () => openFailing('crashed'),
        now: () => new Date(),
      });
      const input = largeInput(30);
      const { backend, recomputation } = await engine.recompute(input);
      expect(backend).toBe('cpu');
      expect(findDifference(recomputation, input)).toBeNull();
      expect(engine.choice()).toMatchObject({
        chosen: 'cpu',
        failures: [{ backend: 'webgpu', failure: 'crashed', reason: expect.stringMatching(/SIGKILL/) }],
      });
      await engine.close();
    });
  });
}

/** Captures of shapes whose distributions are shared by 1, 2, ... 16 invocations. */
function manyShapes(): DflInput[] {
  const random = randomFrom(5);
  return [19, 24, 55, 130, 255].map((bins) => {
    const logits = Array.from({ length: bins }, () => 8 * random());
    const one = inFloat32(oneDistribution(logits, bins - 1.5));
    return {
      ...one,
      positives: 20,
      predDist: Float32Array.from({ length: 80 * bins }, () => 8 * random()),
      target: Float32Array.from({ length: 80 }, () => random() * bins),
    };
  });
}
