// Keeps the worst offenders while a kernel passes over the targets once, in bounded memory: a corrupted capture has millions of them.
import type { DflOffender } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import { compareOffenders, distanceFromRange } from './contract.ts';

/** Gathered before the list is sorted and cut again: the larger, the rarer. */
const roomBeforeCut = 10 * limits.offenders;

/** Takes offenders in order of row and side; the result is what sorting all of them by compareOffenders and cutting would give. */
export function createWorstOffenders(lo: number, hi: number) {
  const kept: DflOffender[] = [];
  /** Once the list is full of worse ones, an offender must lie beyond this: at equal distance the earlier one wins. */
  let threshold = Number.NEGATIVE_INFINITY;

  function cut(): void {
    kept.sort((a, b) => compareOffenders(a, b, lo, hi));
    kept.length = Math.min(kept.length, limits.offenders);
    const last = kept[limits.offenders - 1];
    if (last) threshold = distanceFromRange(last.target, lo, hi);
  }

  return {
    add(row: number, side: number, target: number): void {
      if (distanceFromRange(target, lo, hi) <= threshold) return;
      kept.push({ row, side: side as DflOffender['side'], target });
      if (kept.length >= roomBeforeCut) cut();
    },
    list(): DflOffender[] {
      cut();
      return kept;
    },
  };
}
