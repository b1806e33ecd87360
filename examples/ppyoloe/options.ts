// What a recording is made from, and the few numbers that the training and its description share.

export const faults = ['masked-select', 'labels', 'none'] as const;
export type Fault = (typeof faults)[number];

export interface RecordOptions {
  /** masked-select: the GPU kernel copies nothing. labels: one image is annotated with class ids the model does not know. none: healthy. */
  fault: Fault;
  /** [lo, hi): bins lo..hi-1. */
  regRange: readonly [number, number];
  seed: number;
  steps: number;
  ranks: number;
}

export const numClasses = 4;
export const baseLearningRate = 0.0025;
