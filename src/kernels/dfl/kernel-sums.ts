// What a kernel accumulates in its pass over the logits, and the recomputation made of it. All backends share this second half: what is
// divided, what is null, and the search for offenders and non-finite logits, which runs only where a count says that there are any.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths assertDflInput has checked
import type { DflRecomputation, NonFiniteLogit, SideIndex, TargetCounts } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import type { DflInput } from './contract.ts';
import { createWorstOffenders } from './worst-offenders.ts';

export interface KernelSums {
  /** Sum of weight * DFL over the sound sides, before the mean over sides and the division. */
  loss: number;
  soundSides: number;
  /** Sum of the entropies, in nats, over the distributions whose logits are finite. */
  entropy: number;
  finiteDistributions: number;
  nonFiniteLogits: number;
  nonFiniteWeights: number;
  /** Sum of the finite weights; P without weights. */
  weightSum: number;
  /** Over finite targets; Infinity and -Infinity when there is none. */
  targetMin: number;
  targetMax: number;
  /** [groups, sides, K + countCells]: the K bins, then the cells of `countCell`. */
  counts: Uint32Array;
}

/** Cells that follow the K bins of each group and side in KernelSums.counts. */
export const countCell = { belowRange: 0, aboveRange: 1, nonFinite: 2, atLowerClip: 3, atUpperClip: 4 } as const;
export const countCells = 5;

/** Rules: contracts/dfl.ts. Reads the tensors again only for targets out of range and logits that are not finite. */
export function finishRecomputation(input: DflInput, sums: KernelSums): DflRecomputation {
  const { positives, sides, bins } = input;
  const distributions = positives * sides;
  const targetCounts = readTargetCounts(input, sums.counts);
  const totals = addCounts(targetCounts, bins);
  const lossDflValid = finiteOrNull(sums.loss / sides / input.divisor);
  const finiteTargets = distributions - totals.nonFiniteTargets;
  return {
    lossDfl: sums.soundSides === distributions ? lossDflValid : null,
    lossDflValid,
    weightSum: sums.weightSum,
    distributions,
    ...totals,
    nonFiniteLogits: sums.nonFiniteLogits,
    nonFiniteWeights: sums.nonFiniteWeights,
    targetMin: finiteTargets > 0 ? sums.targetMin : null,
    targetMax: finiteTargets > 0 ? sums.targetMax : null,
    targetCounts,
    entropyMean: sums.finiteDistributions > 0 ? finiteOrNull(sums.entropy / sums.finiteDistributions) : null,
    firstNonFiniteLogits: findNonFiniteLogits(input, sums.nonFiniteLogits),
    ...inspectOffenders(input, totals),
  };
}

function readTargetCounts({ sides, bins, groups }: DflInput, counts: Uint32Array): TargetCounts[] {
  const stride = bins + countCells;
  return Array.from({ length: groups * sides }, (_, index) => {
    const first = index * stride;
    const cell = (name: keyof typeof countCell) => counts[first + bins + countCell[name]]!;
    return {
      group: Math.floor(index / sides),
      side: (index % sides) as SideIndex,
      bins: Array.from(counts.subarray(first, first + bins)),
      belowRange: cell('belowRange'),
      aboveRange: cell('aboveRange'),
      nonFinite: cell('nonFinite'),
      atLowerClip: cell('atLowerClip'),
      atUpperClip: cell('atUpperClip'),
    };
  });
}

type TargetTotals = Pick<
  DflRecomputation,
  'belowRange' | 'aboveRange' | 'nonFiniteTargets' | 'atLowerClip' | 'atUpperClip' | 'binHistogram'
>;

function addCounts(targetCounts: readonly TargetCounts[], bins: number): TargetTotals {
  const total: TargetTotals = {
    belowRange: 0,
    aboveRange: 0,
    nonFiniteTargets: 0,
    atLowerClip: 0,
    atUpperClip: 0,
    binHistogram: new Array<number>(bins).fill(0),
  };
  for (const counts of targetCounts) {
    total.belowRange += counts.belowRange;
    total.aboveRange += counts.aboveRange;
    total.nonFiniteTargets += counts.nonFinite;
    total.atLowerClip += counts.atLowerClip;
    total.atUpperClip += counts.atUpperClip;
    for (let bin = 0; bin < bins; bin++) total.binHistogram[bin]! += counts.bins[bin]!;
  }
  return total;
}

/** Of the finite targets the bins tell the floors of those in range; the others are looked at again, with the offenders. */
function inspectOffenders(
  { lo, bins, sides, target }: DflInput,
  totals: TargetTotals,
): Pick<DflRecomputation, 'offenders' | 'floorPercentiles'> {
  const { floorBound } = limits;
  const clampFloor = (t: number) => Math.min(Math.max(Math.floor(t), -floorBound), floorBound) + floorBound;
  const floors = new Float64Array(2 * floorBound + 1);
  totals.binHistogram.forEach((count, bin) => {
    floors[clampFloor(lo + bin)]! += count;
  });
  const worst = createWorstOffenders(lo, lo + bins);
  if (totals.belowRange + totals.aboveRange + totals.nonFiniteTargets > 0) {
    const top = lo + bins - 1;
    for (let at = 0; at < target.length; at++) {
      const t = target[at]!;
      if (t >= lo && t < top) continue;
      worst.add(Math.floor(at / sides), at % sides, t);
      if (Number.isFinite(t)) floors[clampFloor(t)]! += 1;
    }
  }
  return { offenders: worst.list(), floorPercentiles: percentilesOf(floors) };
}

/** `floors` counts the floors from -floorBound on. Nearest rank: see contracts/dfl.ts. */
function percentilesOf(floors: Float64Array): DflRecomputation['floorPercentiles'] {
  const total = floors.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const outside = Math.floor(0.001 * total);
  return {
    low: firstBeyond(floors, outside) - limits.floorBound,
    high: limits.floorBound - firstBeyond(floors.slice().reverse(), outside),
  };
}

/** The first index at which the running total exceeds `outside`. */
function firstBeyond(counts: Float64Array, outside: number): number {
  let total = 0;
  return counts.findIndex((count) => {
    total += count;
    return total > outside;
  });
}

function findNonFiniteLogits({ sides, bins, predDist }: DflInput, count: number): NonFiniteLogit[] {
  const wanted = Math.min(count, limits.nonFiniteLogits);
  const found: NonFiniteLogit[] = [];
  for (let at = 0; found.length < wanted && at < predDist.length; at++) {
    const value = predDist[at]!;
    if (Number.isFinite(value)) continue;
    const distribution = Math.floor(at / bins);
    const side = (distribution % sides) as SideIndex;
    found.push({ row: Math.floor(distribution / sides), side, bin: at % bins, value });
  }
  return found;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
