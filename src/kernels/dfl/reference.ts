// The truth every DFL backend is measured against: the formulas as they are written, in float64, one distribution at a time.
// It favours reading over speed; nothing computes with it in production but the self-test of the backends.
import type { DflOffender, DflRecomputation, NonFiniteLogit, SideIndex, TargetCounts } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import { assertDflInput, compareOffenders, type DflInput } from './contract.ts';

/**
 * Distribution Focal Loss of P positives with 4 sides (or 1 angle) of K bins, logits z [P,sides,K], targets t [P,sides], weights w [P],
 * bin values lo..lo+K-1:
 *
 *   l = floor(t) or trunc(t), r = l + 1, wl = r - t, wr = 1 - wl
 *   CE(z, k)  = log(sum_j exp(z_j)) - z_k
 *   DFL(z, t) = wl CE(z, l - lo) + wr CE(z, r - lo)
 *   loss      = sum_i w_i (1/sides) sum_side DFL(z_i,side, t_i,side) / divisor
 *
 * Li et al., Generalized Focal Loss (2020), eq. 6; the reduction is that of PaddleDetection's ppyoloe_head.py (_df_loss, _bbox_loss) and
 * ultralytics/utils/loss.py. GFL (mmdet gfl_head.py) sums w DFL over rows and sides and divides by 4, which is the same sum. Rounding and
 * divisor of each formulation: loss-rule.ts.
 *
 * Throws Error when the arrays do not fit P, sides and K.
 */
