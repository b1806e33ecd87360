// Classification losses over all anchors of a batch, with their gradients: PP-YOLOE's varifocal loss, and the softmax cross entropy that a
// fork of the head may use instead.
import { checkLabels, crossEntropy, softmax } from './cross-entropy.ts';

export interface ClassTargets {
  /** Class id per anchor [B*A]; `numClasses` means background. */
  labels: Int32Array;
  /** Assigned score per anchor [B*A], 0 for background. */
  scores: Float32Array;
  numClasses: number;
}

export interface ClassLoss {
  /** Logits per anchor. */
  width(numClasses: number): number;
  /** Logit of class `k` before training, so that every class starts with a probability of 0.01. */
  initialLogit(k: number, numClasses: number): number;
  /** Sum over all anchors, divided by S or by what the loss says. Throws TargetOutOfBound where Paddle would. */
  loss(logits: Float32Array, targets: ClassTargets, normalizer: number): number;
  /** d loss / d logits [B*A, width] */
  gradient(logits: Float32Array, targets: ClassTargets, normalizer: number): Float32Array;
}

const alpha = 0.75;
const priorLogit = -Math.log(99);

/**
 * _varifocal_loss of ppyoloe_head.py: binary cross entropy towards the assigned score, weighted by that score for the labelled class and by
 * alpha p^2 for the others. The weight is taken as a constant in the gradient.
 */
export const varifocalLoss: ClassLoss = {
  width: (numClasses) => numClasses,
  initialLogit: () => priorLogit,
  loss(logits, targets, normalizer) {
    let sum = 0;
    eachClass(logits, targets, (probability, goal, weight) => {
      sum -= weight * (goal * Math.log(probability) + (1 - goal) * Math.log(1 - probability));
    });
    return sum / normalizer;
  },
  gradient(logits, targets, normalizer) {
    const gradient = new Float32Array(logits.length);
    eachClass(logits, targets, (probability, goal, weight, at) => {
      gradient[at] = (weight * (probability - goal)) / normalizer;
    });
    return gradient;
  },
};

function eachClass(
  logits: Float32Array,
  { labels, scores, numClasses }: ClassTargets,
  visit: (probability: number, goal: number, weight: number, at: number) => void,
): void {
  for (let at = 0; at < logits.length; at++) {
    const anchor = Math.floor(at / numClasses);
    const labelled = labels[anchor] === at % numClasses;
    const probability = 1 / (1 + Math.exp(-(logits[at] as number)));
    const goal = labelled ? (scores[anchor] as number) : 0;
    visit(probability, goal, labelled ? goal : alpha * probability * probability, at);
  }
}

/**
 * Softmax cross entropy over numClasses + 1 classes, the last being background, by Paddle's cross_entropy with its label check; the sum is
 * divided by the number of positives.
 */
export const softmaxLoss: ClassLoss = {
  width: (numClasses) => numClasses + 1,
  initialLogit: (k, numClasses) => (k === numClasses ? Math.log(99 * numClasses) : 0),
  loss(logits, { labels, numClasses }) {
    checkLabels(Array.from(labels, BigInt), numClasses + 1);
    const width = numClasses + 1;
    let sum = 0;
    labels.forEach((label, anchor) => {
      sum += crossEntropy(logits, anchor * width, width, label);
    });
    return sum / countPositives(labels, numClasses);
  },
  gradient(logits, { labels, numClasses }) {
    const width = numClasses + 1;
    const positives = countPositives(labels, numClasses);
    const gradient = new Float32Array(logits.length);
    labels.forEach((label, anchor) => {
      softmax(logits, anchor * width, width).forEach((probability, k) => {
        gradient[anchor * width + k] = (probability - (k === label ? 1 : 0)) / positives;
      });
    });
    return gradient;
  },
};

function countPositives(labels: Int32Array, numClasses: number): number {
  return Math.max(1, labels.filter((label) => label !== numClasses).length);
}
