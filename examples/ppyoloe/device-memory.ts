// A very small GPU memory: an allocator that hands out buffers again without clearing them, which is what caching allocators do. Whoever
// does not write to a buffer reads what its last user left.
import type { Random } from './random.ts';
import { paintPixels } from './scene.ts';

export interface DeviceMemory {
  /** `length` floats, holding whatever the last user of that memory left there. */
  allocate(length: number): Float32Array;
}

/** Room for a bit more than one training step, so that the second step meets what the first one left. */
const capacity = 1_200_000;

/** Memory after start-up: full of the batches that the data loader staged ahead. */
export function openDeviceMemory(random: Random): DeviceMemory {
  const memory = new Float32Array(capacity);
  paintPixels(random, memory);
  let next = random.integer(0, capacity / 2);
  return {
    allocate(length) {
      if (next + length > capacity) next = 0;
      next += length;
      return memory.subarray(next - length, next);
    },
  };
}

/**
 * Stands in for backbone and neck, which are not simulated: allocates feature maps and leaves in them what such layers leave, the output
 * of a convolution (either sign, a scale per channel) and behind it that output after PP-YOLOE's activation swish(x) = x / (1 + exp(-x)).
 */
export function runBackbone(memory: DeviceMemory, random: Random): void {
  const [channels, cells] = [56, 4_200];
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