export function recomputeReference(input: DflInput): DflRecomputation {
  assertDflInput(input);
  const { positives, bins, lo } = input;
  const hi = lo + bins;
  const rows = Array.from({ length: positives }, (_, row) => row);
  const sides = rows.flatMap((row) => Array.from({ length: input.sides }, (_, side) => readSide(input, row, side)));
  const isInRange = ({ target }: PredictedSide) => target >= lo && target < hi - 1;

  const finiteTargets = sides.map(({ target }) => target).filter(Number.isFinite);
  const offenders = sides.filter((side) => !isInRange(side));
  const finiteLogits = sides.filter(({ logits }) => logits.every(Number.isFinite));
  const sound = finiteLogits.filter((side) => isInRange(side) && Number.isFinite(side.weight));
  const weights = rows.map((row) => (input.weight === null ? 1 : (input.weight[row] as number)));
  const lossSum = sum(
    sound.map(({ logits, target, weight }) => (weight * distributionFocalLoss(logits, target, input)) / input.sides),
  );
  const lossDflValid = finiteOrNull(lossSum / input.divisor);
  const entropies = finiteLogits.map(({ logits }) => entropy(logits));
  const nonFinite = sides.flatMap(nonFiniteLogitsOf);
  const targetCounts = countTargets(input, sides);
  const total = (name: 'belowRange' | 'aboveRange' | 'nonFinite' | 'atLowerClip' | 'atUpperClip') =>
    sum(targetCounts.map((counts) => counts[name]));
  return {
    lossDfl: sound.length === sides.length ? lossDflValid : null,
    lossDflValid,
    weightSum: sum(weights.filter(Number.isFinite)),
    distributions: sides.length,
    belowRange: total('belowRange'),
    aboveRange: total('aboveRange'),
    nonFiniteTargets: total('nonFinite'),
    nonFiniteLogits: nonFinite.length,
    nonFiniteWeights: weights.filter((weight) => !Number.isFinite(weight)).length,
    atLowerClip: total('atLowerClip'),
    atUpperClip: total('atUpperClip'),
    targetMin: finiteTargets.length > 0 ? finiteTargets.reduce((a, b) => Math.min(a, b)) : null,
    targetMax: finiteTargets.length > 0 ? finiteTargets.reduce((a, b) => Math.max(a, b)) : null,
    binHistogram: Array.from({ length: bins }, (_, bin) =>
      sum(targetCounts.map((counts) => counts.bins[bin] as number)),
    ),
    targetCounts,
    floorPercentiles: floorPercentiles(finiteTargets),
    entropyMean: entropies.length > 0 ? finiteOrNull(sum(entropies) / entropies.length) : null,
    firstNonFiniteLogits: nonFinite.slice(0, limits.nonFiniteLogits),
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
  const at = row * input.sides + side;
  return {
    row,
    side: side as SideIndex,
    target: input.target[at] ?? Number.NaN,
    weight: input.weight === null ? 1 : (input.weight[row] ?? Number.NaN),
    logits: Array.from(input.predDist.subarray(at * input.bins, (at + 1) * input.bins)),
  };
}

/** DFL(z, t) of finite logits [K] and an in-range target. */
export function distributionFocalLoss(
  logits: readonly number[],
  target: number,
  { lo, rounding }: Pick<DflInput, 'lo' | 'rounding'>,
): number {
  const left = rounding === 'floor' ? Math.floor(target) : Math.trunc(target);
  const right = left + 1;
  const weightLeft = right - target;
  const weightRight = 1 - weightLeft;
  return weightLeft * crossEntropy(logits, left - lo) + weightRight * crossEntropy(logits, right - lo);
}

/** log(sum_j exp(z_j)) - z_k. The largest logit is taken out of both terms first, so that neither exp nor the difference loses digits. */
function crossEntropy(logits: readonly number[], bin: number): number {
  const largest = Math.max(...logits);
  return logOfSum(logits, largest) + (largest - (logits[bin] as number));
}

/** log(sum_j exp(z_j - largest)) as log1p of the terms below the largest, which keeps the digits of a confident prediction's small loss. */
function logOfSum(logits: readonly number[], largest: number): number {
  const others = logits.filter((_, bin) => bin !== logits.indexOf(largest));
  return Math.log1p(sum(others.map((z) => Math.exp(z - largest))));
}

/** -sum_k p_k ln p_k of p = softmax(z), in nats. A bin whose probability underflows adds 0, the limit of p ln p. */
function entropy(logits: readonly number[]): number {
  const largest = Math.max(...logits);
  const logSum = logOfSum(logits, largest);
  const terms = logits.map((z) => {
    const probability = Math.exp(z - largest - logSum);
    return probability === 0 ? 0 : -probability * (z - largest - logSum);
  });
  return sum(terms);
}

function nonFiniteLogitsOf({ row, side, logits }: PredictedSide): NonFiniteLogit[] {
  return logits.flatMap((value, bin) => (Number.isFinite(value) ? [] : [{ row, side, bin, value }]));
}

function countTargets(input: DflInput, sides: readonly PredictedSide[]): TargetCounts[] {
  const { lo, bins, upperClip } = input;
  const top = lo + bins - 1;
  const groups = Array.from({ length: input.groups }, (_, group) => group);
  return groups.flatMap((group) =>
    Array.from({ length: input.sides }, (_, side) => {
      const targets = sides
        .filter((entry) => entry.side === side && (input.group?.[entry.row] ?? 0) === group)
        .map(({ target }) => target);
      const inRange = targets.filter((t) => t >= lo && t < top);
      return {
        group,
        side: side as SideIndex,
        bins: Array.from({ length: bins }, (_, bin) => inRange.filter((t) => Math.floor(t) - lo === bin).length),
        belowRange: targets.filter((t) => Number.isFinite(t) && t < lo).length,
        aboveRange: targets.filter((t) => Number.isFinite(t) && t >= top).length,
        nonFinite: targets.filter((t) => !Number.isFinite(t)).length,
        atLowerClip: inRange.filter((t) => t === lo).length,
        atUpperClip: inRange.filter((t) => t >= upperClip.from && t <= upperClip.to).length,
      };
    }),
  );
}

function floorPercentiles(finiteTargets: readonly number[]): DflRecomputation['floorPercentiles'] {
  if (finiteTargets.length === 0) return null;
  const { floorBound } = limits;
  const floors = finiteTargets
    .map((t) => Math.min(Math.max(Math.floor(t), -floorBound), floorBound))
    .sort((a, b) => a - b);
  const outside = Math.floor(0.001 * floors.length);
  return { low: floors[outside] as number, high: floors[floors.length - 1 - outside] as number };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
