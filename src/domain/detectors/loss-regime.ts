// What changes the level of a healthy loss on purpose, and which series stand for the loss of a rank. Detectors that judge a level start
// again at such a change, so that it does not alert.
import type { DetectorPoint } from './detector.ts';
import { isLearningRate, isLossComponent, isTotalLoss } from './metric-names.ts';

/** Of one rank. */
export interface LossRegime {
  /** The first learning rate seen, of several parameter groups. */
  rate: { name: string; value: number; peak: number; lowest: number } | null;
  hasTotal: boolean;
  /** Parts of the loss that are 0 so far: a part that sets in later (YOLOX's loss_l1 when augmentation ends) raises the total. */
  silent: string[];
}

/**
 * - `up` the learning rate jumped (a restart, a resumed schedule) or a part of the loss set in: a higher level may follow.
 * - `down` it was cut: the loss falls at once and flattens.
 */
export type RegimeChange = 'up' | 'down' | null;

export const initialRegime: LossRegime = { rate: null, hasTotal: false, silent: [] };

/** Warm-ups and cosines change the rate little by little; schedules in steps cut it to a half or less. */
const rateStep = 1.5;
const maxSilent = 32;

export function bearsOnLoss(name: string): boolean {
  return isLearningRate(name) || isTotalLoss(name) || isLossComponent(name);
}

export function followRegime(before: LossRegime, point: DetectorPoint): { regime: LossRegime; change: RegimeChange } {
  if (isLearningRate(point.name)) return followRate(before, point);
  if (isTotalLoss(point.name))
    return { regime: before.hasTotal ? before : { ...before, hasTotal: true }, change: null };
  return followPart(before, point);
}

/** Whether the series stands for the loss: the total, or each part where no total is logged. */
export function standsForLoss({ hasTotal }: LossRegime, name: string): boolean {
  return isTotalLoss(name) || (!hasTotal && isLossComponent(name));
}

function followRate(before: LossRegime, { name, value }: DetectorPoint): { regime: LossRegime; change: RegimeChange } {
  const { rate } = before;
  if (!Number.isFinite(value) || (rate !== null && rate.name !== name)) return { regime: before, change: null };
  const peak = Math.max(rate?.peak ?? value, value);
  const lowest = Math.min(rate?.lowest ?? value, value);
  return { regime: { ...before, rate: { name, value, peak, lowest } }, change: rate && compare(rate.value, value) };
}

function compare(before: number, now: number): RegimeChange {
  if (now > before * rateStep && before > 0) return 'up';
  return now * rateStep < before ? 'down' : null;
}

function followPart(before: LossRegime, { name, value }: DetectorPoint): { regime: LossRegime; change: RegimeChange } {
  const isSilent = before.silent.includes(name);
  if (value === 0 && !isSilent && before.silent.length < maxSilent)
    return { regime: { ...before, silent: [...before.silent, name] }, change: null };
  if (value === 0 || !isSilent) return { regime: before, change: null };
  return { regime: { ...before, silent: before.silent.filter((other) => other !== name) }, change: 'up' };
}
