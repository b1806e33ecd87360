// Keeps the worst offenders while a kernel passes over the targets once, in bounded memory: a corrupted capture has millions of them.
import type { DflOffender } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import { distanceFromRange } from './contract.ts';

/** Gathered before the list is sorted and cut again. */
const roomBeforeCut = 2 * limits.offenders;

interface Measured {
  offender: DflOffender;
  distance: number;
}

/** Takes offenders in order of row and side; the result is what sorting all of them by compareOffenders and cutting would give. */
export function createWorstOffenders(lo: number, hi: number) {
  const kept: Measured[] = [];
  /** Once the list is full of worse ones, an offender must lie beyond this: at equal distance the earlier one wins. */
  let threshold = Number.NEGATIVE_INFINITY;

  /** Sorting is stable and offenders come in order: comparing distances does, and takes one pass where all are alike. */
  function cut(): void {
    kept.sort(byDistance);
    kept.length = Math.min(kept.length, limits.offenders);
    threshold = kept[limits.offenders - 1]?.distance ?? threshold;
  }

  return {
    add(row: number, side: number, target: number): void {
      const distance = distanceFromRange(target, lo, hi);
      if (distance <= threshold) return;
      kept.push({ offender: { row, side: side as DflOffender['side'], target }, distance });
      if (kept.length >= roomBeforeCut) cut();
    },
    list(): DflOffender[] {
      cut();
      return kept.map(({ offender }) => offender);
    },
  };
}

/** Farthest first; a difference would be NaN where both are infinite. */
function byDistance(a: Measured, b: Measured): number {
  if (a.distance === b.distance) return 0;
  return a.distance > b.distance ? -1 : 1;
}
