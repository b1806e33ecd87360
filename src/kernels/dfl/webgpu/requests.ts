// What the child process of the webgpu backend is asked, and how it answers.
import type { DflRecomputation } from '../../../contracts/dfl.ts';
import { DflBackendError, type DflInput, type Float32DflInput } from '../contract.ts';
import { type DeviceOptions, openDevice, type WebgpuDevice } from './device.ts';
import { type KernelTimes, measureKernel } from './measure-kernel.ts';
import { recomputeBatch } from './recompute-batch.ts';

/** Every request says how the device is opened: a child that replaces one that ended opens it anew. */
export type WebgpuRequest = { device: DeviceOptions } & (
  | { kind: 'open' }
  | { kind: 'recompute'; inputs: DflInput[] }
  | { kind: 'measure'; input: Float32DflInput; repeats: number }
);

export type WebgpuAnswer =
  | { kind: 'open'; name: string }
  | { kind: 'recompute'; results: DflRecomputation[] }
  | { kind: 'measure'; times: KernelTimes };

/** An answerer that keeps its device from request to request; after a loss the next request opens it again. */
export function createRequestHandler(): (request: WebgpuRequest) => Promise<WebgpuAnswer> {
  let opened: WebgpuDevice | null = null;

  async function takeDevice(request: WebgpuRequest): Promise<WebgpuDevice> {
    if (opened?.isLost()) opened = null;
    try {
      opened ??= await openDevice(request.device);
      return opened;
    } catch (error) {
      // Opening for the first time, the reason goes to a person; later another backend has to compute.
      if (request.kind === 'open') throw error;
      throw new DflBackendError('device-lost', error instanceof Error ? error.message : String(error));
    }
  }

  return async (request) => {
    const device = await takeDevice(request);
    switch (request.kind) {
      case 'open':
        return { kind: 'open', name: device.name };
      case 'recompute':
        return { kind: 'recompute', results: await recomputeBatch(device, request.inputs) };
      case 'measure':
        return { kind: 'measure', times: await measureKernel(device, request.input, request.repeats) };
    }
  };
}
