// Buffers of the device by their role, kept from call to call: making one costs more than computing a small capture.

export interface BufferPool {
  /** A buffer of at least `bytes`, the one that had this role before if it is large enough; its contents are whatever they were. */
  take(role: string, bytes: number, usage: number): GPUBuffer;
  releaseAll(): void;
}

/** One buffer per role, so the pool holds no more than the largest dispatch needed, rounded up. */
export function createBufferPool(device: GPUDevice): BufferPool {
  const buffers = new Map<string, GPUBuffer>();
  const { maxBufferSize } = device.limits;

  function take(role: string, bytes: number, usage: number): GPUBuffer {
    const kept = buffers.get(role);
    if (kept && kept.size >= bytes) return kept;
    kept?.destroy();
    const size = Math.min(roundedUp(bytes), Math.max(maxBufferSize, bytes));
    const buffer = device.createBuffer({ size, usage });
    buffers.set(role, buffer);
    return buffer;
  }

  function releaseAll(): void {
    for (const buffer of buffers.values()) buffer.destroy();
    buffers.clear();
  }

  return { take, releaseAll };
}

/** To a quarter of a power of two: growing captures rarely need a new buffer, and little memory lies idle. */
function roundedUp(bytes: number): number {
  const step = Math.max(2 ** Math.floor(Math.log2(bytes)) / 4, 4096);
  return Math.ceil(bytes / step) * step;
}
