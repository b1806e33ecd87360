// The engine with a device that fails in every way a device can.
import { afterEach, describe, expect, it } from 'vitest';
import type { DflBackend } from '../../../../src/kernels/dfl/contract.ts';
import { type BackendFailure, DflBackendError } from '../../../../src/kernels/dfl/contract.ts';
import { createCpuBackend } from '../../../../src/kernels/dfl/cpu/cpu-backend.ts';
import { createDflEngine, type DflEngine, reopenAfterMs } from '../../../../src/kernels/dfl/engine.ts';
import { recomputeReference } from '../../../../src/kernels/dfl/reference.ts';
import { largeInput, oneDistribution } from '../../../conformance/kernels/dfl-inputs.ts';

/** A device that computes with the reference, or fails as told. */
function fakeDevice() {
  const device = {
    name: 'webgpu' as const,
    device: 'imagined GPU',
    fails: null as BackendFailure | Error | null,
    batches: [] as number[],
    closed: 0,
    async recompute(inputs: Parameters<DflBackend['recompute']>[0]) {
      device.batches.push(inputs.length);
      if (device.fails instanceof Error) throw device.fails;
      if (device.fails) throw new DflBackendError(device.fails, `the device says ${device.fails}`);
      return inputs.map(recomputeReference);
    },
    async close() {
      device.closed += 1;
    },
  };
  return device;
}

let engine: DflEngine;
afterEach(() => engine.close());

function start() {
  const device = fakeDevice();
  const again = fakeDevice();
  const clock = { ms: Date.parse('2026-11-25T12:00:00Z') };
  const told: unknown[] = [];
  const reopened = { times: 0, fails: false };
  engine = createDflEngine({
    chosen: device,
    cpu: createCpuBackend({ threads: 1 }),
    choice: { requested: 'auto', chosen: 'webgpu', device: device.device, rejected: [], failures: [] },
    async reopen() {
      reopened.times += 1;
      if (reopened.fails) throw new Error('no adapter');
      return again;
    },
    now: () => new Date(clock.ms),
    onFailure: (failure) => told.push(failure),
  });
  return { device, again, clock, told, reopened };
}

describe('createDflEngine', () => {
  it('computes on the chosen backend and says so', async () => {
    const { device } = start();
    const input = largeInput(3);
    expect(await engine.recompute(input)).toEqual({
      recomputation: recomputeReference(input),
      backend: 'webgpu',
      device: device.device,
    });
    expect(engine.choice()).toMatchObject({ chosen: 'webgpu', failures: [] });
  });

  it('fuses the calls of concurrent jobs into one dispatch', async () => {
    const { device } = start();
    await Promise.all([1, 2, 3, 4].map((positives) => engine.recompute(largeInput(positives))));
    expect(device.batches).toEqual([4]);
  });

  it('computes float64 tensors on the cpu, beside the float32 ones of the same dispatch', async () => {
    const { device } = start();
    const double = oneDistribution([1e308, 1e308, -1e308, -1e308], 0.5);
    const [ofDouble, ofSingle] = await Promise.all([engine.recompute(double), engine.recompute(largeInput(2))]);
    expect(ofDouble).toMatchObject({ backend: 'cpu' });
    expect(ofDouble.recomputation.lossDfl).toBeCloseTo(Math.LN2, 9);
    expect(ofSingle.backend).toBe('webgpu');
    expect(device.batches).toEqual([1]);
  });

  it.each(['out-of-memory', 'refused'] as const)(
    'answers from the cpu when the device says %s, keeps the device and makes the failure visible',
    async (failure) => {
      const { device, told } = start();
      device.fails = failure;
      expect(await engine.recompute(largeInput(2))).toMatchObject({ backend: 'cpu' });
      const event = {
        at: '2026-11-25T12:00:00.000Z',
        backend: 'webgpu',
        failure,
        reason: `the device says ${failure}`,
      };
      expect(told).toEqual([event]);
      expect(engine.choice()).toMatchObject({ chosen: 'webgpu', failures: [event] });
      device.fails = null;
      expect(await engine.recompute(largeInput(2))).toMatchObject({ backend: 'webgpu' });
      expect(device.closed).toBe(0);
    },
  );

  it.each(['device-lost', 'crashed', 'timed-out'] as const)(
    'sets the device aside when it is %s, and opens it again after a while',
    async (failure) => {
      const { device, again, clock, reopened } = start();
      device.fails = failure;
      expect(await engine.recompute(largeInput(2))).toMatchObject({ backend: 'cpu' });
      expect(device.closed).toBe(1);
      expect(engine.choice()).toMatchObject({ chosen: 'cpu', failures: [{ failure }] });
      clock.ms += (reopenAfterMs[0] as number) - 1;
      await engine.recompute(largeInput(2));
      expect(reopened.times).toBe(0);
      clock.ms += 1;
      expect(await engine.recompute(largeInput(2))).toMatchObject({ backend: 'cpu' });
      expect(reopened.times).toBe(1);
      expect(await engine.recompute(largeInput(2))).toMatchObject({ backend: 'webgpu' });
      expect(again.batches).toEqual([1]);
      expect(engine.choice()).toMatchObject({ chosen: 'webgpu', failures: [{ failure }] });
    },
  );

  it('waits longer each time the device cannot be opened again', async () => {
    const { device, clock, reopened } = start();
    device.fails = 'device-lost';
    reopened.fails = true;
    await engine.recompute(largeInput(1));
    for (const [i, wait] of reopenAfterMs.entries()) {
      clock.ms += wait - 1;
      await engine.recompute(largeInput(1));
      expect(reopened.times).toBe(i);
      clock.ms += 1;
      await engine.recompute(largeInput(1));
      expect(reopened.times).toBe(i + 1);
    }
    expect(engine.choice().failures.at(-1)?.reason).toBe('could not be opened again: no adapter');
  });

  it('keeps no more than the ten latest failures', async () => {
    const { device, told } = start();
    device.fails = 'refused';
    for (let i = 0; i < 12; i++) await engine.recompute(largeInput(1));
    expect(told.length).toBe(12);
    expect(engine.choice().failures.length).toBe(10);
  });

  it('does not hide a mistake of the program behind the cpu', async () => {
    const { device } = start();
    device.fails = new TypeError('undefined is not a function');
    await expect(engine.recompute(largeInput(1))).rejects.toThrow('undefined is not a function');
    await expect(engine.recompute({ ...largeInput(2), positives: 3 })).rejects.toThrow(/does not fit/);
  });
});
