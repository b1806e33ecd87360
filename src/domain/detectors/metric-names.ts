// Which metric is what, by name. Prefixes such as "train/" are part of many loggers' names.

const lossLike = /loss|dfl|iou|cls/i;
const totalLoss = /^(?:train(?:ing)?[/_.])?(?:total[_-]?loss|loss(?:[_/]total)?)$/i;
const component = /(?:^|[/.])(loss_(?!total)\w+)$/i;

/** Losses and their parts. */
export function isLossLike(name: string): boolean {
  return lossLike.test(name);
}

/** The number that the trainer minimises: loss, total_loss, train/loss. */
export function isTotalLoss(name: string): boolean {
  return totalLoss.test(name);
}

/** A part of the loss as PaddleDetection and MMDetection name it: loss_cls, train/loss_dfl. */
export function isLossComponent(name: string): boolean {
  return component.test(name);
}

/** The part named exactly so, with or without a logger's prefix. */
export function isComponent(name: string, part: 'loss_dfl' | 'loss_iou'): boolean {
  return component.exec(name)?.[1]?.toLowerCase() === part;
}

/** loss_dfl (PP-YOLOE, GFL heads) and dfl_loss (Ultralytics). */
export function isDflLoss(name: string): boolean {
  return isComponent(name, 'loss_dfl') || /(?:^|[/._])dfl_loss$/i.test(name);
}
