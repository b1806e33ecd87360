// PP-YOLOE's losses of the positives, as _bbox_loss of PaddleDetection's ppdet/modeling/heads/ppyoloe_head.py arranges them: GIoU and DFL
// weighted by the assigned score and divided by S, L1 only for the log.
import { checkLabels, crossEntropy, floorToInt64, softmax } from './cross-entropy.ts';
import type { MaskedSelect } from './masked-select.ts';

/** Tensors over all anchors, flattened to [B*A, ...], in grid units. */
export interface BoxTensors {
  mask: Uint8Array;
  /** [B*A, 4K] logits */
  predDist: Float32Array;
  /** [B*A, 4] x1 y1 x2 y2 */
  predBoxes: Float32Array;
  assignedBoxes: Float32Array;
  /** [B*A] */
  scores: Float32Array;
  /** [B*A, 4] clipped distances left, top, right, bottom */
  targetFull: Float32Array;
  regRange: readonly [number, number];
}

/** What masked_select hands to the losses: P rows each. */
export interface Positives {
  predDist: Float32Array;
  target: Float32Array;
  weight: Float32Array;
  predBoxes: Float32Array;
  assignedBoxes: Float32Array;
}

/** Selects in the order of the head, so that buffers are reused in that order. */
export function selectPositives(tensors: BoxTensors, select: MaskedSelect): Positives {
  const { mask, regRange } = tensors;
  const predBoxes = select(tensors.predBoxes, mask, 4);
  const assignedBoxes = select(tensors.assignedBoxes, mask, 4);
  const weight = select(tensors.scores, mask, 1);
  const predDist = select(tensors.predDist, mask, 4 * (regRange[1] - regRange[0]));
  const target = select(tensors.targetFull, mask, 4);
  return { predDist, target, weight, predBoxes, assignedBoxes };
}

/** mean |pred - assigned|; logged, not part of the total. */
export function l1Loss({ predBoxes, assignedBoxes }: Positives): number {
  const sum = predBoxes.reduce((total, value, i) => total + Math.abs(value - (assignedBoxes[i] as number)), 0);
  return sum / predBoxes.length;
}

/** sum(weight * (1 - GIoU)) / S */
export function iouLoss({ predBoxes, assignedBoxes, weight }: Positives, normalizer: number): number {
  const sum = weight.reduce((total, value, row) => total + value * giouLoss(predBoxes, assignedBoxes, row * 4), 0);
  return sum / normalizer;
}

/** 1 - GIoU with the eps of ppdet/modeling/losses/iou_loss.py; in [0, 2] for real boxes, anything for others. */
function giouLoss(a: Float32Array, b: Float32Array, at: number): number {
  const eps = 1e-10;
  const [ax1 = 0, ay1 = 0, ax2 = 0, ay2 = 0] = a.subarray(at, at + 4);
  const [bx1 = 0, by1 = 0, bx2 = 0, by2 = 0] = b.subarray(at, at + 4);
  const width = Math.max(0, Math.min(ax2, bx2) - Math.max(ax1, bx1));
  const height = Math.max(0, Math.min(ay2, by2) - Math.max(ay1, by1));
  const overlap = width * height;
  const union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - overlap + eps;
  const enclosing = (Math.max(ax2, bx2) - Math.min(ax1, bx1)) * (Math.max(ay2, by2) - Math.min(ay1, by1)) + eps;
  return 1 - (overlap / union - (enclosing - union) / enclosing);
}

/** _df_loss, weighted: sum(weight * mean over the 4 sides) / S. Throws TargetOutOfBound where Paddle's cross_entropy does. */
export function dflLoss(
  { predDist, target, weight }: Positives,
  regRange: readonly [number, number],
  normalizer: number,
): number {
  const [lo, hi] = regRange;
  const bins = hi - lo;
  const left = Array.from(target, (t) => floorToInt64(t) - BigInt(lo));
  checkLabels(left, bins);
  checkLabels(
    left.map((label) => label + 1n),
    bins,
  );
  let sum = 0;
  target.forEach((t, i) => {
    const weightLeft = Math.floor(t) + 1 - t;
    const bin = Math.floor(t) - lo;
    const loss =
      weightLeft * crossEntropy(predDist, i * bins, bins, bin) +
      (1 - weightLeft) * crossEntropy(predDist, i * bins, bins, bin + 1);
    sum += ((weight[Math.floor(i / 4)] as number) * loss) / 4;
  });
  return sum / normalizer;
}

/** d dflLoss / d predDist [P, 4, K] */
export function dflGradient(
  { predDist, target, weight }: Positives,
  regRange: readonly [number, number],
  normalizer: number,
): Float32Array {
  const bins = regRange[1] - regRange[0];
  const gradient = new Float32Array(predDist.length);
  target.forEach((t, i) => {
    const share = (weight[Math.floor(i / 4)] as number) / (4 * normalizer);
    const bin = Math.floor(t) - regRange[0];
    const weightLeft = Math.floor(t) + 1 - t;
    softmax(predDist, i * bins, bins).forEach((probability, k) => {
      const goal = k === bin ? weightLeft : k === bin + 1 ? 1 - weightLeft : 0;
      gradient[i * bins + k] = share * (probability - goal);
    });
  });
  return gradient;
}
