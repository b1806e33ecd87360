// The pass of the cpu backend over float64 tensors: plain loops in float64. Float32 tensors go through the WASM kernel (float32-pass.ts).
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths assertDflInput has checked
import type { DflInput } from '../contract.ts';
import { countCell, countCells, emptySums, type KernelSums } from '../kernel-sums.ts';

/**
 * Formulas of reference.ts, accumulated in float64. The logits [P,sides,K] of each distribution are read twice while they are in the
 * cache: once for the largest and the non-finite ones, once for the sums. With d_j = z_j - max(z), one of the j with d_j = 0 left out of
 * s = sum exp(d_j), and u = sum d_j exp(d_j): CE(z, k) = log1p(s) - d_k and the entropy is log1p(s) - u/(1+s).
 */
export function sumFloat64(input: DflInput): KernelSums {
  const { positives, sides, bins, lo, predDist, target, weight } = input;
  const top = lo + bins - 1;
  const takeLeft = input.rounding === 'floor' ? Math.floor : Math.trunc;
  const sums = emptySums(input);
  for (let row = 0; row < positives; row++) {
    const rowWeight = weight === null ? 1 : weight[row]!;
    const weightIsFinite = Number.isFinite(rowWeight);
    if (weightIsFinite) sums.weightSum += rowWeight;
    else sums.nonFiniteWeights++;
    for (let at = row * sides; at < (row + 1) * sides; at++) {
      const t = target[at]!;
      countTarget(sums, input, row, at % sides, t);
      const first = at * bins;
      let largest = Number.NEGATIVE_INFINITY;
      let largestAt = first;
      let nonFinite = 0;
      for (let j = first; j < first + bins; j++) {
        const z = predDist[j]!;
        if (!Number.isFinite(z)) nonFinite++;
        else if (z > largest) {
          largest = z;
          largestAt = j;
        }
      }
      if (nonFinite > 0) {
        sums.nonFiniteLogits += nonFinite;
        continue;
      }
      let s = 0;
      let u = 0;
      for (let j = first; j < first + bins; j++) {
        if (j === largestAt) continue;
        const d = predDist[j]! - largest;
        const e = Math.exp(d);
        s += e;
        // Where e underflows d may be -Infinity (logits near their limit): the limit of d exp(d) is 0.
        if (e > 0) u += d * e;
      }
      const logSum = Math.log1p(s);
      sums.entropy += logSum - u / (1 + s);
      sums.finiteDistributions++;
      if (weightIsFinite && t >= lo && t < top) {
        const left = takeLeft(t);
        const weightLeft = left + 1 - t;
        const crossEntropyLeft = logSum + (largest - predDist[first + left - lo]!);
        const crossEntropyRight = logSum + (largest - predDist[first + left - lo + 1]!);
        sums.loss += rowWeight * (weightLeft * crossEntropyLeft + (1 - weightLeft) * crossEntropyRight);
        sums.soundSides++;
      }
    }
  }
  return sums;
}

function countTarget(sums: KernelSums, input: DflInput, row: number, side: number, t: number): void {
  const { sides, bins, lo, upperClip, group } = input;
  const first = ((group?.[row] ?? 0) * sides + side) * (bins + countCells);
  const add = (cell: number) => {
    sums.counts[first + cell]!++;
  };
  if (t >= lo && t < lo + bins - 1) {
    add(Math.floor(t) - lo);
    if (t === lo) add(bins + countCell.atLowerClip);
    if (t >= upperClip.from && t <= upperClip.to) add(bins + countCell.atUpperClip);
  } else if (!Number.isFinite(t)) {
    add(bins + countCell.nonFinite);
    return;
  } else add(bins + (t < lo ? countCell.belowRange : countCell.aboveRange));
  if (t < sums.targetMin) sums.targetMin = t;
  if (t > sums.targetMax) sums.targetMax = t;
}
