// What changes the level of a healthy loss on purpose, and which series stand for the loss of a rank. Detectors that judge a level start
// again at such a change, so that it does not alert.
import type { DetectorPoint } from './detector.ts';
import { isLearningRate, isLossComponent, isTotalLoss } from './metric-names.ts';

/** Of one rank. */
export interface LossRegime {
  /** The first learning rate seen, of several parameter groups. `held`: points since it last rose. */
  rate: { name: string; value: number; peak: number; lowest: number; held: number } | null;
  hasTotal: boolean;
  /** Parts of the loss that are 0 so far: a part that sets in later (YOLOX's loss_l1 when augmentation ends) raises the total. */
  silent: string[];
}

/**
 * - `up` the learning rate jumped (a restart, a step of a warm-up) or a part of the loss set in: a higher level may follow. A rate that
 *   had settled and leaves its own peak far behind belongs to no schedule: what follows is a failure, not a regime.
 * - `down` it was cut: the loss falls at once and flattens.
 */
export type RegimeChange = 'up' | 'down' | null;

export const initialRegime: LossRegime = { rate: null, hasTotal: false, silent: [] };

/** Warm-ups and cosines change the rate little by little; schedules in steps cut it to a half or less. */
const rateStep = 1.5;
/** A warm-up raises the rate again within so many points, and a later stage raises it tenfold at most. */
const settledAfter = 20;
const largestStage = 20;
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
  const held = rate === null || value > rate.value ? 0 : rate.held + 1;
  return { regime: { ...before, rate: { name, value, peak, lowest, held } }, change: rate && compare(rate, value) };
}

function compare({ value, peak, held }: NonNullable<LossRegime['rate']>, now: number): RegimeChange {
  if (now > value * rateStep && value > 0) return held >= settledAfter && now > peak * largestStage ? null : 'up';
  return now * rateStep < value ? 'down' : null;
}

function followPart(before: LossRegime, { name, value }: DetectorPoint): { regime: LossRegime; change: RegimeChange } {
  const isSilent = before.silent.includes(name);
  if (value === 0 && !isSilent && before.silent.length < maxSilent)
    return { regime: { ...before, silent: [...before.silent, name] }, change: null };
  if (value === 0 || !isSilent) return { regime: before, change: null };
  return { regime: { ...before, silent: before.silent.filter((other) => other !== name) }, change: 'up' };
}
