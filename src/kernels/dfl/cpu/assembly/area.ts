// The memory of one instance: scratch, counts and results. The threads of the backend share one memory, so every instance is told where
// its area lies.

/** Bins of a distribution, at most. */
const maxBins: usize = 256;
const maxGroups: usize = 16;
/** Cells behind the bins of each group and side; see countCell in kernel-sums.ts. */
export const countCells: usize = 5;
/** Quads that pass through the kernel together, at most. */
export const maxBlock: usize = 32;
/** Logits of a block, transposed: fewer quads where they have many bins, so that they stay in the processor's nearest cache. */
export const sheetBytes: usize = 16384;

// Offsets. Of each quad of a block: the largest logit of each lane, its distance from the smallest one, the sum of the exponentials, the
// sum of their products with what they are the exponentials of, the logarithm of the sum, the entropy.
const blockBytes: usize = maxBlock * 16;
export const largestOf: usize = 0;
export const spreadOf: usize = largestOf + blockBytes;
export const sumOf: usize = spreadOf + blockBytes;
export const productOf: usize = sumOf + blockBytes;
export const logOf: usize = productOf + blockBytes;
export const entropyOf: usize = logOf + blockBytes;
/** All ones in the lanes whose logits are finite, and in how many bins the largest stands: for quads that are not ordinary. */
export const finiteOf: usize = entropyOf + blockBytes;
export const tiesOf: usize = finiteOf + blockBytes;
/** Numbers of the quads of a block that are not ordinary boxes. */
export const othersOf: usize = tiesOf + blockBytes;
/** Lanes that are stored to be read one by one. */
export const lanesOf: usize = othersOf + maxBlock * 4;
export const sheetOf: usize = lanesOf + 6 * 16;
/** uint32 [groups, sides, K + 5]. */
export const countsOf: usize = sheetOf + sheetBytes;
/** float64 each, in the order of sumNames in kernel-sums.ts. */
export const lossOf: usize = countsOf + maxGroups * 4 * (maxBins + countCells) * 4;
export const soundSidesOf: usize = lossOf + 8;
export const entropySumOf: usize = lossOf + 16;
export const finiteDistributionsOf: usize = lossOf + 24;
export const nonFiniteLogitsOf: usize = lossOf + 32;
export const nonFiniteWeightsOf: usize = lossOf + 40;
export const weightSumOf: usize = lossOf + 48;
export const targetMinOf: usize = lossOf + 56;
export const targetMaxOf: usize = lossOf + 64;
export const resultBytes: usize = 72;

/** Where the area lies. */
export let area: usize = 0;

/** Gives this instance its area, at an address divisible by 16. */
export function takeArea(address: usize): void {
  area = address;
}
