// What the bytes of a row of floats are when they are no targets: numbers of another type in the same memory, or none at all.
// biome-ignore-all lint/style/noNonNullAssertion: rows lie inside their array
import type { StrangerKind } from '../../contracts/dfl.ts';
import type { TargetRows } from './target-rows.ts';

type DecodedKind = Extract<StrangerKind, 'int64' | 'int32' | 'float64' | 'float32'>;
type FloatKind = Extract<StrangerKind, 'non-finite' | 'denormal' | 'huge' | 'ordinary'>;

/** Magnitude of integers that labels, indices, shapes and counts have. Their bits, read as a float32, are denormal or NaN. */
const smallInteger = 100_000;
/** Magnitudes that activations, boxes and weights usually have. */
const ordinary = { min: 1e-6, max: 1e6 };
const smallestNormal = { 4: 2 ** -126, 8: 2 ** -1022 } as const;

export function isZeroRow(words: Uint32Array, at: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (words[at + i] !== 0) return false;
  return true;
}

/**
 * A row that is not all zero, read as another type, little-endian, where all of its numbers are usual ones of that type. A float64 row is
 * asked for float32 pairs, and a float32 row for float64 numbers whose low halves are not usual float32 themselves.
 */
export function decodeRow(
  rows: TargetRows,
  row: number,
  sides: number,
): { kind: DecodedKind; values: number[] } | null {
  const bytes = sides * rows.BYTES_PER_ELEMENT;
  const view = new DataView(rows.buffer, rows.byteOffset + row * bytes, bytes);
  const int32 = readAll(bytes / 4, (i) => view.getInt32(4 * i, true));
  if (bytes % 8 === 0) {
    const int64 = readAll(bytes / 8, (i) => int64Of(int32[2 * i]!, int32[2 * i + 1]!));
    if (int64.every(isSmallInteger)) return { kind: 'int64', values: int64 };
  }
  if (int32.every(isSmallInteger)) return { kind: 'int32', values: int32 };
  const float32 = readAll(bytes / 4, (i) => view.getFloat32(4 * i, true));
  if (rows.BYTES_PER_ELEMENT === 8) {
    return float32.every(isOrdinary) ? { kind: 'float32', values: float32 } : null;
  }
  if (bytes % 8 !== 0) return null;
  const float64 = readAll(bytes / 8, (i) => view.getFloat64(8 * i, true));
  const looksLikeFloat32 = float32.every((value) => value === 0 || isOrdinary(value));
  return float64.every(isOrdinary) && !looksLikeFloat32 ? { kind: 'float64', values: float64 } : null;
}

/** What the floats of a row say by themselves, when its bytes are nothing else. */
export function kindOfFloats(rows: TargetRows, row: number, sides: number): FloatKind {
  const values = Array.from(rows.subarray(row * sides, (row + 1) * sides), Math.abs);
  if (!values.every(Number.isFinite)) return 'non-finite';
  const least = smallestNormal[rows.BYTES_PER_ELEMENT as 4 | 8];
  if (values.some((value) => value > 0 && value < least)) return 'denormal';
  return values.some((value) => value > ordinary.max) ? 'huge' : 'ordinary';
}

function readAll(count: number, read: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => read(index));
}

/** The value of two halves where the high one only carries the sign; NaN where it carries more. */
function int64Of(low: number, high: number): number {
  return high === (low < 0 ? -1 : 0) ? low : Number.NaN;
}

function isSmallInteger(value: number): boolean {
  return Math.abs(value) <= smallInteger;
}

function isOrdinary(value: number): boolean {
  return Math.abs(value) >= ordinary.min && Math.abs(value) <= ordinary.max;
}
