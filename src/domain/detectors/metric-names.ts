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
