// Divides a batch of captures into dispatches: captures of the same K and sides are computed by one dispatch, and one that is larger than
// the adapter binds at a time is split at its rows.
import type { Float32DflInput } from '../contract.ts';
import { countCells } from '../kernel-sums.ts';
import { sliceWords } from './table-words.ts';

/** Rows [firstRow, firstRow + rows) of an input. */
export interface Slice {
  input: Float32DflInput;
  firstRow: number;
  rows: number;
}

export interface Dispatch {
  bins: number;
  sides: 4 | 1;
  slices: Slice[];
}

/**
 * Every row of every input lies in exactly one slice. `maxBytes` bounds each of the buffers that a dispatch binds; a single row may exceed
 * it, which is less than what any adapter binds.
 */
export function planDispatches(inputs: readonly Float32DflInput[], maxBytes: number): Dispatch[] {
  const dispatches: Dispatch[] = [];
  for (const alike of groupByShape(inputs)) {
    let free = 0;
    for (const input of alike) {
      const { overhead, perRow } = costOf(input);
      for (let firstRow = 0; firstRow < input.positives; ) {
        if (free < overhead + perRow) {
          dispatches.push({ bins: input.bins, sides: input.sides, slices: [] });
          free = maxBytes;
        }
        const fitting = Math.max(Math.floor((free - overhead) / perRow), 1);
        const rows = Math.min(fitting, input.positives - firstRow);
        dispatches.at(-1)?.slices.push({ input, firstRow, rows });
        firstRow += rows;
        free -= overhead + rows * perRow;
      }
    }
  }
  return dispatches;
}

function groupByShape(inputs: readonly Float32DflInput[]): Float32DflInput[][] {
  const groups = new Map<string, Float32DflInput[]>();
  for (const input of inputs) {
    const key = `${input.bins} ${input.sides}`;
    const group = groups.get(key);
    if (group) group.push(input);
    else groups.set(key, [input]);
  }
  return [...groups.values()];
}

/** Upper bounds of the bytes in the largest of a dispatch's buffers: logits, rows (with the tables) or results. */
function costOf({ sides, bins, groups }: Float32DflInput): { overhead: number; perRow: number } {
  // Beside the target of each side a row has a weight, a byte of its group, and at most an eighth of an item per side.
  const rowsBytes = 4 * sides + 4 + 1 + sides;
  return {
    overhead: 4 * Math.max(sliceWords + 8, groups * sides * (bins + countCells) + 16),
    perRow: Math.max(4 * sides * bins, rowsBytes),
  };
}

/** The tensors of a slice, as views. */
export function tensorsOf({ input, firstRow, rows }: Slice) {
  const { sides, bins, predDist, target, weight, group } = input;
  const end = firstRow + rows;
  return {
    predDist: predDist.subarray(firstRow * sides * bins, end * sides * bins),
    target: target.subarray(firstRow * sides, end * sides),
    weight: weight?.subarray(firstRow, end) ?? null,
    group: group?.subarray(firstRow, end) ?? null,
  };
}
