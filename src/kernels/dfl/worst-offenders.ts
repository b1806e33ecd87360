// The worst offenders among millions of targets, in bounded memory.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay below the length
import type { DflOffender } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import { type DflInput, distanceFromRange } from './contract.ts';

/** Gathered before the list is sorted and cut again. */
const roomBeforeCut = 2 * limits.offenders;

interface Measured<T> {
  what: T;
  distance: number;
}

/**
 * What sorting all targets out of range by compareOffenders and cutting the list would give. `input` holds a part of a capture, which
 * follows its first `firstRow` rows.
 */
export function findWorstOffenders(
  { target, sides, lo, bins }: Pick<DflInput, 'target' | 'sides' | 'lo' | 'bins'>,
  firstRow = 0,
): DflOffender[] {
  const hi = lo + bins;
  const kept: Measured<number>[] = [];
  /** Once there are enough worse ones, an offender must lie beyond this: at equal distance the earlier one wins. */
  let threshold = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < target.length; at++) {
    const t = target[at]!;
    if (t >= lo && t < hi - 1) continue;
    const distance = distanceFromRange(t, lo, hi);
    if (distance <= threshold) continue;
    kept.push({ what: at, distance });
    if (kept.length !== limits.offenders && kept.length < roomBeforeCut) continue;
    cut(kept);
    threshold = kept.at(-1)!.distance;
  }
  cut(kept);
  return kept.map(({ what: at }) => {
    return { row: firstRow + Math.floor(at / sides), side: (at % sides) as DflOffender['side'], target: target[at]! };
  });
}

/** The worst of what was found in parts of a capture, given in the order of the parts. */
export function worstOf(offenders: readonly DflOffender[], lo: number, hi: number): DflOffender[] {
  const all = offenders.map((what) => ({ what, distance: distanceFromRange(what.target, lo, hi) }));
  cut(all);
  return all.map(({ what }) => what);
}

/** Sorting is stable and offenders come in order: comparing distances does, and takes one pass where all are alike. */
function cut(measured: Measured<unknown>[]): void {
  measured.sort(byDistance);
  measured.length = Math.min(measured.length, limits.offenders);
}

/** Farthest first; a difference would be NaN where both are infinite. */
function byDistance(a: Measured<unknown>, b: Measured<unknown>): number {
  if (a.distance === b.distance) return 0;
  return a.distance > b.distance ? -1 : 1;
}
