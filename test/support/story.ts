// The PP-YOLOE story with numbers of its own (not those of examples/recorded): captures whose selection is corrupted or intact, log
// lines, and the traceback.
import { writeSafetensors } from '../../src/kernels/safetensors/write-safetensors.ts';

export interface StoryNumbers {
  lo: number;
  hi: number;
  /** Values that the faulty selection returns instead of the targets. */
  garbage: number[];
  seed: number;
}

/** Deterministic numbers in [0, 1): mulberry32 (public domain, Tommy Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * One capture: 2 images of 60 anchors, about a quarter of them positive, targets clipped as PP-YOLOE clips them.
 * `fault` replaces some selected rows by garbage; `reported` is stored as the trainer's own loss_dfl.
 */
export function makeCapture(
  numbers: StoryNumbers,
  options: { fault: boolean; step: number; reported?: number },
): Uint8Array {
  const { lo, hi, garbage, seed } = numbers;
  const bins = hi - lo;
  const random = randomFrom(seed + options.step);
  const images = 2;
  const anchors = 60;
  const mask = Uint8Array.from({ length: images * anchors }, () => (random() < 0.25 ? 1 : 0));
  mask[0] = 1;
  const targetFull = Float32Array.from({ length: images * anchors * 4 }, () =>
    Math.min(Math.max(lo, lo + random() * bins), hi - 1 - 0.01),
  );
  const selected: number[] = [];
  mask.forEach((positive, row) => {
    if (positive) selected.push(...targetFull.subarray(row * 4, row * 4 + 4));
  });
  const positives = selected.length / 4;
  const target = Float32Array.from(selected);
  for (const [index, value] of options.fault ? garbage.entries() : [])
    target.set([value, value, 1, 2], (index % positives) * 4);
  const logits = Float32Array.from({ length: positives * 4 * bins }, () => random() * 2 - 1);
  const weight = Float32Array.from({ length: positives }, () => 0.2 + 0.8 * random());
  return writeSafetensors(
    {
      pred_dist: { dtype: 'F32', shape: [positives, 4, bins], data: logits },
      target: { dtype: 'F32', shape: [positives, 4], data: target },
      weight: { dtype: 'F32', shape: [positives], data: weight },
      target_full: { dtype: 'F32', shape: [images, anchors, 4], data: targetFull },
      mask: { dtype: 'BOOL', shape: [images, anchors], data: mask },
    },
    {
      step: String(options.step),
      reg_range: `${lo},${hi}`,
      formulation: 'ppyoloe',
      normalizer: String(weight.reduce((sum, value) => sum + value, 0)),
      ...(options.reported === undefined ? {} : { reported_loss_dfl: String(options.reported) }),
    },
  );
}

export function logLine(iteration: number, loss: { cls: number; iou: number; dfl: number; l1: number }): string {
  const total = loss.cls + 2.5 * loss.iou + 0.5 * loss.dfl;
  const [a, b, c, d, e] = [total, loss.cls, loss.iou, loss.dfl, loss.l1].map((value) => value.toFixed(6));
  return `[06/14 09:21:${String(10 + (iteration % 50)).padStart(2, '0')}] ppdet.engine INFO: Epoch: [0] [${String(iteration).padStart(3)}/512] learning_rate: ${(iteration * 1e-5).toFixed(6)} loss: ${a} loss_cls: ${b} loss_iou: ${c} loss_dfl: ${d} loss_l1: ${e} eta: 3:12:45 batch_cost: 0.6120 data_cost: 0.0102 ips: 13.0719 images/s\n`;
}

export function boundTrace(value: number, side: 'lower' | 'upper'): string {
  return `Traceback (most recent call last):
  File "tools\\train.py", line 183, in <module>
    main()
  File "tools\\train.py", line 179, in main
    run(FLAGS, cfg)
  File "tools\\train.py", line 132, in run
    trainer.train(FLAGS.eval)
  File "E:\\work\\PaddleDetection\\ppdet\\engine\\trainer.py", line 489, in train
    outputs = model(data)
  File "E:\\envs\\pd\\lib\\site-packages\\paddle\\fluid\\dygraph\\layers.py", line 930, in __call__
    return self._dygraph_call_func(*inputs, **kwargs)
  File "E:\\work\\PaddleDetection\\ppdet\\modeling\\heads\\ppyoloe_head.py", line 337, in _bbox_loss
    loss_dfl = self._df_loss(pred_dist_pos, assigned_ltrb_pos) * bbox_weight
  File "E:\\work\\PaddleDetection\\ppdet\\modeling\\heads\\ppyoloe_head.py", line 294, in _df_loss
    pred_dist, target_left, reduction='none') * weight_left
  File "E:\\envs\\pd\\lib\\site-packages\\paddle\\nn\\functional\\loss.py", line 1719, in cross_entropy
    raise ValueError("Target {} is out of ${side} bound.".format(
ValueError: Target ${value} is out of ${side} bound.
`;
}

/** The environment of the story: PaddlePaddle 2.3.2 on a Windows GPU. */
export const faultyEnvironment = {
  framework: { name: 'paddlepaddle', version: '2.3.2' },
  device: 'gpu',
  environment: { os: 'Windows 10', python: '3.7.9', cuda: '11.2', packages: { 'paddlepaddle-gpu': '2.3.2' } },
};
