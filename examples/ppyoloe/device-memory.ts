// A very small GPU memory: an allocator that hands out buffers again without clearing them, which is what caching allocators do. Whoever
// does not write to a buffer reads what its last user left.
import type { Random } from './random.ts';
import { paintPixels } from './scene.ts';

export interface DeviceMemory {
  /** `length` floats, holding whatever the last user of that memory left there. */
  allocate(length: number): Float32Array;
}

/**
 * Memory after start-up: full of the batches that the data loader staged ahead. `capacity` is in floats; a bit more than one training step
 * takes, so that the second step meets what the first one left.
 */
export function openDeviceMemory(random: Random, capacity: number): DeviceMemory {
  const memory = new Float32Array(capacity);
  paintPixels(random, memory);
  let next = random.integer(0, Math.floor(capacity / 3));
  return {
    allocate(length) {
      // Back to the first block that is free; which one that is depends on what else runs.
      if (next + length > capacity) next = random.integer(0, Math.floor(capacity / 3));
      next += length;
      return memory.subarray(next - length, next);
    },
  };
}

const [channels, cells] = [56, 4_200];
export const backboneFloats = 2 * channels * cells;

/**
 * Stands in for backbone and neck, which are not simulated: allocates feature maps and leaves in them what such layers leave, the output
 * of a convolution (either sign, a scale per channel) and behind it that output after PP-YOLOE's activation swish(x) = x / (1 + exp(-x)).
 */
export function runBackbone(memory: DeviceMemory, random: Random): void {
  for (let channel = 0; channel < channels; channel++) {
    const scale = random.between(0.5, 14);
    const before = memory.allocate(cells);
    const after = memory.allocate(cells);
    for (let i = 0; i < cells; i++) {
      const value = random.normal() * scale;
      before[i] = value;
      after[i] = value / (1 + Math.exp(-value));
    }
  }
}
