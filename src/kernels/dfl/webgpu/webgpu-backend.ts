// The webgpu backend: the fused kernel in WGSL on a GPU of any vendor, through Dawn in a child process. How to get a driver: docs/gpu.md.
import { createChildRunner } from '../child-runner.ts';
import { assertDflInput, type DflBackend, type Float32DflInput } from '../contract.ts';
import type { DeviceOptions } from './device.ts';
import type { KernelTimes } from './measure-kernel.ts';
import type { WebgpuAnswer, WebgpuRequest } from './requests.ts';

export interface WebgpuBackendOptions extends Partial<DeviceOptions> {
  /** Bound of one call, the start of the child process and the opening of the device included. */
  timeoutMs?: number;
  /** Calls that may wait for their turn; more are refused with PublicError overloaded. */
  maxWaiting?: number;
  /** Added to the environment of the child process, such as where a Vulkan driver lies. */
  env?: Record<string, string>;
  /** Script of the child process; by default webgpu-child beside this file, with the extension of this file. */
  script?: URL;
}

export interface WebgpuBackend extends DflBackend {
  /** Times of the parts of a re-computation; see KernelTimes. */
  measure(input: Float32DflInput, repeats: number): Promise<KernelTimes>;
}

/** Rejects with Error, the reason in words, when the machine has no adapter or none that fits the options. */
export async function openWebgpuBackend(options: WebgpuBackendOptions = {}): Promise<WebgpuBackend> {
  const { auto = false, subgroups = 'auto', maxDispatchBytes = 256 * 2 ** 20, specialiseFromBytes = 2 ** 22 } = options;
  const { timeoutMs = 120_000, maxWaiting = 64, env } = options;
  const device: DeviceOptions = { auto, subgroups, maxDispatchBytes, specialiseFromBytes };
  // The compiler and the bundler rewrite import specifiers but not strings.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.') + 1);
  const script = options.script ?? new URL(`./webgpu-child.${extension}`, import.meta.url);
  const runner = createChildRunner<WebgpuRequest, WebgpuAnswer>({ script, timeoutMs, maxWaiting, env });

  async function ask<Kind extends WebgpuAnswer['kind']>(request: WebgpuRequest & { kind: Kind }, signal?: AbortSignal) {
    return (await runner.run(() => request, signal)) as WebgpuAnswer & { kind: Kind };
  }

  try {
    const { name } = await ask({ kind: 'open', device });
    return {
      name: 'webgpu',
      device: name,
      async recompute(inputs, signal) {
        for (const input of inputs) assertDflInput(input);
        return (await ask({ kind: 'recompute', device, inputs: [...inputs] }, signal)).results;
      },
      async measure(input, repeats) {
        return (await ask({ kind: 'measure', device, input, repeats })).times;
      },
      close: () => runner.close(),
    };
  } catch (error) {
    await runner.close();
    throw error;
  }
}
