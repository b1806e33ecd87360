// Runs the simulated training and gives everything its trainer would have pushed, as the files of a recorded run.
import type { SafetensorsDtype } from '../../src/kernels/safetensors/dtypes.ts';
import { writeSafetensors } from '../../src/kernels/safetensors/write-safetensors.ts';
import { anchors } from './anchors.ts';
import type { Positives } from './box-loss.ts';
import { softmaxLoss, varifocalLoss } from './class-loss.ts';
import { type Console, openConsole, printTraceback } from './console.ts';
import { TargetOutOfBound } from './cross-entropy.ts';
import { baseLearningRate, type Fault, numClasses, type RecordOptions } from './options.ts';
import { createRandom } from './random.ts';
import { consoleHeader, describeRun, expectedDiagnosis } from './run-description.ts';
import { annotateImages } from './scene.ts';
import { type Batch, createRank, describePositives, imagesPerBatch, type Losses, type Rank } from './trainer.ts';

/** Files of a recorded run by their path in its folder. */
export type Recording = Map<string, Uint8Array | string>;

const imagesPerRank = 6;
/** The labels fault has more images, the last batch being the bad one, so that healthy steps come first. */
const imagesOfLabelsFault = 16;
const warmupSteps = 20;
/** Captures of healthy tensors are kept this often, and at the last step. */
const captureEvery = 25;

interface RankRecording {
  rank: Rank;
  console: Console;
  trace: string | null;
}

export function recordRun(options: RecordOptions): Recording {
  const files: Recording = new Map();
  const ranks = Array.from({ length: options.ranks }, (_, index) => openRank(options, index));
  const metrics: string[] = [];
  for (let step = 0; step < options.steps && ranks.every(({ trace }) => trace === null); step++) {
    recordStep(options, ranks, step, files, metrics);
  }
  const raised = ranks.some(({ trace }) => trace !== null);
  files.set('run.json', `${JSON.stringify(describeRun(options), null, 2)}\n`);
  files.set('expected.json', `${JSON.stringify(expectedDiagnosis(options.fault, raised), null, 2)}\n`);
  files.set('metrics.ndjson', metrics.join(''));
  ranks.forEach(({ console, trace }, index) => {
    const suffix = index === 0 ? '' : `.rank${index}`;
    files.set(`train${suffix}.log`, console.text());
    if (trace !== null) files.set(`trace${suffix}.txt`, trace);
  });
  return files;
}

function openRank({ fault, regRange, seed, steps }: RecordOptions, index: number): RankRecording {
  const random = createRandom(seed * 1_000 + index);
  const imageCount = fault === 'labels' ? imagesOfLabelsFault : imagesPerRank;
  const isBad = (image: number) => fault === 'labels' && image >= imageCount - imagesPerBatch;
  const rank = createRank({
    images: annotateImages(random, imageCount, (image) => (isBad(image) ? numClasses + 1 : numClasses - 1)),
    numClasses,
    regRange,
    classLoss: fault === 'labels' ? softmaxLoss : varifocalLoss,
    random,
    faultySelection: fault === 'masked-select',
  });
  return { rank, console: openConsole(random, steps, index === 0 ? consoleHeader(fault) : []), trace: null };
}

function recordStep(
  options: RecordOptions,
  ranks: RankRecording[],
  step: number,
  files: Recording,
  metrics: string[],
): void {
  const batches = ranks.map(({ rank }) => rank.forward(step));
  // all_reduce of assigned_scores.sum(), mean over the ranks, at least 1.
  const normalizer = Math.fround(Math.max(1, batches.reduce((sum, { scoreSum }) => sum + scoreSum, 0) / ranks.length));
  const learningRate = baseLearningRate * Math.min(1, step / warmupSteps);
  ranks.forEach((recording, index) => {
    const batch = batches[index] as Batch;
    const positives = recording.rank.select(batch);
    const losses = tryLosses(options.fault, recording, batch, positives, normalizer);
    const isLast = losses === null || step === options.steps - 1;
    if (options.fault === 'masked-select' || isLast || step % captureEvery === 0) {
      const path = `captures/step-${String(step).padStart(4, '0')}-rank${index}.safetensors`;
      files.set(path, writeCapture(options, step, batch, positives, normalizer, losses));
    }
    if (losses === null) return;
    recording.console.line(step, learningRate, losses);
    metrics.push(printPoint(step, index, { ...losses, learning_rate: learningRate }));
    recording.rank.learn(batch, positives, normalizer, learningRate);
  });
}

/** The losses, or null when Paddle raised, which the trace then tells. */
function tryLosses(
  fault: Fault,
  recording: RankRecording,
  batch: Batch,
  positives: Positives,
  normalizer: number,
): Losses | null {
  try {
    return recording.rank.losses(batch, positives, normalizer);
  } catch (error) {
    if (!(error instanceof TargetOutOfBound)) throw error;
    recording.trace = printTraceback(error, fault === 'labels' ? 'class' : 'dfl');
    return null;
  }
}

/** The capture a hook in front of the losses takes. What the trainer then reported is known only when it did not raise. */
function writeCapture(
  { regRange: [lo, hi] }: RecordOptions,
  step: number,
  batch: Batch,
  { predDist, target, weight }: Positives,
  normalizer: number,
  losses: Losses | null,
): Uint8Array {
  const [images, rows] = [batch.images.length, weight.length];
  const { imageIds, strides } = describePositives(batch);
  const tensor = (dtype: SafetensorsDtype, shape: number[], data: ArrayBufferView) => ({ dtype, shape, data });
  return writeSafetensors(
    {
      pred_dist: tensor('F32', [rows, 4, hi - lo], predDist),
      target: tensor('F32', [rows, 4], target),
      weight: tensor('F32', [rows], weight),
      mask: tensor('BOOL', [images, anchors.length], batch.mask),
      target_full: tensor('F32', [images, anchors.length, 4], batch.targetFull),
    },
    {
      step: String(step),
      reg_range: `${lo},${hi}`,
      formulation: 'ppyoloe',
      normalizer: String(normalizer),
      ...(losses === null ? {} : { reported_loss_dfl: printNumber(losses.loss_dfl) }),
      image_ids: JSON.stringify(imageIds),
      strides: JSON.stringify(strides),
    },
  );
}

/** One point as push_metrics.py sends it: json.dumps writes non-finite numbers as bare tokens. */
function printPoint(step: number, rank: number, values: Record<string, number>): string {
  const pairs = Object.entries(values).map(([name, value]) => `"${name}": ${printNumber(value)}`);
  return `{"step": ${step}, "rank": ${rank}, "values": {${pairs.join(', ')}}}\n`;
}

function printNumber(value: number): string {
  return String(value);
}
