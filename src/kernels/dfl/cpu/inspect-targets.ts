// What the targets alone say: how many leave the range or sit at the trainer's clip, which bins they fall in, and the worst offenders.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths assertDflInput has checked
import { type DflInput, type DflRecomputation, isAtUpperClip, upperClip } from '../contract.ts';
import { createWorstOffenders } from './worst-offenders.ts';

export type TargetInspection = Pick<
  DflRecomputation,
  | 'belowRange'
  | 'aboveRange'
  | 'nonFiniteTargets'
  | 'atLowerClip'
  | 'atUpperClip'
  | 'targetMin'
  | 'targetMax'
  | 'binHistogram'
  | 'offenders'
>;

/** One pass over target [P,4]; the rules are those of DflRecomputation. */
export function inspectTargets({ bins, lo, formulation, target }: DflInput): TargetInspection {
  const hi = lo + bins;
  const clip = upperClip(formulation, hi);
  const offenders = createWorstOffenders(lo, hi);
  const binHistogram = new Array<number>(bins).fill(0);
  const counts = { belowRange: 0, aboveRange: 0, nonFiniteTargets: 0, atLowerClip: 0, atUpperClip: 0 };
  let targetMin = Number.POSITIVE_INFINITY;
  let targetMax = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < target.length; at++) {
    const t = target[at]!;
    if (t >= lo && t < hi - 1) {
      const bin = Math.floor(t) - lo;
      binHistogram[bin] = binHistogram[bin]! + 1;
      if (t === lo) counts.atLowerClip++;
      if (isAtUpperClip(t, clip)) counts.atUpperClip++;
    } else {
      offenders.add(at >> 2, at & 3, t);
      if (!Number.isFinite(t)) {
        counts.nonFiniteTargets++;
        continue;
      }
      if (t < lo) counts.belowRange++;
      else counts.aboveRange++;
    }
    if (t < targetMin) targetMin = t;
    if (t > targetMax) targetMax = t;
  }
  const none = counts.nonFiniteTargets === target.length;
  return {
    ...counts,
    targetMin: none ? null : targetMin,
    targetMax: none ? null : targetMax,
    binHistogram,
    offenders: offenders.list(),
  };
}
