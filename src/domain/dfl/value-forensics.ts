// What the integer in "Target N is out of bound" gives away about where it came from. Rules and worked values: PaddleDetection#6619,
// PaddleSeg#2427, PaddleClas#2772 (decoded here), and the int64 cast of NaN, which is the smallest int64 on x86 and CUDA.

export type TargetValueKind = 'int64-min' | 'packed-float32' | 'packed-int32' | 'huge' | 'negative-small' | 'small';

export interface TargetValue {
  kind: TargetValueKind;
  /** The low and the high half, decoded as `kind` says; null unless packed. */
  halves: [number, number] | null;
}

const int64Min = -(2n ** 63n);
/** Bins, class ids and pixel values all stay far below this; stale floats floored by the loss may reach it. */
const smallLimit = 1_000_000n;
/** Magnitudes that activations, boxes and weights usually have. */
const ordinaryFloat = { min: 1e-6, max: 1e6 };
const smallInt32 = 100_000;

/** Parses a decimal integer as printed in a message; null when it is none or does not fit 64 bits. */
export function parseInt64(text: string | null | undefined): bigint | null {
  if (!text || !/^[+-]?\d{1,20}$/.test(text)) return null;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= int64Min && value < 2n ** 63n ? value : null;
}

/** Tells what kind of value N is; see TargetValueKind. */
export function inspectTargetValue(n: bigint): TargetValue {
  if (n === int64Min) return { kind: 'int64-min', halves: null };
  if (n > -smallLimit && n < smallLimit) return { kind: n < 0n ? 'negative-small' : 'small', halves: null };
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, n, true);
  const ints: [number, number] = [view.getInt32(0, true), view.getInt32(4, true)];
  if (ints.every((half) => Math.abs(half) <= smallInt32)) return { kind: 'packed-int32', halves: ints };
  const floats: [number, number] = [view.getFloat32(0, true), view.getFloat32(4, true)];
  if (floats.every(isOrdinary)) return { kind: 'packed-float32', halves: floats };
  return { kind: 'huge', halves: null };
}

function isOrdinary(value: number): boolean {
  return Math.abs(value) >= ordinaryFloat.min && Math.abs(value) <= ordinaryFloat.max;
}

export type DecodedTarget =
  | { kind: 'int64-min'; values: [] }
  | { kind: 'packed-float32' | 'packed-int32'; values: [number, number] };

/**
 * What a float target that is a huge whole number gives away about where it came from; null for any other. It is decoded as the int64 it
 * stands for: a float64 keeps enough of it for both halves, a float32 for the high half only, so that packed floats show in float64 alone.
 */
export function decodeTarget(target: number): DecodedTarget | null {
  if (!Number.isInteger(target) || target < -(2 ** 63) || target >= 2 ** 63) return null;
  const { kind, halves } = inspectTargetValue(BigInt(target));
  if (kind === 'int64-min') return { kind, values: [] };
  return halves && (kind === 'packed-float32' || kind === 'packed-int32') ? { kind, values: halves } : null;
}
