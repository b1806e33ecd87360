// What stands in rows of target that are not the selected ones: targets of other anchors, memory that nobody wrote, or numbers of another
// type. One pass over target_full, in which the rows in question are looked up by their hash; memory is bounded by limits.strangerRows.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths replaySelection has checked
import { type StrangerKind, type StrangerRows, strangerKinds } from '../../contracts/dfl.ts';
import { decodeRow, isZeroRow, kindOfFloats } from './decode-row.ts';
import { hashWords, sameWords, type TargetRows, wordsOf } from './target-rows.ts';

export interface StrangersInput {
  mask: Uint8Array;
  targetFull: TargetRows;
  target: TargetRows;
  sides: number;
  /** Mismatched rows of target, rising. */
  rows: readonly number[];
}

/** Selected rows remembered per content: clipped targets often agree, and the right one must be among them for a shift to be seen. */
const rememberedRows = 4;
/** Distances tried row by row. */
const triedShifts = 3;
/** One row at some distance is chance. */
const minShiftedRows = 2;
const none = -1;

export function inspectStrangers(input: StrangersInput): StrangerRows {
  const { target, sides, rows } = input;
  const words = wordsOf(target);
  const rowWords = (sides * target.BYTES_PER_ELEMENT) / 4;
  const found = findInSource(input, words, rowWords);
  const shift = findShift(rows, found);
  const kinds = Object.fromEntries(strangerKinds.map((kind) => [kind, 0])) as Record<StrangerKind, number>;
  const result: StrangerRows = { inspected: rows.length, kinds, shift: null, source: null, decoded: null };

  rows.forEach((row, index) => {
    const kind = kindOf(row, index);
    kinds[kind]++;
    if (kind === 'shifted') addToShift(row);
    const heldAnchor = kind === 'shifted' ? found.anchorOfRow[row - shift!]! : found.anchors[index]!;
    if (result.source === null && heldAnchor !== none && isFromSource(kind)) {
      result.source = { row, expectedAnchor: found.anchorOfRow[row] ?? null, heldAnchor };
    }
  });
  return result;

  function kindOf(row: number, index: number): StrangerKind {
    const at = row * rowWords;
    if (isZeroRow(words, at, rowWords)) return 'zeros';
    if (shift !== null && found.isRow(index, row - shift)) return 'shifted';
    if (found.rowsOf(index).length > 0) return 'other-row';
    if (found.anchors[index] !== none) return 'unselected';
    if (row > 0 && sameWords(words, at - rowWords, words, at, rowWords)) return 'repeated';
    const decoded = decodeRow(target, row, sides);
    if (!decoded) return kindOfFloats(target, row, sides);
    result.decoded ??= { row, values: decoded.values };
    return decoded.kind;
  }

  function addToShift(row: number): void {
    const held = row - shift!;
    result.shift ??= { rows: { first: row, last: row }, holds: { first: held, last: held } };
    result.shift.rows.last = row;
    result.shift.holds.last = held;
  }
}

function isFromSource(kind: StrangerKind): boolean {
  return kind === 'shifted' || kind === 'other-row' || kind === 'unselected';
}

interface Found {
  /** Per row in question: an anchor of target_full that holds the same bits, or `none`. */
  anchors: Int32Array;
  /** Per row in question: the first selected rows whose expected targets have the same bits. */
  rowsOf(index: number): readonly number[];
  /** Whether the expected targets of a selected row are those of the row in question. */
  isRow(index: number, selectedRow: number): boolean;
  /** Anchor of every selected row. */
  anchorOfRow: Int32Array;
}

function findInSource({ mask, targetFull, rows }: StrangersInput, words: Uint32Array, rowWords: number): Found {
  const source = wordsOf(targetFull);
  const table = new Int32Array(tableSize(rows.length)).fill(none);
  /** Index of the first row in question with the same bits: content is stored once. */
  const contentOf = new Int32Array(rows.length);

  /** The slot that holds this content, or the empty one where it belongs. */
  function slotOf(array: Uint32Array, at: number): number {
    let slot = hashWords(array, at, rowWords) & (table.length - 1);
    while (table[slot] !== none && !sameWords(words, rows[table[slot]!]! * rowWords, array, at, rowWords))
      slot = (slot + 1) & (table.length - 1);
    return slot;
  }
  rows.forEach((row, index) => {
    const slot = slotOf(words, row * rowWords);
    if (table[slot] === none) table[slot] = index;
    contentOf[index] = table[slot]!;
  });

  const anchors = new Int32Array(rows.length).fill(none);
  const selectedRows = new Map<number, number[]>();
  const anchorOfRow = new Int32Array(countTrue(mask));
  let selected = 0;
  for (let anchor = 0; anchor < mask.length; anchor++) {
    const content = table[slotOf(source, anchor * rowWords)]!;
    if (content !== none && anchors[content] === none) anchors[content] = anchor;
    if (mask[anchor] === 0) continue;
    const row = selected++;
    anchorOfRow[row] = anchor;
    if (content === none) continue;
    const remembered = selectedRows.get(content);
    if (!remembered) selectedRows.set(content, [row]);
    else if (remembered.length < rememberedRows) remembered.push(row);
  }
  return {
    anchors: anchors.map((_, index) => anchors[contentOf[index]!]!),
    rowsOf: (index) => selectedRows.get(contentOf[index]!) ?? [],
    isRow(index, selectedRow) {
      const anchor = anchorOfRow[selectedRow];
      return anchor !== undefined && sameWords(source, anchor * rowWords, words, rows[index]! * rowWords, rowWords);
    },
    anchorOfRow,
  };
}

/** The distance (row minus the selected row whose targets it holds) that explains the most rows; null when none explains enough. */
function findShift(rows: readonly number[], found: Found): number | null {
  const votes = new Map<number, number>();
  rows.forEach((row, index) => {
    for (const held of found.rowsOf(index)) votes.set(row - held, (votes.get(row - held) ?? 0) + 1);
  });
  const candidates = [...votes].sort(([a, votesA], [b, votesB]) => votesB - votesA || Math.abs(a) - Math.abs(b));
  let best: { shift: number; count: number } | null = null;
  for (const [shift] of candidates.slice(0, triedShifts)) {
    const count = rows.filter((row, index) => found.isRow(index, row - shift)).length;
    if (count >= minShiftedRows && count > (best?.count ?? 0)) best = { shift, count };
  }
  return best?.shift ?? null;
}

/** A power of two, at least twice the rows, so that searches stay short. */
function tableSize(rows: number): number {
  return 2 ** Math.ceil(Math.log2(2 * rows + 1));
}

function countTrue(mask: Uint8Array): number {
  let count = 0;
  for (const byte of mask) if (byte !== 0) count++;
  return count;
}
