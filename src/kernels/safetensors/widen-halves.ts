// Widens half-precision elements to float32, which holds all their values exactly.
// biome-ignore-all lint/style/noNonNullAssertion: indices are bounded by the length of the array they read

export type HalfDtype = 'F16' | 'BF16';

/** Writes the float32 of each half in `halves` (its bits) to the same place in `into`, which must be as long. */
export function widenHalves(dtype: HalfDtype, halves: Uint16Array, into: Float32Array): void {
  const words = new Uint32Array(into.buffer, into.byteOffset, into.length);
  if (dtype === 'BF16') widenBfloat16(halves, words);
  else widenFloat16(halves, words);
}

/** bfloat16 is the upper half of a float32, so widening is a shift. */
function widenBfloat16(halves: Uint16Array, words: Uint32Array): void {
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
}

let float16Bits: Uint32Array | null = null;

function widenFloat16(halves: Uint16Array, words: Uint32Array): void {
  float16Bits ??= Uint32Array.from({ length: 65536 }, (_, half) => float32BitsOfHalf(half));
  for (let i = 0; i < halves.length; i++) words[i] = float16Bits[halves[i]!]!;
}

/** Bits of the float32 equal to an IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. NaN payloads are kept. */
function float32BitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // Subnormal half: fraction * 2^-24 is a normal float32. Shift the leading one out and lower the exponent as often.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0;
}
