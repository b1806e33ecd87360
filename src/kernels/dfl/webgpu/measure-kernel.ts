// Times of the parts of a re-computation on the device, for the benchmark.
import type { Float32DflInput } from '../contract.ts';
import type { WebgpuDevice } from './device.ts';
import { bufferUsage, mapMode } from './open-adapter.ts';
import { planDispatches } from './plan-dispatches.ts';
import { type PreparedDispatch, prepareDispatch } from './run-dispatch.ts';

/** Medians over the repeats, in milliseconds. */
export interface KernelTimes {
  /** From the arrays in the child process to the device's memory. */
  uploadMs: number;
  kernelMs: number;
  /** From the kernel's results to an array in the child process. */
  readbackMs: number;
  /** Copying the logits within the device's memory; bytes read and written count. */
  copyGBPerSecond: number;
  /** Bytes that the kernel reads and writes, by its time. */
  kernelGBPerSecond: number;
  /** Who measured kernel and copy: the device's own clock, or this process' around a wait for the device. */
  clock: 'device' | 'host';
}

/** Dispatches and copies per sample, so that a sample is longer than the resolution of the clocks. */
const perSample = 10;
/** An idle GPU runs at a fraction of its clock and takes its time to leave it. */
const warmUpMs = 1_000;

/** The input must fit one dispatch. Rejects with DflBackendError. */
export function measureKernel(opened: WebgpuDevice, input: Float32DflInput, repeats: number): Promise<KernelTimes> {
  const [dispatch, ...more] = planDispatches([input], opened.maxDispatchBytes);
  if (!dispatch || more.length > 0)
    throw new Error(`The input does not fit one dispatch of ${opened.maxDispatchBytes} bytes`);
  return opened.guard(async () => {
    const prepared = await prepareDispatch(opened, dispatch);
    const { rowsBytes, logitsBytes, resultWords } = prepared.layout;
    const copySource = opened.pool.take('copy source', logitsBytes, bufferUsage.copySrc | bufferUsage.copyDst);
    const copyTarget = opened.pool.take('copy target', logitsBytes, bufferUsage.copySrc | bufferUsage.copyDst);
    const clock = createClock(opened);
    const runKernel = () =>
      clock.time((encoder) => {
        const pass = encoder.beginComputePass();
        for (let i = 0; i < perSample; i++) prepared.encode(pass);
        pass.end();
      });
    const copyLogits = () =>
      clock.time((encoder) => {
        for (let i = 0; i < perSample; i++) encoder.copyBufferToBuffer(copySource, 0, copyTarget, 0, logitsBytes);
      });
    const upload = () =>
      timed(async () => {
        await prepared.upload();
        await opened.device.queue.onSubmittedWorkDone();
      });
    const readBack = () => timed(() => readResults(opened, prepared));

    const uploadMs = await medianOf(repeats, upload);
    for (const warmFrom = performance.now(); performance.now() - warmFrom < warmUpMs; ) await runKernel();
    const kernelMs = (await medianOf(repeats, runKernel)) / perSample;
    const copyMs = (await medianOf(repeats, copyLogits)) / perSample;
    return {
      uploadMs,
      kernelMs,
      readbackMs: await medianOf(repeats, readBack),
      copyGBPerSecond: (2 * logitsBytes) / copyMs / 1e6,
      kernelGBPerSecond: (logitsBytes + rowsBytes + resultWords * 4) / kernelMs / 1e6,
      clock: clock.kind,
    };
  });
}

async function readResults({ device }: WebgpuDevice, prepared: PreparedDispatch): Promise<void> {
  const encoder = device.createCommandEncoder();
  prepared.copyBack(encoder);
  device.queue.submit([encoder.finish()]);
  await prepared.read();
}

interface Clock {
  kind: KernelTimes['clock'];
  /** Milliseconds that the encoded commands take on the device. */
  time(encode: (encoder: GPUCommandEncoder) => void): Promise<number>;
}

function createClock(opened: WebgpuDevice): Clock {
  const { device } = opened;
  const submit = (encode: (encoder: GPUCommandEncoder) => void) => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    device.queue.submit([encoder.finish()]);
    return device.queue.onSubmittedWorkDone();
  };
  if (!opened.hasTimestamps) return { kind: 'host', time: (encode) => timed(() => submit(encode)) };

  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const bytes = 16;
  const resolved = opened.pool.take('timestamps', bytes, bufferUsage.queryResolve | bufferUsage.copySrc);
  const readable = opened.pool.take('timestamps back', bytes, bufferUsage.mapRead | bufferUsage.copyDst);
  return {
    kind: 'device',
    async time(encode) {
      await submit((encoder) => {
        // Copies are outside of passes: an empty pass before and after carries the timestamps.
        encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex: 0 } }).end();
        encode(encoder);
        encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 1 } }).end();
        encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, readable, 0, bytes);
      });
      await readable.mapAsync(mapMode.read);
      const [start, end] = new BigUint64Array(readable.getMappedRange(0, bytes).slice(0)) as unknown as [
        bigint,
        bigint,
      ];
      readable.unmap();
      return Number(end - start) / 1e6;
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The first time is left out: staging buffers are made and the driver compiles. */
async function medianOf(repeats: number, time: () => Promise<number>): Promise<number> {
  await time();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) times.push(await time());
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] as number;
}
