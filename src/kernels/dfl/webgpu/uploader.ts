// Brings bytes into buffers of the device through a few staging buffers: while one is being copied on the device, the next is filled.
import { bufferUsage, mapMode } from './open-adapter.ts';

export interface Uploader {
  /** Writes the parts one after the other from the start of `target`, each at a whole word. Resolves when all are on their way. */
  write(target: GPUBuffer, parts: readonly Uint8Array[]): Promise<void>;
  releaseAll(): void;
}

const stagingBytes = 8 * 2 ** 20;
const stagingBuffers = 4;

export function createUploader(device: GPUDevice): Uploader {
  /** Mapped and free, or on their way to be so. */
  let ready: Promise<GPUBuffer>[] = [];
  let made: GPUBuffer[] = [];

  async function takeStaging(): Promise<GPUBuffer> {
    if (ready.length > 0 && made.length >= stagingBuffers) return ready.shift() as Promise<GPUBuffer>;
    if (made.length === 0 || ready.length === 0) return makeStaging();
    return ready.shift() as Promise<GPUBuffer>;
  }

  function makeStaging(): GPUBuffer {
    const buffer = device.createBuffer({
      size: stagingBytes,
      usage: bufferUsage.mapWrite | bufferUsage.copySrc,
      mappedAtCreation: true,
    });
    made.push(buffer);
    return buffer;
  }

  function send(staging: GPUBuffer, target: GPUBuffer, at: number, bytes: number): void {
    staging.unmap();
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(staging, 0, target, at, bytes);
    device.queue.submit([encoder.finish()]);
    const mapped = staging.mapAsync(mapMode.write).then(() => staging);
    // A failure is met by whoever takes the buffer.
    mapped.catch(() => {});
    ready.push(mapped);
  }

  async function write(target: GPUBuffer, parts: readonly Uint8Array[]): Promise<void> {
    let sent = 0;
    let filled = 0;
    let staging = await takeStaging();
    let room = new Uint8Array(staging.getMappedRange());
    for (const part of parts) {
      for (let at = 0; at < part.length; ) {
        if (filled === stagingBytes) {
          send(staging, target, sent, filled);
          sent += filled;
          filled = 0;
          staging = await takeStaging();
          room = new Uint8Array(staging.getMappedRange());
        }
        const taken = Math.min(part.length - at, stagingBytes - filled);
        room.set(part.subarray(at, at + taken), filled);
        at += taken;
        filled += taken;
      }
      filled = Math.ceil(filled / 4) * 4;
    }
    send(staging, target, sent, filled);
  }

  function releaseAll(): void {
    for (const buffer of made) buffer.destroy();
    made = [];
    ready = [];
  }

  return { write, releaseAll };
}
