// One rank of the simulated training: a PP-YOLOE head without the network in front of it. The logits of every image are the parameters
// themselves, moved by plain gradient descent on 1.0 cls + 0.5 dfl (the gradient of the GIoU part is left out; boxes improve because their
// distributions do). That is enough to make the losses of a healthy run fall for the right reason.
import { type Anchor, anchors } from './anchors.ts';
import { type Assignment, assignAnchors, intersectionOverUnion } from './assign-targets.ts';
import { type BoxTensors, dflGradient, dflLoss, iouLoss, l1Loss, type Positives, selectPositives } from './box-loss.ts';
import type { ClassLoss, ClassTargets } from './class-loss.ts';
import { softmax } from './cross-entropy.ts';
import { backboneFloats, type DeviceMemory, openDeviceMemory, runBackbone } from './device-memory.ts';
import { faultyMaskedSelect, maskedSelect } from './masked-select.ts';
import type { Random } from './random.ts';
import { type AnnotatedImage, type Box, paintPixels } from './scene.ts';

export const imagesPerBatch = 2;
const imagePixels = 20_000;
/** How far a logit moves per unit of learning rate and gradient: the parameters of a real network move many logits at once. */
const logitGain = 20_000;

export interface RankOptions {
  images: AnnotatedImage[];
  numClasses: number;
  regRange: readonly [number, number];
  classLoss: ClassLoss;
  random: Random;
  /** Whether masked_select is at fault. */
  faultySelection: boolean;
}

interface ImageState {
  image: AnnotatedImage;
  assignment: Assignment;
  classLogits: Float32Array;
  distLogits: Float32Array;
  /** [A, 4] in grid units, decoded from distLogits; only the rows of positives ever move. */
  predBoxes: Float32Array;
}

/** Everything of one step up to the losses. */
export interface Batch extends BoxTensors {
  images: ImageState[];
  classLogits: Float32Array;
  classTargets: ClassTargets;
  /** sum(assigned_scores) of this rank. */
  scoreSum: number;
}

/** Losses as the trainer logs them, float32. */
export interface Losses {
  loss: number;
  loss_cls: number;
  loss_iou: number;
  loss_dfl: number;
  loss_l1: number;
}

export interface Rank {
  forward(step: number): Batch;
  /** The P rows that reach the losses. */
  select(batch: Batch): Positives;
  /** Throws TargetOutOfBound where Paddle would. */
  losses(batch: Batch, positives: Positives, normalizer: number): Losses;
  learn(batch: Batch, positives: Positives, normalizer: number, learningRate: number): void;
}

export function createRank(options: RankOptions): Rank {
  const { regRange, classLoss, random } = options;
  const memory = options.faultySelection ? openDeviceMemory(random, deviceFloats(regRange)) : null;
  const states = options.images.map((image) => initialState(image, options));
  return {
    forward(step) {
      const first = (step * imagesPerBatch) % states.length;
      const batch = assembleBatch(states.slice(first, first + imagesPerBatch), options);
      if (memory) occupy(memory, random, batch);
      return batch;
    },
    select: (batch) => selectPositives(batch, memory ? faultyMaskedSelect(memory) : maskedSelect),
    losses(batch, positives, normalizer) {
      const cls = Math.fround(classLoss.loss(batch.classLogits, batch.classTargets, normalizer));
      const iou = Math.fround(iouLoss(positives, normalizer));
      const dfl = Math.fround(dflLoss(positives, regRange, normalizer));
      const total = Math.fround(1.0 * cls + 2.5 * iou + 0.5 * dfl);
      return { loss: total, loss_cls: cls, loss_iou: iou, loss_dfl: dfl, loss_l1: Math.fround(l1Loss(positives)) };
    },
    learn(batch, positives, normalizer, learningRate) {
      const rate = learningRate * logitGain;
      moveClassLogits(batch, classLoss.gradient(batch.classLogits, batch.classTargets, normalizer), rate);
      moveDistLogits(batch, dflGradient(positives, regRange, normalizer), 0.5 * rate);
    },
  };
}

/** ppyoloe_head.py _init_weights: regression weights 0 and bias 1, so that all bins of a fresh head are equally likely. */
function initialState(image: AnnotatedImage, { numClasses, regRange, classLoss }: RankOptions): ImageState {
  const width = classLoss.width(numClasses);
  const state: ImageState = {
    image,
    assignment: assignAnchors(image),
    classLogits: new Float32Array(anchors.length * width).map((_, i) => classLoss.initialLogit(i % width, numClasses)),
    distLogits: new Float32Array(anchors.length * 4 * (regRange[1] - regRange[0])).fill(1),
    predBoxes: new Float32Array(anchors.length * 4),
  };
  anchors.forEach((_, at) => {
    decodeBox(state, at, regRange);
  });
  return state;
}

