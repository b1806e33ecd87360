// paddle.masked_select: the rows of a tensor whose mask is true, in row-major order.
import type { DeviceMemory } from './device-memory.ts';

/** Picks rows of `width` floats from `source` [rows, width] where `mask` [rows] is 1. */
export type MaskedSelect = (source: Float32Array, mask: Uint8Array, width: number) => Float32Array;

export const maskedSelect: MaskedSelect = (source, mask, width) => {
  const output = new Float32Array(countSelected(mask) * width);
  let row = 0;
  mask.forEach((selected, from) => {
    if (selected) output.set(source.subarray(from * width, (from + 1) * width), width * row++);
  });
  return output;
};

/**
 * The fault of PaddlePaddle 2.3.0 to 2.3.2 on GPU, as its repair describes it (Paddle#44181): the count of selected elements is right, so
 * the output has the right length, but the launch grid of the copying kernel was overwritten with 0, so nothing is ever copied into it.
 */
export function faultyMaskedSelect(memory: DeviceMemory): MaskedSelect {
  return (_source, mask, width) => memory.allocate(countSelected(mask) * width).slice();
}

export function countSelected(mask: Uint8Array): number {
  return mask.reduce((sum, selected) => sum + selected, 0);
}
