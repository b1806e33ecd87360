// A WebGPU device with its pipelines and buffers, and the meaning of its failures. Calls come one at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import { DflBackendError } from '../contract.ts';
import { type BufferPool, createBufferPool } from './buffer-pool.ts';
import { type AdapterOptions, describeAdapter, openAdapter } from './open-adapter.ts';
import { shaderOf } from './shader.ts';
import type { KernelShape } from './shape.ts';
import { createUploader, type Uploader } from './uploader.ts';

export interface DeviceOptions extends AdapterOptions {
  /** The kernel with or without subgroups; `auto` takes them where the adapter has them. */
  subgroups: 'auto' | 'on' | 'off';
  /** Bound of each buffer that a dispatch binds, beside what the adapter allows. */
  maxDispatchBytes: number;
  /** Logits of a dispatch from which on a kernel made for its shape pays for being compiled. */
  specialiseFromBytes: number;
}

export interface WebgpuDevice {
  device: GPUDevice;
  /** Adapter and kernel variant in words. */
  name: string;
  maxDispatchBytes: number;
  specialiseFromBytes: number;
  hasTimestamps: boolean;
  pool: BufferPool;
  uploader: Uploader;
  /** The kernel for a shape alone, or for null the one that takes any; made once. */
  pipelineFor(shape: KernelShape | null): Promise<GPUComputePipeline>;
  isLost(): boolean;
  /** Runs work on the device; its failures become DflBackendError. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Large captures come with one K or a few. */
const keptPipelines = 64;
const errorScopes = ['validation', 'out-of-memory', 'internal'] as const;

/** Throws Error with the reason when the machine has no adapter, or none that fits the options. */
export async function openDevice(options: DeviceOptions): Promise<WebgpuDevice> {
  const adapter = await openAdapter(options);
  const hasSubgroups = adapter.features.has('subgroups');
  if (options.subgroups === 'on' && !hasSubgroups) throw new Error(`${describeAdapter(adapter.info)} has no subgroups`);
  const subgroups = hasSubgroups && options.subgroups !== 'off';
  const hasTimestamps = adapter.features.has('timestamp-query');
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const features: GPUFeatureName[] = [];
  if (subgroups) features.push('subgroups');
  if (hasTimestamps) features.push('timestamp-query');
  const device = await adapter.requestDevice({
    requiredFeatures: features,
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
  });

  let loss: string | null = null;
  void device.lost.then(({ reason, message }) => {
    loss = `The WebGPU device was lost (${reason}): ${message}`;
  });
  // Errors outside of an error scope; what matters here is inside of one.
  device.onuncapturederror = ({ error }) => process.stderr.write(`WebGPU: ${error.message}\n`);

  const pool = createBufferPool(device);
  const uploader = createUploader(device);
  const pipelines = new Map<string, GPUComputePipeline>();

  async function pipelineFor(shape: KernelShape | null): Promise<GPUComputePipeline> {
    const key = shape ? `${shape.bins} ${shape.sides}` : 'any';
    const known = pipelines.get(key);
    if (known) return known;
    const module = device.createShaderModule({ code: shaderOf({ shape, subgroups }) });
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    const [oldest] = pipelines.keys();
    if (pipelines.size >= keptPipelines && oldest !== undefined) pipelines.delete(oldest);
    pipelines.set(key, pipeline);
    return pipeline;
  }

  async function guard<Result>(work: () => Promise<Result>): Promise<Result> {
    for (const scope of errorScopes) device.pushErrorScope(scope);
    const outcome = await work().then(
      (result) => ({ result }),
      (failure: unknown) => ({ failure }),
    );
    const scoped = await Promise.all(errorScopes.map(() => device.popErrorScope().catch(() => null)));
    const [error] = scoped.filter((found) => found !== null);
    if ('result' in outcome && !error && loss === null) return outcome.result;
    pool.releaseAll();
    uploader.releaseAll();
    // What the loss of the device rejects may be heard of before the loss itself.
    if (loss === null && 'failure' in outcome && !error) await Promise.race([device.lost, sleep(200)]);
    if (loss !== null) throw new DflBackendError('device-lost', loss);
    throw toBackendError(scoped.find(isOutOfMemory) ?? error ?? (outcome as { failure: unknown }).failure);
  }

  const variant = subgroups ? 'subgroups' : 'no subgroups';
  return {
    device,
    name: `${describeAdapter(adapter.info)}, ${variant}`,
    maxDispatchBytes: Math.min(options.maxDispatchBytes, maxStorageBufferBindingSize, maxBufferSize),
    specialiseFromBytes: options.specialiseFromBytes,
    hasTimestamps,
    pool,
    uploader,
    pipelineFor,
    isLost: () => loss !== null,
    guard,
  };
}

function isOutOfMemory(error: unknown): boolean {
  return error?.constructor.name === 'GPUOutOfMemoryError';
}

function toBackendError(error: unknown): DflBackendError {
  if (error instanceof DflBackendError) return error;
  const message = error instanceof Object && 'message' in error ? String(error.message) : String(error);
  if (isOutOfMemory(error))
    return new DflBackendError('out-of-memory', `The WebGPU device is out of memory: ${message}`);
  return new DflBackendError('refused', `WebGPU refused the computation: ${message}`);
}