function assembleBatch(images: ImageState[], { numClasses, regRange }: RankOptions): Batch {
  const total = images.length * anchors.length;
  const batch: Batch = {
    images,
    regRange,
    classLogits: concatenate(images.map((state) => state.classLogits)),
    predDist: concatenate(images.map((state) => state.distLogits)),
    predBoxes: concatenate(images.map((state) => state.predBoxes)),
    assignedBoxes: new Float32Array(total * 4),
    targetFull: new Float32Array(total * 4),
    mask: new Uint8Array(total),
    scores: new Float32Array(total),
    classTargets: { labels: new Int32Array(total).fill(numClasses), scores: new Float32Array(total), numClasses },
    scoreSum: 0,
  };
  images.forEach((state, b) => {
    anchors.forEach((anchor, a) => {
      fillAnchor(batch, state, anchor, a, b * anchors.length + a);
    });
  });
  batch.classTargets.scores = batch.scores;
  batch.scoreSum = batch.scores.reduce((sum, score) => sum + score, 0);
  return batch;
}

function fillAnchor(batch: Batch, state: ImageState, anchor: Anchor, anchorIndex: number, at: number): void {
  const [lo, hi] = batch.regRange;
  const boxIndex = state.assignment[anchorIndex] as number;
  // Background anchors carry box 0 of their image, as in the head: finite, and masked out.
  const box = (state.image.boxes[Math.max(0, boxIndex)] as Box).map((side) => side / anchor.stride) as unknown as Box;
  batch.assignedBoxes.set(box, at * 4);
  const distances = [anchor.x - box[0], anchor.y - box[1], box[2] - anchor.x, box[3] - anchor.y];
  batch.targetFull.set(
    distances.map((distance) => Math.min(hi - 1 - 0.01, Math.max(lo, distance))),
    at * 4,
  );
  if (boxIndex < 0) return;
  batch.mask[at] = 1;
  const predicted = batch.predBoxes.subarray(at * 4, at * 4 + 4) as unknown as Box;
  batch.scores[at] = intersectionOverUnion(predicted, box);
  batch.classTargets.labels[at] = state.image.classes[boxIndex] as number;
}

/** The box around an anchor whose sides are the means of the predicted distributions. */
function decodeBox({ distLogits, predBoxes }: ImageState, at: number, [lo, hi]: readonly [number, number]): void {
  const { x, y } = anchors[at] as Anchor;
  const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => {
    const probabilities = softmax(distLogits, (at * 4 + side) * (hi - lo), hi - lo);
    return probabilities.reduce((sum, probability, k) => sum + probability * (lo + k), 0);
  }) as [number, number, number, number];
  predBoxes.set([x - left, y - top, x + right, y + bottom], at * 4);
}

function moveClassLogits({ images }: Batch, gradient: Float32Array, rate: number): void {
  const length = gradient.length / images.length;
  images.forEach((state, b) => {
    state.classLogits.forEach((logit, i) => {
      state.classLogits[i] = logit - rate * (gradient[b * length + i] as number);
    });
  });
}

/** The gradient of a selection goes back to the selected rows. */
function moveDistLogits({ images, mask, regRange }: Batch, gradient: Float32Array, rate: number): void {
  const width = 4 * (regRange[1] - regRange[0]);
  let row = 0;
  mask.forEach((selected, at) => {
    if (!selected) return;
    const state = images[Math.floor(at / anchors.length)] as ImageState;
    const anchor = at % anchors.length;
    for (let i = 0; i < width; i++) {
      const logit = state.distLogits[anchor * width + i] as number;
      state.distLogits[anchor * width + i] = logit - rate * (gradient[row * width + i] as number);
    }
    decodeBox(state, anchor, regRange);
    row++;
  });
}

/** Half as much again as the tensors of one step. */
function deviceFloats([lo, hi]: readonly [number, number]): number {
  const perAnchor = 4 * (hi - lo) + 4 + 4 + 1;
  return Math.ceil(1.5 * (imagePixels + backboneFloats + imagesPerBatch * anchors.length * perAnchor));
}

/** Runs the step's other tensors through device memory, so that stale buffers hold what a step really leaves behind. */
function occupy(memory: DeviceMemory, random: Random, batch: Batch): void {
  paintPixels(random, memory.allocate(imagePixels));
  runBackbone(memory, random);
  for (const tensor of [batch.predDist, batch.predBoxes, batch.assignedBoxes, batch.scores])
    memory.allocate(tensor.length).set(tensor);
}

function concatenate(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Image id and stride of every positive, in row order. */
export function describePositives({ mask, images }: Batch): { imageIds: number[]; strides: number[] } {
  const rows = Array.from(mask.keys()).filter((at) => mask[at]);
  return {
    imageIds: rows.map((at) => (images[Math.floor(at / anchors.length)] as ImageState).image.id),
    strides: rows.map((at) => (anchors[at % anchors.length] as Anchor).stride),
  };
}
