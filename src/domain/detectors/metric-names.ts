// Which metric is what, by name. Prefixes such as "train/" are part of many loggers' names.

const lossLike = /loss|dfl|iou|cls/i;
const totalLoss = /^(?:train(?:ing)?[/_.])?(?:total[_-]?loss|loss(?:[_/]total)?)$/i;
const component = /(?:^|[/.])(loss_(?!total|scale)\w+)$/i;
/** Ultralytics, YOLOv5 and torchvision put the word behind. */
const namedComponent = /(?:^|[/.])(?:box|cls|dfl|obj|iou|giou|l1|reg|conf|mask|seg|kpt|pose|angle)_loss$/i;
const evaluation = /(?:^|[/_.-])(?:val|valid|validation|eval|evaluation|test|dev)(?:[/_.-]|$)/i;
const learningRate = /(?:^|[/_.])(?:lr|learning[_-]?rate)(?:[/_.-]\w{1,20})?$/i;

/** Losses and their parts. */
export function isLossLike(name: string): boolean {
  return lossLike.test(name);
}

/** Frequent spellings of what `isTotalLoss` knows, for looking it up by name. */
export const totalLossNames = [
  'loss',
  'total_loss',
  'train/loss',
  'train_loss',
  'train/total_loss',
  'training_loss',
  'loss_total',
];

/** The number that the trainer minimises: loss, total_loss, train/loss. */
export function isTotalLoss(name: string): boolean {
  return totalLoss.test(name);
}

/** A part of the loss that is minimised: loss_cls, train/loss_dfl (PaddleDetection, MMDetection), train/box_loss (Ultralytics). */
export function isLossComponent(name: string): boolean {
  return (component.test(name) || namedComponent.test(name)) && !isEvaluation(name);
}

/** Measured on data that is not trained on: val/box_loss, eval_loss. */
export function isEvaluation(name: string): boolean {
  return evaluation.test(name);
}

/** lr, learning_rate, lr/pg0, train/lr. */
export function isLearningRate(name: string): boolean {
  return learningRate.test(name);
}

/** The part named exactly so, with or without a logger's prefix. */
export function isComponent(name: string, part: 'loss_dfl' | 'loss_iou'): boolean {
  return component.exec(name)?.[1]?.toLowerCase() === part;
}

/** loss_dfl (PP-YOLOE, GFL heads) and dfl_loss (Ultralytics). */
export function isDflLoss(name: string): boolean {
  return isComponent(name, 'loss_dfl') || /(?:^|[/._])dfl_loss$/i.test(name);
}

/** Norm of the whole gradient: grad_norm, train/grad_norm, gnorm, gradient-norm. */
export function isGradientNorm(name: string): boolean {
  return /(?:^|[/_.])(?:total_)?(?:grad(?:ient)?[_-]?norm|gnorm)$/i.test(name);
}

/** Factor of mixed precision: loss_scale, grad_scale, scaler/scale. */
export function isLossScale(name: string): boolean {
  return /(?:^|[/_.])(?:(?:loss|grad)[_-]?scale|scaler[/_.]scale)$/i.test(name);
}

/** Size of an update over that of the weights. */
export function isUpdateRatio(name: string): boolean {
  return /update[_-]?(?:to[_-]?weight[_-]?)?ratio/i.test(name);
}

/** Loss on data that is not trained on: val_loss, eval/loss. */
export function isEvaluationLoss(name: string): boolean {
  return isEvaluation(name) && /(?:^|[/_.-])loss$/i.test(name);
}

const rate =
  /(?:^|[/_.])(?:ips|fps|throughput|(?:images?|imgs?|samples?|tokens?|iters?|iterations?|steps?|it)(?:_per_|\/)(?:s|sec|second|gpu)(?:ond)?)$/i;
const stepTime =
  /(?:^|[/_.])(?:batch_cost|batch_time|iter(?:ation)?_time|step_time|time|elapsed_time_per_iteration(?:_ms)?|dt)$/i;
const dataTime = /(?:^|[/_.])(?:data_cost|data_time|reader_cost|dataloader_time)$/i;
const memory =
  /(?:^|[/_.])(?:max_)?(?:gpu_|cpu_|host_)?(?:mem|memory|rss|vram)(?:_(?:allocated|reserved|used|usage|mb|gb))*$/i;

/** What a step's duration shows in; `data` is the part of it spent waiting for input. */
export function speedKind(name: string): 'rate' | 'time' | 'data' | null {
  if (isEvaluation(name)) return null;
  if (dataTime.test(name)) return 'data';
  if (stepTime.test(name)) return 'time';
  return rate.test(name) ? 'rate' : null;
}

/** mem, max_mem_reserved, gpu_memory, rss. */
export function isMemory(name: string): boolean {
  return memory.test(name);
}
