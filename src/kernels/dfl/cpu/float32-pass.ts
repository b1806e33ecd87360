// The pass of the cpu backend over float32 tensors: the WebAssembly kernel (assembly/dfl.ts), one instance for each thread.
// biome-ignore-all lint/style/noNonNullAssertion: sumNames and the results have the same length

import { limits } from '../../../contracts/limits.ts';
import type { Float32DflInput } from '../contract.ts';
import { atLeast, atMost } from '../float32.ts';
import { countCells, emptySums, type KernelSums, sumNames } from '../kernel-sums.ts';

const maxCounts = limits.targetGroups * 4 * (limits.maxBins + countCells);

interface KernelExports {
  takeArea(address: number): void;
  countsAddress(): number;
  resultsAddress(): number;
  begin(
    bins: number,
    sides: number,
    lo: number,
    clipFrom: number,
    clipTo: number,
    truncate: number,
    hasWeight: number,
    hasGroup: number,
    groups: number,
  ): void;
  compute(x: number, t: number, w: number, g: number, rows: number): void;
}

/**
 * The pass of one thread, working in the area at `area`. The tensors of its inputs must be views of `memory`; with one side per row, the
 * bytes up to the next multiple of four rows are read too, but not used.
 */
export function createFloat32Pass(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  area: number,
): (input: Float32DflInput) => KernelSums {
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  kernel.takeArea(area);
  const results = new Float64Array(memory.buffer, kernel.resultsAddress(), sumNames.length);
  const counts = new Uint32Array(memory.buffer, kernel.countsAddress(), maxCounts);
  return (input) => {
    const { positives, sides, bins, lo, rounding, upperClip, predDist, target, weight, group, groups } = input;
    const [from, to] = [atLeast(upperClip.from), atMost(upperClip.to)];
    const truncate = Number(rounding === 'truncate');
    kernel.begin(bins, sides, lo, from, to, truncate, Number(weight !== null), Number(group !== null), groups);
    const [w, g] = [weight?.byteOffset ?? 0, group?.byteOffset ?? 0];
    kernel.compute(predDist.byteOffset, target.byteOffset, w, g, positives);
    const sums = emptySums(input);
    for (let i = 0; i < sumNames.length; i++) sums[sumNames[i]!] = results[i]!;
    // Both lie at multiples of 8, else copying from shared memory would be slow.
    sums.counts.set(counts.subarray(0, sums.counts.length));
    return sums;
  };
}
