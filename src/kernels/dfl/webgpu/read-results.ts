// Makes the sums of an input out of what the kernel left for its slices: partial sums added in float64, and the losses that the kernel
// left out because float32 does not hold them, computed in float64.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside the layout that made the results
import type { Float32DflInput } from '../contract.ts';
import { sumFloat64 } from '../cpu/float64-pass.ts';
import { emptySums, type KernelSums } from '../kernel-sums.ts';
import type { SliceLayout } from './dispatch-layout.ts';
import { fromOrder } from './float-order.ts';
import { type Slice, tensorsOf } from './plan-dispatches.ts';
import { partialWord, partialWords } from './table-words.ts';

/** The sums before any slice: those of the weights, which are looked at here in float64, one number per row. */
export function startSums(input: Float32DflInput): KernelSums {
  const sums = emptySums(input);
  const finite = input.weight?.filter(Number.isFinite);
  sums.nonFiniteWeights = finite ? input.positives - finite.length : 0;
  sums.weightSum = finite ? finite.reduce((sum, value) => sum + value, 0) : input.positives;
  return sums;
}

export function addResults(sums: KernelSums, layout: SliceLayout, results: Uint32Array): void {
  const floats = new Float32Array(results.buffer, results.byteOffset, results.length);
  const orders = new Int32Array(results.buffer, results.byteOffset, results.length);
  let leftOut = 0;
  for (let item = layout.firstItem; item < layout.firstItem + layout.items; item++) {
    const at = item * partialWords;
    sums.loss += floats[at + partialWord.loss]!;
    sums.entropy += floats[at + partialWord.entropy]!;
    sums.soundSides += results[at + partialWord.soundSides]!;
    sums.finiteDistributions += results[at + partialWord.finiteDistributions]!;
    sums.nonFiniteLogits += results[at + partialWord.nonFiniteLogits]!;
    leftOut += results[at + partialWord.leftOut]!;
    sums.targetMin = Math.min(sums.targetMin, fromOrder(orders[at + partialWord.minOrder]!));
    sums.targetMax = Math.max(sums.targetMax, fromOrder(orders[at + partialWord.maxOrder]!));
  }
  for (let cell = 0; cell < layout.cells; cell++) sums.counts[cell]! += results[layout.counts + cell]!;
  if (leftOut > 0) {
    const mask = results.subarray(layout.leftOut, layout.leftOut + Math.ceil(layout.distributions / 32));
    sums.loss += sumLeftOut(layout.slice, mask);
  }
}

/** Distributions gathered at a time. */
const gathered = 1024;

function sumLeftOut(slice: Slice, mask: Uint32Array): number {
  const { input } = slice;
  const { bins, sides } = input;
  const tensors = tensorsOf(slice);
  const distributions = slice.rows * sides;
  let sum = 0;
  for (let at = 0; at < distributions; ) {
    const chosen: number[] = [];
    for (; at < distributions && chosen.length < gathered; at++) {
      if ((mask[at >>> 5]! >>> (at & 31)) & 1) chosen.push(at);
    }
    if (chosen.length === 0) break;
    const predDist = new Float32Array(chosen.length * bins);
    for (const [i, from] of chosen.entries())
      predDist.set(tensors.predDist.subarray(from * bins, (from + 1) * bins), i * bins);
    // One side each, since the sum is taken before the mean over the sides.
    const part: Float32DflInput = {
      ...input,
      positives: chosen.length,
      sides: 1,
      predDist,
      target: Float32Array.from(chosen, (from) => tensors.target[from]!),
      weight: tensors.weight && Float32Array.from(chosen, (from) => tensors.weight![Math.floor(from / sides)]!),
      group: null,
      groups: 1,
    };
    sum += sumFloat64(part).loss;
  }
  return sum;
}
