// One dispatch on the device: up with the tables and tensors, the kernel over all of its slices, back with the results.
import type { WebgpuDevice } from './device.ts';
import { type DispatchLayout, layOut } from './dispatch-layout.ts';
import { bufferUsage, mapMode } from './open-adapter.ts';
import type { Dispatch } from './plan-dispatches.ts';
import { shapeOf } from './shape.ts';

/** Workgroups of one dimension of a dispatch. */
const maxWorkgroups = 65_535;

export interface PreparedDispatch {
  layout: DispatchLayout;
  results: GPUBuffer;
  readback: GPUBuffer;
  /** Resolves when the tensors are on their way. */
  upload(): Promise<void>;
  /** Sets the results that are added to to 0. */
  clear(encoder: GPUCommandEncoder): void;
  encode(pass: GPUComputePassEncoder): void;
  copyBack(encoder: GPUCommandEncoder): void;
  /** A copy of the results. */
  read(): Promise<Uint32Array>;
}

export async function prepareDispatch(opened: WebgpuDevice, dispatch: Dispatch): Promise<PreparedDispatch> {
  const { device, pool, uploader } = opened;
  const shape = shapeOf(dispatch.bins, dispatch.sides);
  const layout = layOut(dispatch, shape);
  const pipeline = await opened.pipelineFor(layout.logitsBytes >= opened.specialiseFromBytes ? shape : null);
  const resultBytes = layout.resultWords * 4;
  const input = bufferUsage.storage | bufferUsage.copyDst;
  const rows = pool.take('rows', layout.rowsBytes, input);
  const logits = pool.take('logits', layout.logitsBytes, input);
  const results = pool.take('results', resultBytes, input | bufferUsage.copySrc);
  const readback = pool.take('readback', resultBytes, bufferUsage.mapRead | bufferUsage.copyDst);
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: { buffer: rows, size: layout.rowsBytes } },
      { binding: 1, resource: { buffer: logits, size: layout.logitsBytes } },
      { binding: 2, resource: { buffer: results, size: resultBytes } },
    ],
  });
  return {
    layout,
    results,
    readback,
    async upload() {
      await uploader.write(rows, layout.rows);
      await uploader.write(logits, layout.logits);
    },
    clear(encoder) {
      encoder.clearBuffer(results, layout.addedFrom * 4, resultBytes - layout.addedFrom * 4);
    },
    encode(pass) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      const across = Math.min(layout.items, maxWorkgroups);
      pass.dispatchWorkgroups(across, Math.ceil(layout.items / across));
    },
    copyBack(encoder) {
      encoder.copyBufferToBuffer(results, 0, readback, 0, resultBytes);
    },
    async read() {
      await readback.mapAsync(mapMode.read, 0, resultBytes);
      const copy = new Uint32Array(readback.getMappedRange(0, resultBytes).slice(0));
      readback.unmap();
      return copy;
    },
  };
}

/** Rejects with DflBackendError. */
export function runDispatch(
  opened: WebgpuDevice,
  dispatch: Dispatch,
): Promise<{ layout: DispatchLayout; results: Uint32Array }> {
  return opened.guard(async () => {
    const prepared = await prepareDispatch(opened, dispatch);
    await prepared.upload();
    const encoder = opened.device.createCommandEncoder();
    prepared.clear(encoder);
    const pass = encoder.beginComputePass();
    prepared.encode(pass);
    pass.end();
    prepared.copyBack(encoder);
    opened.device.queue.submit([encoder.finish()]);
    return { layout: prepared.layout, results: await prepared.read() };
  });
}
