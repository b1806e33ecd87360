// The truth every DFL backend is measured against: the formulas as they are written, in float64, one distribution at a time.
// It favours reading over speed; nothing computes with it in production but the self-test of the backends.
import { limits } from '../../contracts/limits.ts';
import {
  assertDflInput,
  compareOffenders,
  type DflInput,
  type DflOffender,
  type DflRecomputation,
  divisor,
  isAtUpperClip,
  sidesPerPositive,
  upperClip,
} from './contract.ts';

/**
 * Distribution Focal Loss of P positives with 4 sides of K bins, logits z [P,4,K], targets t [P,4], weights w [P], bin values lo..lo+K-1:
 *
 *   l = floor(t), r = l + 1, wl = r - t, wr = 1 - wl
 *   CE(z, k)  = log(sum_j exp(z_j)) - z_k
 *   DFL(z, t) = wl CE(z, l - lo) + wr CE(z, r - lo)
 *   loss      = sum_i w_i (1/4) sum_side DFL(z_i,side, t_i,side) / divisor(S)
 *
 * Li et al., Generalized Focal Loss (2020), eq. 6; the reduction is that of PaddleDetection's ppyoloe_head.py (_df_loss, _bbox_loss) and
 * ultralytics/utils/loss.py. GFL (mmdet gfl_head.py) sums w DFL over rows and sides and divides by 4, which is the same sum. Trainers
 * without a lower bound take l by truncation; that is floor for the targets t >= 0 they allow.
 *
 * Throws Error when the arrays do not fit P and K.
 */
export function recomputeReference(input: DflInput): DflRecomputation {
  assertDflInput(input);
  const { positives, bins, lo } = input;
  const hi = lo + bins;
  const clip = upperClip(input.formulation, hi);
  const rows = Array.from({ length: positives }, (_, row) => row);
  const sides = rows.flatMap((row) =>
    Array.from({ length: sidesPerPositive }, (_, side) => readSide(input, row, side)),
  );

  const finiteTargets = sides.map(({ target }) => target).filter(Number.isFinite);
  const inRange = finiteTargets.filter((t) => t >= lo && t < hi - 1);
  const belowRange = finiteTargets.filter((t) => t < lo).length;
  const offenders = sides.filter(({ target }) => !(target >= lo && target < hi - 1));
  const finiteLogits = sides.filter(({ logits }) => logits.every(Number.isFinite));
  const sound = finiteLogits.filter(({ target, weight }) => target >= lo && target < hi - 1 && Number.isFinite(weight));

  const lossSum = sum(
    sound.map(({ logits, target, weight }) => (weight * distributionFocalLoss(logits, target, lo)) / 4),
  );
  const lossDflValid = finiteOrNull(lossSum / divisor(input.formulation, input.normalizer));
  const entropies = finiteLogits.map(({ logits }) => entropy(logits));
  return {
    lossDfl: sound.length === sides.length ? lossDflValid : null,
    lossDflValid,
    distributions: sides.length,
    belowRange,
    aboveRange: finiteTargets.length - belowRange - inRange.length,
    nonFiniteTargets: sides.length - finiteTargets.length,
    nonFiniteLogits: sum(sides.map(({ logits }) => logits.filter((z) => !Number.isFinite(z)).length)),
    nonFiniteWeights: rows.filter((row) => input.weight !== null && !Number.isFinite(input.weight[row])).length,
    atLowerClip: inRange.filter((t) => t === lo).length,
    atUpperClip: inRange.filter((t) => isAtUpperClip(t, clip)).length,
    targetMin: finiteTargets.length > 0 ? finiteTargets.reduce((a, b) => Math.min(a, b)) : null,
    targetMax: finiteTargets.length > 0 ? finiteTargets.reduce((a, b) => Math.max(a, b)) : null,
    binHistogram: histogram(inRange, lo, bins),
    entropyMean: entropies.length > 0 ? finiteOrNull(sum(entropies) / entropies.length) : null,
    offenders: offenders
      .map(({ row, side, target }) => ({ row, side, target }))
      .sort((a, b) => compareOffenders(a, b, lo, hi))
      .slice(0, limits.offenders),
  };
}

interface PredictedSide extends DflOffender {
  logits: number[];
  weight: number;
}

function readSide(input: DflInput, row: number, side: number): PredictedSide {
  const at = row * sidesPerPositive + side;
  return {
    row,
    side: side as DflOffender['side'],
    target: input.target[at] ?? Number.NaN,
    weight: input.weight === null ? 1 : (input.weight[row] ?? Number.NaN),
    logits: Array.from(input.predDist.subarray(at * input.bins, (at + 1) * input.bins)),
  };
}

/** DFL(z, t) of finite logits [K] and an in-range target. */
export function distributionFocalLoss(logits: readonly number[], target: number, lo: number): number {
  const left = Math.floor(target);
  const right = left + 1;
  const weightLeft = right - target;
  const weightRight = 1 - weightLeft;
  return weightLeft * crossEntropy(logits, left - lo) + weightRight * crossEntropy(logits, right - lo);
}

/** log(sum_j exp(z_j)) - z_k. The largest logit is taken out of both terms first, so that neither exp nor the difference loses digits. */
function crossEntropy(logits: readonly number[], bin: number): number {
  const largest = Math.max(...logits);
  const logSum = Math.log(sum(logits.map((z) => Math.exp(z - largest))));
  return logSum + (largest - (logits[bin] as number));
}

/** -sum_k p_k ln p_k of p = softmax(z), in nats. A bin whose probability underflows adds 0, the limit of p ln p. */
function entropy(logits: readonly number[]): number {
  const largest = Math.max(...logits);
  const total = sum(logits.map((z) => Math.exp(z - largest)));
  const terms = logits.map((z) => {
    const probability = Math.exp(z - largest) / total;
    return probability === 0 ? 0 : -probability * (z - largest - Math.log(total));
  });
  return sum(terms);
}

function histogram(inRange: readonly number[], lo: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const target of inRange) {
    const bin = Math.floor(target) - lo;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
