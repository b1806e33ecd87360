// Lays out the buffers of a dispatch: the tables that tell the kernel what lies where, the tensors, and where it leaves its results.
import { countCells } from '../kernel-sums.ts';
import { orderFrom, orderUpTo } from './float-order.ts';
import { type Dispatch, type Slice, tensorsOf } from './plan-dispatches.ts';
import { type KernelShape, strideOf, tilesPerItem, wordsPerThread } from './shape.ts';
import { itemWords, none, partialWords, sliceWord, sliceWords, tableHead } from './table-words.ts';

export interface SliceLayout {
  slice: Slice;
  distributions: number;
  firstItem: number;
  items: number;
  counts: number;
  cells: number;
  leftOut: number;
}

export interface DispatchLayout {
  slices: SliceLayout[];
  items: number;
  /** What to write to each buffer, in this order; each part starts at a whole word. */
  rows: Uint8Array[];
  rowsBytes: number;
  logits: Uint8Array[];
  logitsBytes: number;
  /** Results from here on are added to, so that they must be 0 before. */
  addedFrom: number;
  resultWords: number;
}

export function layOut({ slices, bins, sides }: Dispatch, shape: KernelShape): DispatchLayout {
  const tilesOf = (slice: Slice) => Math.ceil((slice.rows * sides) / shape.tileDistributions);
  const tiles = slices.reduce((sum, slice) => sum + tilesOf(slice), 0);
  const perItem = Math.min(Math.max(Math.floor(tiles / tilesPerItem.itemsWanted), 1), tilesPerItem.most);
  const items = slices.reduce((sum, slice) => sum + Math.ceil(tilesOf(slice) / perItem), 0);

  const itemsAt = tableHead.words + slices.length * sliceWords;
  const table = new Uint32Array(itemsAt + items * itemWords);
  table[tableHead.items] = items;
  table[tableHead.tilesPerItem] = perItem;
  table[tableHead.itemsAt] = itemsAt;

  const rows: Uint8Array[] = [bytesIn(table)];
  const logits: Uint8Array[] = [];
  let rowsWords = table.length;
  let logitsWords = 0;
  const addedFrom = items * partialWords;
  let resultWords = addedFrom;
  let firstItem = 0;
  const addRows = (array: Float32Array | Uint8Array | null) => {
    if (array === null) return none;
    const at = rowsWords;
    rows.push(bytesIn(array));
    rowsWords += Math.ceil(array.byteLength / 4);
    return at;
  };
  const addResults = (words: number) => {
    const at = resultWords;
    resultWords += words;
    return at;
  };

  const layouts = slices.map((slice, index): SliceLayout => {
    const { input } = slice;
    const tensors = tensorsOf(slice);
    const distributions = slice.rows * sides;
    const cells = input.groups * sides * (bins + countCells);
    const words: Record<keyof typeof sliceWord, number> = {
      distributions,
      logits: logitsWords,
      targets: addRows(tensors.target),
      weights: addRows(tensors.weight),
      groups: addRows(tensors.group),
      counts: addResults(cells),
      leftOut: addResults(Math.ceil(distributions / 32)),
      lo: input.lo,
      lowest: orderFrom(input.lo),
      // The greatest float32 below hi - 1: at 0 the order has no step between the two zeros, and -1 is the least subnormal below them.
      highest: orderFrom(input.lo + bins - 1) - 1,
      clipFrom: orderFrom(input.upperClip.from),
      clipTo: orderUpTo(input.upperClip.to),
      truncates: input.rounding === 'truncate' ? 1 : 0,
      cells,
      bins,
      sides,
      lanes: shape.lanes,
      stride: strideOf(bins),
      wordsPerThread: wordsPerThread(shape),
    };
    logits.push(bytesIn(tensors.predDist));
    logitsWords += tensors.predDist.length;
    const sliceAt = tableHead.words + index * sliceWords;
    for (const [name, at] of Object.entries(sliceWord)) table[sliceAt + at] = words[name as keyof typeof sliceWord];

    const sliceItems = Math.ceil(tilesOf(slice) / perItem);
    for (let i = 0; i < sliceItems; i++) table.set([sliceAt, i * perItem], itemsAt + (firstItem + i) * itemWords);
    firstItem += sliceItems;
    return {
      slice,
      distributions,
      firstItem: firstItem - sliceItems,
      items: sliceItems,
      counts: words.counts,
      cells,
      leftOut: words.leftOut,
    };
  });
  return {
    slices: layouts,
    items,
    rows,
    rowsBytes: rowsWords * 4,
    logits,
    logitsBytes: logitsWords * 4,
    addedFrom,
    resultWords,
  };
}

function bytesIn({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
