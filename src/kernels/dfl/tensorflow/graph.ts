// The op graph of the tensorflow backend: all sums and counts of a chunk of distributions in one run of TensorFlow ops, nothing read back
// in between. Float32 throughout; what float32 cannot hold is counted as imprecise, for the caller to compute again.
//
// No matmul (on recent GPUs TensorFlow multiplies in TF32, 10 bits of mantissa) and no gather (tfjs-node reads its indices back).
import { countCell, countCells } from '../kernel-sums.ts';
import type { Chunk } from './chunks.ts';
import type { Tensor, TensorOps } from './tensor-ops.ts';

/** Rows of the result [blockSums, blocks] of reduceChunk. */
export const blockSums = [
  'loss',
  'imprecise',
  'soundSides',
  'entropy',
  'finiteDistributions',
  'nonFiniteLogits',
  'weightSum',
  'nonFiniteWeights',
  'targetMin',
  'targetMax',
] as const;

/** exp of anything below is 0 in float32; with a finite bound -Infinity * 0 cannot arise. */
const smallestExponent = -200;
/** Below, the rounding of the exponents (half an ulp of numbers up to 16) shows in the sixth digit of the loss. */
export const smallestPreciseLoss = 1e-5;

/** One tensor [blockSums * blocks + cells], to be disposed by the caller. Formulas: reference.ts and cpu/float64-pass.ts. */
export function reduceChunk(tf: TensorOps, chunk: Chunk): Tensor {
  return tf.tidy(() => {
    const shape = [chunk.blocks, chunk.blockRows, chunk.sides];
    const perBlock = [chunk.blocks, 1, 1];
    const perRow = [chunk.blocks, chunk.blockRows, 1];
    const target: Targets = {
      value: tf.tensor(chunk.target, shape),
      lo: tf.tensor(chunk.lo, perBlock),
      clipFrom: tf.tensor(chunk.clipFrom, perBlock),
      clipTo: tf.tensor(chunk.clipTo, perBlock),
      truncates: tf.tensor(chunk.truncates, perBlock),
      firstCell: tf.tensor(chunk.firstCell, perRow),
    };
    const weight = tf.tensor(chunk.weight, perRow);
    const isInRange = tf.logicalAnd(
      tf.greaterEqual(target.value, target.lo),
      tf.less(target.value, tf.add(target.lo, chunk.bins - 1)),
    );
    const masks = {
      isReal: tf.greaterEqual(tf.add(target.firstCell, tf.zerosLike(target.value)), 0),
      isInRange,
      isFiniteTarget: tf.isFinite(target.value),
    };
    return tf.concat([
      flat(tf, sumDistributions(tf, chunk, target, weight, masks)),
      flat(tf, sumWeights(tf, weight, tf.greaterEqual(target.firstCell, 0))),
      flat(tf, extremes(tf, target.value, masks)),
      countTargets(tf, chunk, target, masks),
    ]);
  });
}

interface Targets {
  /** [blocks, blockRows, sides] */
  value: Tensor;
  /** [blocks, 1, 1] */
  lo: Tensor;
  clipFrom: Tensor;
  clipTo: Tensor;
  truncates: Tensor;
  /** [blocks, blockRows, 1] */
  firstCell: Tensor;
}

/** [blocks, blockRows, sides] */
interface Masks {
  /** Of a row of a capture, not of the padding behind its last one. */
  isReal: Tensor;
  isInRange: Tensor;
  isFiniteTarget: Tensor;
}

/** The first six of blockSums: [6, blocks]. */
function sumDistributions(tf: TensorOps, chunk: Chunk, target: Targets, weight: Tensor, masks: Masks): Tensor {
  const { blocks, blockRows, sides, bins } = chunk;
  const shape = [blocks, blockRows, sides];
  const logits = readLogits(tf, chunk);
  const per = (name: keyof typeof logits) => tf.reshape(logits[name], shape);
  const [logSum, largest, nonFinite] = [per('logSum'), per('largest'), per('nonFinite')];
  const isFiniteReal = and(tf, tf.less(nonFinite, 1), masks.isReal);
  const isSound = and(tf, isFiniteReal, masks.isInRange, tf.isFinite(weight));

  const inside = tf.where(masks.isInRange, target.value, target.lo);
  const castsUp = tf.logicalAnd(tf.greaterEqual(target.truncates, 1), tf.less(inside, 0));
  const left = tf.where(castsUp, tf.ceil(inside), tf.floor(inside));
  // Each weight from its own difference: 1 minus the other would lose the digits of the smaller one.
  const weights = tf.stack([tf.sub(tf.add(left, 1), inside), tf.sub(inside, left)]);
  const leftBin = tf.clipByValue(tf.sub(left, target.lo), 0, bins - 2);
  const leftAt = tf.add(tf.reshape(tf.range(0, chunk.logits.length, bins), shape), leftBin);
  const at = tf.cast(tf.reshape(tf.stack([leftAt, tf.add(leftAt, 1)]), [-1, 1]), 'int32');
  const neighbours = tf.reshape(tf.gatherND(tf.reshape(logits.values, [-1]), at), [2, ...shape]);
  const terms = tf.mul(weights, tf.sub(largest, neighbours));
  const loss = tf.add(logSum, tf.sum(terms, 0));
  const weighted = tf.mul(weight, loss);

  // The integer cast of a negative target weighs the right bin below 0: where the terms cancel, digits are lost.
  const doesNotCancel = tf.lessEqual(tf.add(logSum, tf.sum(tf.abs(terms), 0)), tf.mul(loss, 2));
  const isPrecise = and(tf, tf.greaterEqual(loss, smallestPreciseLoss), doesNotCancel, tf.isFinite(weighted));
  const zeros = tf.zerosLike(loss);
  const sides6 = tf.stack([
    tf.where(isSound, weighted, zeros),
    tf.cast(tf.logicalAnd(isSound, tf.logicalNot(isPrecise)), 'float32'),
    tf.cast(isSound, 'float32'),
    tf.where(isFiniteReal, per('entropy'), zeros),
    tf.cast(isFiniteReal, 'float32'),
    nonFinite,
  ]);
  return tf.sum(sides6, [2, 3]);
}

