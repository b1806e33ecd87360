// paddle.nn.functional.cross_entropy of PaddlePaddle 2.3: the check of the labels before the loss, and the loss of one row.

/** What Paddle raises as ValueError. */
export class TargetOutOfBound extends Error {
  readonly bound: 'lower' | 'upper';
  constructor(label: bigint, bound: 'lower' | 'upper') {
    super(`Target ${label} is out of ${bound} bound.`);
    this.bound = bound;
  }
}

const ignoreIndex = -100n;
const int64Min = -(2n ** 63n);

/**
 * The check as Paddle#40001 wrote it: the smallest label is compared first, then the largest; rows of the ignore index count as 0.
 * Throws TargetOutOfBound, which names the extreme label only.
 */
export function checkLabels(labels: readonly bigint[], classes: number): void {
  let [smallest, largest] = [0n, 0n];
  for (const label of labels) {
    const valid = label === ignoreIndex ? 0n : label;
    if (valid < smallest) smallest = valid;
    if (valid > largest) largest = valid;
  }
  if (smallest < 0n) throw new TargetOutOfBound(smallest, 'lower');
  if (largest >= BigInt(classes)) throw new TargetOutOfBound(largest, 'upper');
}

/** floor(value) as int64; NaN and values beyond int64 become the smallest int64, as on x86 and CUDA. */
export function floorToInt64(value: number): bigint {
  const floored = Math.floor(value);
  return floored >= -(2 ** 63) && floored < 2 ** 63 ? BigInt(floored) : int64Min;
}

/** softmax of logits [from, from + length). */
export function softmax(logits: Float32Array, from: number, length: number): number[] {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = from; i < from + length; i++) largest = Math.max(largest, logits[i] as number);
  const powers = Array.from({ length }, (_, i) => Math.exp((logits[from + i] as number) - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** log(sum_j exp(z_j)) - z_k over logits [from, from + length). */
export function crossEntropy(logits: Float32Array, from: number, length: number, k: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = from; i < from + length; i++) largest = Math.max(largest, logits[i] as number);
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += Math.exp((logits[i] as number) - largest);
  return Math.log(sum) + largest - (logits[from + k] as number);
}
