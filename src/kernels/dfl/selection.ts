// Replays the selection of the positives: a trainer picks the rows of target_full where mask is true, in row-major order, and what it
// picked must be those rows to the last bit. Rows that are not came from somewhere else, such as memory nobody wrote.
// biome-ignore-all lint/style/noNonNullAssertion: indices are bounded by the lengths checked at the start

import type { SelectionReplay } from '../../contracts/dfl.ts';

/** [.., 4] float arrays; both of one type, since they are compared bit for bit. */
export type TargetRows = Float32Array | Float64Array;

const sides = 4;
const exampleRows = 10;

/**
 * mask [B*A] (any byte but 0 is true), targetFull [B*A,4], target [P,4]. NaN equals NaN of the same bits; -0 and 0 differ. Throws Error
 * when the lengths or element types do not fit each other: headers are judged before (capture-header.ts), so that is a bug.
 */
export function replaySelection(
  mask: Uint8Array,
  targetFull: TargetRows,
  target: TargetRows,
  positives: number,
): SelectionReplay {
  const fits = targetFull.length === mask.length * sides && target.length === positives * sides;
  if (!fits || targetFull.BYTES_PER_ELEMENT !== target.BYTES_PER_ELEMENT) {
    throw new Error(
      `selection does not fit: mask ${mask.length}, target_full ${targetFull.length}, target ${target.length}, P=${positives}`,
    );
  }
  const sourceWords = words(targetFull);
  const targetWords = words(target);
  const rowWords = (sides * target.BYTES_PER_ELEMENT) / 4;
  const replay: SelectionReplay = { checked: 0, mismatchedRows: 0, selectedRows: 0, examples: [] };

  function mismatch(row: number, expected: number[]): void {
    replay.mismatchedRows++;
    const got = row < positives ? rowOf(target, row) : [];
    if (replay.examples.length < exampleRows) replay.examples.push({ row, expected, got });
  }

  for (let anchor = 0; anchor < mask.length; anchor++) {
    if (mask[anchor] === 0) continue;
    const row = replay.selectedRows++;
    const same = row < positives && sameWords(sourceWords, anchor * rowWords, targetWords, row * rowWords, rowWords);
    if (!same) mismatch(row, rowOf(targetFull, anchor));
  }
  for (let row = replay.selectedRows; row < positives; row++) mismatch(row, []);
  replay.checked = Math.max(positives, replay.selectedRows);
  return replay;
}

function sameWords(a: Uint32Array, atA: number, b: Uint32Array, atB: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[atA + i]! !== b[atB + i]!) return false;
  return true;
}

function words(array: TargetRows): Uint32Array {
  return new Uint32Array(array.buffer, array.byteOffset, array.byteLength / 4);
}

function rowOf(array: TargetRows, row: number): number[] {
  return Array.from(array.subarray(row * sides, (row + 1) * sides));
}
