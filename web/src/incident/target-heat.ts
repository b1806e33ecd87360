// Where the bad targets sit: by stride (how large the object) and side of the box.
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';
import type { HeatCell } from '../charts/heat.ts';

type TargetCount = CaptureAnalysis['target_counts'][number];

export interface TargetHeat {
  sides: TargetCount['side'][];
  rows: { stride: number | null; cells: HeatCell[] }[];
}

/** Counts of targets that the loss refuses per stride (ascending) and side, with how many targets each cell has in all. */
export function targetHeat(counts: readonly TargetCount[]): TargetHeat {
  const sides = [...new Set(counts.map(({ side }) => side))];
  const strides = [...new Set(counts.map(({ stride }) => stride))].sort((a, b) => (a ?? 0) - (b ?? 0));
  const rows = strides.map((stride) => ({
    stride,
    cells: sides.map((side) => {
      const here = counts.filter((count) => count.stride === stride && count.side === side);
      const bad = sum(here.map((count) => count.below_range + count.above_range + count.non_finite));
      return { count: bad, total: bad + sum(here.flatMap(({ bins }) => bins)) };
    }),
  }));
  return { sides, rows };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
