// What PaddleDetection writes to the console: log lines in the format of ppdet/utils/stats.py and ppdet/engine/callbacks.py, and the
// traceback of CPython 3.7 on Windows. The times are made up (nothing is measured here); the losses are the trainer's.
import type { TargetOutOfBound } from './cross-entropy.ts';
import type { Random } from './random.ts';
import type { Losses } from './trainer.ts';

export const iterationsPerEpoch = 20;
const startSeconds = Date.UTC(2025, 10, 14, 9, 12, 5) / 1000;

export interface Console {
  line(step: number, learningRate: number, losses: Losses): void;
  text(): string;
}

export function openConsole(random: Random, totalSteps: number, header: string[]): Console {
  const lines = [...header];
  let seconds = startSeconds;
  return {
    line(step, learningRate, losses) {
      const batchCost = step === 0 ? random.between(3, 4) : random.between(0.42, 0.48);
      seconds += batchCost;
      const iteration = String(step % iterationsPerEpoch).padStart(String(iterationsPerEpoch).length);
      const meters = Object.entries(losses).map(([name, value]) => `${name}: ${sixDecimals(value)}`);
      lines.push(
        `[${stamp(seconds)}] ppdet.engine INFO: Epoch: [${Math.floor(step / iterationsPerEpoch)}] [${iteration}/${iterationsPerEpoch}] ` +
          `learning_rate: ${sixDecimals(learningRate)} ${meters.join(' ')} eta: ${duration(batchCost * (totalSteps - step - 1))} ` +
          `batch_cost: ${batchCost.toFixed(4)} data_cost: ${(batchCost * 0.1).toFixed(4)} ips: ${(2 / batchCost).toFixed(4)} images/s`,
      );
      if (iteration.trim() === String(iterationsPerEpoch - 1)) {
        lines.push(`[${stamp(seconds + 1)}] ppdet.utils.checkpoint INFO: Save checkpoint: output/ppyoloe_crn_s_demo`);
      }
    },
    text: () => `${lines.join('\n')}\n`,
  };
}

/** %.6f of Python. */
export function sixDecimals(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

function stamp(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1000).toISOString();
  return `${date.slice(5, 7)}/${date.slice(8, 10)} ${date.slice(11, 19)}`;
}

/** str(datetime.timedelta) of whole seconds. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Which loss raised, and so which frames lead to cross_entropy. */
export type RaisingLoss = 'dfl' | 'class';

const repository = 'D:\\work\\PaddleDetection';
const paddle = 'C:\\ProgramData\\Anaconda3\\envs\\pd37\\lib\\site-packages\\paddle';
type TraceFrame = readonly [file: string, line: number, name: string, source: string];

const callFrames: TraceFrame[] = [
  [`${paddle}\\fluid\\dygraph\\layers.py`, 930, '__call__', 'return self._dygraph_call_func(*inputs, **kwargs)'],
  [`${paddle}\\fluid\\dygraph\\layers.py`, 915, '_dygraph_call_func', 'outputs = self.forward(*inputs, **kwargs)'],
];
const framesToHead: TraceFrame[] = [
  ['tools/train.py', 172, '<module>', 'main()'],
  ['tools/train.py', 168, 'main', 'run(FLAGS, cfg)'],
  ['tools/train.py', 132, 'run', 'trainer.train(FLAGS.eval)'],
  [`${repository}\\ppdet\\engine\\trainer.py`, 504, 'train', 'outputs = model(data)'],
  ...callFrames,
  [`${repository}\\ppdet\\modeling\\architectures\\meta_arch.py`, 60, 'forward', 'out = self.get_loss()'],
  [`${repository}\\ppdet\\modeling\\architectures\\yolo.py`, 124, 'get_loss', 'return self._forward()'],
  [
    `${repository}\\ppdet\\modeling\\architectures\\yolo.py`,
    88,
    '_forward',
    'yolo_losses = self.yolo_head(neck_feats, self.inputs)',
  ],
  ...callFrames,
];
const framesInHead: Record<RaisingLoss, TraceFrame[]> = {
  dfl: [
    [
      `${repository}\\ppdet\\modeling\\heads\\ppyoloe_head.py`,
      216,
      'forward',
      'return self.forward_train(feats, targets)',
    ],
    [`${repository}\\ppdet\\modeling\\heads\\ppyoloe_head.py`, 160, 'forward_train', '], targets)'],
    [`${repository}\\ppdet\\modeling\\heads\\ppyoloe_head.py`, 377, 'get_loss', 'assigned_scores_sum)'],
    [`${repository}\\ppdet\\modeling\\heads\\ppyoloe_head.py`, 304, '_bbox_loss', 'self.reg_range[0]) * bbox_weight'],
    [
      `${repository}\\ppdet\\modeling\\heads\\ppyoloe_head.py`,
      252,
      '_df_loss',
      "pred_dist, target_left - lower_bound, reduction='none') * weight_left",
    ],
  ],
  class: [
    [
      `${repository}\\ppdet\\modeling\\heads\\ppyoloe_softmax_head.py`,
      64,
      'forward',
      'return self.forward_train(feats, targets)',
    ],
    [`${repository}\\ppdet\\modeling\\heads\\ppyoloe_softmax_head.py`, 88, 'forward_train', '], targets)'],
    [
      `${repository}\\ppdet\\modeling\\heads\\ppyoloe_softmax_head.py`,
      121,
      'get_loss',
      'loss_cls = self._softmax_cls_loss(pred_scores, assigned_labels)',
    ],
    [
      `${repository}\\ppdet\\modeling\\heads\\ppyoloe_softmax_head.py`,
      41,
      '_softmax_cls_loss',
      "pred_scores, assigned_labels, reduction='sum')",
    ],
  ],
};

export function printTraceback(error: TargetOutOfBound, raisedBy: RaisingLoss): string {
  const check: TraceFrame =
    error.bound === 'lower'
      ? [`${paddle}\\nn\\functional\\loss.py`, 1720, 'cross_entropy', 'label_min.item()))']
      : [`${paddle}\\nn\\functional\\loss.py`, 1723, 'cross_entropy', 'label_max.item()))'];
  const frames = [...framesToHead, ...framesInHead[raisedBy], check];
  const printed = frames.map(
    ([file, line, name, source]) => `  File "${file}", line ${line}, in ${name}\n    ${source}\n`,
  );
  return `Traceback (most recent call last):\n${printed.join('')}ValueError: ${error.message}\n`;
}
