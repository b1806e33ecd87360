// What changes the level of a healthy loss on purpose, and which series stand for the loss of a rank. Detectors that judge a level start
// again at such a change, so that it does not alert.
import { isLearningRate, isLossComponent, isTotalLoss } from './metric-names.ts';

/** Of one rank; JSON-safe. A detector that has seen another count than these hold starts again. */
export interface LossRegime {
  /** The first learning rate seen, of several parameter groups. `held`: points since it last rose. */
  rate: { name: string; value: number; peak: number; held: number } | null;
  hasTotal: boolean;
  /** Parts of the loss that are 0 so far: a part that sets in later (YOLOX's loss_l1 when augmentation ends) raises the total. */
  silent: string[];
  /** How often that happened. */
  entries: number;
  /**
   * How often the learning rate jumped (a restart, a step of a warm-up), after which a higher level may follow. A rate that had settled and
   * leaves its own peak far behind belongs to no schedule: what follows is a failure, not a regime.
   */
  jumps: number;
  /** How often the rate was cut: the loss falls at once and flattens. */
  cuts: number;
  /** How often the rate rose at all. */
  rises: number;
}

export type LossRole = 'rate' | 'total' | 'part';

export function initialRegime(): LossRegime {
  return { rate: null, hasTotal: false, silent: [], entries: 0, jumps: 0, cuts: 0, rises: 0 };
}

/** Warm-ups and cosines change the rate little by little; schedules in steps cut it to a half or less. */
const rateStep = 1.5;
/** A warm-up raises the rate again within so many points, and a later stage raises it tenfold at most. */
const settledAfter = 20;
const largestStage = 12;
const maxSilent = 32;

/** What a metric is to the regime; null when it does not bear on the loss. */
export function lossRoleOf(name: string): LossRole | null {
  if (isLearningRate(name)) return 'rate';
  if (isTotalLoss(name)) return 'total';
  return isLossComponent(name) ? 'part' : null;
}

/** The loss itself, in one number or in parts. */
export function partRoleOf(name: string): 'total' | 'part' | null {
  const role = lossRoleOf(name);
  return role === 'rate' ? null : role;
}

/** Takes a point into `regime`, which it changes. */
export function followRegime(regime: LossRegime, role: LossRole, name: string, value: number): void {
  if (role === 'rate') followRate(regime, name, value);
  else if (role === 'total') regime.hasTotal = true;
  else followPart(regime, name, value);
}

/** Whether the series stands for the loss: the total, or each part where no total is logged. */
export function standsForLoss({ hasTotal }: LossRegime, role: 'total' | 'part'): boolean {
  return role === 'total' || !hasTotal;
}

/** Grows whenever a higher level may follow. */
export function raisesOf({ entries, jumps }: LossRegime): number {
  return entries + jumps;
}

function followRate(regime: LossRegime, name: string, value: number): void {
  const { rate } = regime;
  if (!Number.isFinite(value)) return;
  if (rate === null) {
    regime.rate = { name, value, peak: value, held: 0 };
    return;
  }
  if (rate.name !== name) return;
  const isJump = value > rate.value * rateStep && rate.value > 0;
  const leavesPeak = rate.held >= settledAfter && value > rate.peak * largestStage;
  if (isJump && !leavesPeak) regime.jumps += 1;
  if (!isJump && value * rateStep < rate.value) regime.cuts += 1;
  if (value > rate.value) regime.rises += 1;
  rate.held = value > rate.value ? 0 : rate.held + 1;
  rate.peak = Math.max(rate.peak, value);
  rate.value = value;
}

function followPart(regime: LossRegime, name: string, value: number): void {
  const { silent } = regime;
  if (value !== 0 && silent.length === 0) return;
  const place = silent.indexOf(name);
  if (value === 0) {
    if (place < 0 && silent.length < maxSilent) silent.push(name);
  } else if (place >= 0) {
    silent.splice(place, 1);
    regime.entries += 1;
  }
}
