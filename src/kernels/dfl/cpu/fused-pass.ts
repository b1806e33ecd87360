// The DFL kernel of the cpu backend: loss, entropy and the counts of non-finite values in one pass over the logits, without copying them.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths assertDflInput has checked
import { assertDflInput, type DflInput, type DflRecomputation, divisor, sidesPerPositive } from '../contract.ts';
import { inspectTargets } from './inspect-targets.ts';

/**
 * Formulas and rules of reference.ts, accumulated in float64. The logits [P,4,K] of each distribution are read twice while they are in
 * the cache: once for the largest and the non-finite ones, once for the sums. With d_j = z_j - max(z), s = sum exp(d_j) and
 * u = sum d_j exp(d_j): CE(z, k) = ln s - d_k and the entropy is ln s - u/s.
 *
 * Throws Error when the arrays do not fit P and K.
 */
export function recomputeFused(input: DflInput): DflRecomputation {
  assertDflInput(input);
  const distributions = input.positives * sidesPerPositive;
  const sums = sumDistributions(input);
  const lossDflValid = finiteOrNull(sums.loss / sidesPerPositive / divisor(input.formulation, input.normalizer));
  return {
    lossDfl: sums.soundSides === distributions ? lossDflValid : null,
    lossDflValid,
    distributions,
    nonFiniteLogits: sums.nonFiniteLogits,
    nonFiniteWeights: sums.nonFiniteWeights,
    entropyMean: sums.finiteDistributions > 0 ? finiteOrNull(sums.entropy / sums.finiteDistributions) : null,
    ...inspectTargets(input),
  };
}

/** `loss` is the sum of weight * DFL over the sound sides, before the mean over sides and the division by S. */
function sumDistributions({ positives, bins, lo, predDist, target, weight }: DflInput) {
  const top = lo + bins - 1;
  const sums = { loss: 0, soundSides: 0, entropy: 0, finiteDistributions: 0, nonFiniteLogits: 0, nonFiniteWeights: 0 };
  for (let row = 0; row < positives; row++) {
    const rowWeight = weight === null ? 1 : weight[row]!;
    const weightIsFinite = Number.isFinite(rowWeight);
    if (!weightIsFinite) sums.nonFiniteWeights++;
    for (let at = row * sidesPerPositive; at < (row + 1) * sidesPerPositive; at++) {
      const first = at * bins;
      let largest = Number.NEGATIVE_INFINITY;
      let nonFinite = 0;
      for (let j = first; j < first + bins; j++) {
        const z = predDist[j]!;
        if (!Number.isFinite(z)) nonFinite++;
        else if (z > largest) largest = z;
      }
      if (nonFinite > 0) {
        sums.nonFiniteLogits += nonFinite;
        continue;
      }
      let s = 0;
      let u = 0;
      for (let j = first; j < first + bins; j++) {
        const d = predDist[j]! - largest;
        const e = Math.exp(d);
        s += e;
        // Where e underflows d may be -Infinity (float64 logits near their limit): the limit of d exp(d) is 0.
        if (e > 0) u += d * e;
      }
      const logSum = Math.log(s);
      sums.entropy += logSum - u / s;
      sums.finiteDistributions++;
      const t = target[at]!;
      if (weightIsFinite && t >= lo && t < top) {
        const left = Math.floor(t);
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

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
