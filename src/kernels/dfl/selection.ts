// Replays the selection of the positives: a trainer picks the rows of target_full where mask is true, in row-major order, and what it
// picked must be those rows to the last bit. Rows that are not came from somewhere else, such as memory nobody wrote.
import type { SelectionReplay } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import { inspectStrangers } from './strangers.ts';
import { sameWords, type TargetRows, wordsOf } from './target-rows.ts';

const exampleRows = 10;

/**
 * mask [B*A] (any byte but 0 is true), targetFull [B*A,4], target [P,4]; of angles, one column instead of four. NaN equals NaN of the same
 * bits; -0 and 0 differ. Linear in the rows; what stands in mismatched rows is looked into for a bounded number of them. Throws Error when
 * the lengths or element types do not fit each other: headers are judged before (capture-header.ts), so that is a bug.
 */
export function replaySelection(
  mask: Uint8Array,
  targetFull: TargetRows,
  target: TargetRows,
  positives: number,
): SelectionReplay {
  const sides = targetFull.length / mask.length;
  const fits = (sides === 4 || sides === 1) && target.length === positives * sides;
  if (!fits || targetFull.BYTES_PER_ELEMENT !== target.BYTES_PER_ELEMENT) {
    throw new Error(
      `selection does not fit: mask ${mask.length}, target_full ${targetFull.length}, target ${target.length}, P=${positives}`,
    );
  }
  const sourceWords = wordsOf(targetFull);
  const targetWords = wordsOf(target);
  const rowWords = (sides * target.BYTES_PER_ELEMENT) / 4;
  const replay: SelectionReplay = {
    checked: 0,
    mismatchedRows: 0,
    selectedRows: 0,
    examples: [],
    ranges: [],
    rangeCount: 0,
    strangers: null,
  };
  const strangers: number[] = [];
  let lastMismatch = -2;

  function mismatch(row: number, anchor: number | null): void {
    replay.mismatchedRows++;
    if (row === lastMismatch + 1) {
      const range = replay.ranges[replay.rangeCount - 1];
      if (range) range.last = row;
    } else if (replay.rangeCount++ < limits.mismatchRanges) replay.ranges.push({ first: row, last: row });
    lastMismatch = row;
    if (row < positives && strangers.length < limits.strangerRows) strangers.push(row);
    if (replay.examples.length === exampleRows) return;
    const expected = anchor === null ? [] : Array.from(targetFull.subarray(anchor * sides, (anchor + 1) * sides));
    const got = row < positives ? Array.from(target.subarray(row * sides, (row + 1) * sides)) : [];
    replay.examples.push({ row, expected, got });
  }

  for (let anchor = 0; anchor < mask.length; anchor++) {
    if (mask[anchor] === 0) continue;
    const row = replay.selectedRows++;
    const same = row < positives && sameWords(sourceWords, anchor * rowWords, targetWords, row * rowWords, rowWords);
    if (!same) mismatch(row, anchor);
  }
  for (let row = replay.selectedRows; row < positives; row++) mismatch(row, null);
  replay.checked = Math.max(positives, replay.selectedRows);
  if (strangers.length > 0) replay.strangers = inspectStrangers({ mask, targetFull, target, sides, rows: strangers });
  return replay;
}