/**
 * Of logits z [P*sides, K], with values that are not finite replaced by 0, d = z - max(z), s = sum exp(d) without one of the largest, and
 * u = sum d exp(d): `values` [P*sides, K], and [P*sides, 1] each of `largest`, `logSum` = log1p(s), `entropy` = log1p(s) - u/(1+s) and
 * `nonFinite`, the number of values that are not finite.
 */
function readLogits(tf: TensorOps, { logits, bins }: Chunk) {
  return tf.tidy(() => {
    const raw = tf.tensor(logits, [logits.length / bins, bins]);
    const hasValue = tf.isFinite(raw);
    const zeros = tf.zerosLike(raw);
    const values = tf.where(hasValue, raw, zeros);
    const largest = tf.max(values, 1, true);
    const below = tf.maximum(tf.sub(values, largest), smallestExponent);
    const powers = tf.exp(below);
    const isBelow = tf.less(below, 0);
    // Subtracting the 1 of the largest from the whole sum would lose the digits of a confident prediction's small loss.
    const equalToLargest = tf.sub(bins - 1, tf.sum(tf.cast(isBelow, 'float32'), 1, true));
    const others = tf.add(tf.sum(tf.where(isBelow, powers, zeros), 1, true), equalToLargest);
    const logSum = tf.log1p(others);
    return {
      values,
      largest,
      logSum,
      entropy: tf.sub(logSum, tf.div(tf.sum(tf.mul(below, powers), 1, true), tf.add(others, 1))),
      nonFinite: tf.sub(bins, tf.sum(tf.cast(hasValue, 'float32'), 1, true)),
    };
  });
}

/** [2, blocks] */
function sumWeights(tf: TensorOps, weight: Tensor, isReal: Tensor): Tensor {
  const hasValue = tf.isFinite(weight);
  const finite = tf.where(tf.logicalAnd(hasValue, isReal), weight, tf.zerosLike(weight));
  const nonFinite = tf.cast(tf.logicalAnd(tf.logicalNot(hasValue), isReal), 'float32');
  return tf.sum(tf.stack([finite, nonFinite]), [2, 3]);
}

/** [2, blocks]; Infinity and -Infinity for a block without finite targets. */
function extremes(tf: TensorOps, target: Tensor, { isFiniteTarget, isReal }: Masks): Tensor {
  const counts = tf.logicalAnd(isFiniteTarget, isReal);
  return tf.stack([
    tf.min(tf.where(counts, target, Number.POSITIVE_INFINITY), [1, 2]),
    tf.max(tf.where(counts, target, Number.NEGATIVE_INFINITY), [1, 2]),
  ]);
}

/** KernelSums.counts of every capture of the chunk, one after the other: [cells]. Sums of ones below 2^24, so exact in float32. */
function countTargets(tf: TensorOps, chunk: Chunk, target: Targets, masks: Masks): Tensor {
  const { sides, bins, cells } = chunk;
  const { value, lo } = target;
  const stride = bins + countCells;
  const sideCells = tf.tensor(
    Array.from({ length: sides }, (_, side) => side * stride),
    [1, 1, sides],
    'float32',
  );
  const first = tf.add(tf.maximum(target.firstCell, 0), sideCells);
  const outside = tf.where(tf.less(value, lo), bins + countCell.belowRange, bins + countCell.aboveRange);
  const notInRange = tf.where(masks.isFiniteTarget, outside, bins + countCell.nonFinite);
  const bin = tf.sub(tf.floor(tf.where(masks.isInRange, value, lo)), lo);
  const cell = tf.where(masks.isInRange, bin, notInRange);
  const isIn = tf.logicalAnd(masks.isReal, masks.isInRange);
  const atUpperClip = tf.logicalAnd(tf.greaterEqual(value, target.clipFrom), tf.lessEqual(value, target.clipTo));
  const at = tf.stack([
    tf.add(first, cell),
    tf.add(first, bins + countCell.atLowerClip),
    tf.add(first, bins + countCell.atUpperClip),
  ]);
  const counts = tf.stack([masks.isReal, tf.logicalAnd(isIn, tf.equal(value, lo)), tf.logicalAnd(isIn, atUpperClip)]);
  return tf.scatterND(tf.cast(tf.reshape(at, [-1, 1]), 'int32'), tf.cast(tf.reshape(counts, [-1]), 'float32'), [cells]);
}

function and(tf: TensorOps, first: Tensor, ...others: Tensor[]): Tensor {
  return others.reduce((all, mask) => tf.logicalAnd(all, mask), first);
}

function flat(tf: TensorOps, x: Tensor): Tensor {
  return tf.reshape(x, [-1]);
}
