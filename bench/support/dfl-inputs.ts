// Inputs of the DFL benchmark: random ones as a trainer makes them, and adverse ones.
import type { Float32DflInput } from '../../src/kernels/dfl/contract.ts';
import type { CpuBackend } from '../../src/kernels/dfl/cpu/cpu-backend.ts';
import { lossRuleOf } from '../../src/kernels/dfl/loss-rule.ts';

export const bins = 17;

/** P positives of K = 17: normal logits that lean to their target, uniform targets in [0, 15.99). The same for the same P. */
export function randomInput(positives: number): Float32DflInput {
  const random = randomFrom(positives);
  const target = Float32Array.from({ length: positives * 4 }, () => 15.99 * random());
  const predDist = new Float32Array(positives * 4 * bins);
  for (let at = 0; at < target.length; at++) {
    for (let bin = 0; bin < bins; bin++) {
      const lean = Math.abs(bin - (target[at] as number)) < 1 ? 2 : 0;
      predDist[at * bins + bin] = 1.5 * normal(random) + lean;
    }
  }
  return {
    ...lossRuleOf('ppyoloe', { positives, hi: bins, normalizer: positives }),
    positives,
    bins,
    lo: 0,
    predDist,
    target,
    weight: Float32Array.from({ length: positives }, random),
    group: null,
    groups: 1,
  };
}

export const adverse: { name: string; spoil: (input: Float32DflInput) => void }[] = [
  { name: '1 % NaN logits', spoil: ({ predDist }) => everyNth(predDist, 100, Number.NaN) },
  { name: 'a NaN in every distribution', spoil: ({ predDist }) => everyNth(predDist, bins, Number.NaN) },
  { name: 'all logits NaN', spoil: ({ predDist }) => void predDist.fill(Number.NaN) },
  {
    name: 'an infinity in every distribution',
    spoil: ({ predDist }) => everyNth(predDist, bins, Number.POSITIVE_INFINITY),
  },
  { name: 'logits to +-200', spoil: ({ predDist }) => scale(predDist, 100) },
  { name: 'logits to +-1e30', spoil: ({ predDist }) => scale(predDist, 5e29) },
  { name: 'logits to +-3e38', spoil: ({ predDist }) => everyNth(scale(predDist, 1), 2, 3e38, -3e38) },
  { name: 'all logits equal', spoil: ({ predDist }) => void predDist.fill(1) },
  { name: 'all targets out of range', spoil: ({ target }) => void target.fill(460) },
  { name: 'all targets NaN', spoil: ({ target }) => void target.fill(Number.NaN) },
];

/** The input with its tensors in memory the backend has lent, where uploads are read to. */
export function place(input: Float32DflInput, backend: Pick<CpuBackend, 'allocate'>): Float32DflInput {
  const copy = (array: Float32Array): Float32Array => {
    const { bytes } = backend.allocate(array.byteLength);
    const placed = new Float32Array(bytes.buffer, bytes.byteOffset, array.length);
    placed.set(array);
    return placed;
  };
  return {
    ...input,
    predDist: copy(input.predDist),
    target: copy(input.target),
    weight: input.weight && copy(input.weight),
  };
}

function everyNth(array: Float32Array, n: number, value: number, other = value): void {
  for (let i = 0; i < array.length; i += n) array[i] = i % (2 * n) === 0 ? value : other;
}

function scale(array: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < array.length; i++) array[i] = (array[i] as number) * factor;
  return array;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
