// Opens a safetensors file held in memory and reads its tensors as typed arrays. Data are little-endian and C-ordered, as every platform
// that Node has prebuilt packages for; F16 and BF16 are widened to float32, which holds all their values exactly.
// biome-ignore-all lint/style/noNonNullAssertion: indices are bounded by the length of the array they read
import { itemBytes, type SafetensorsDtype } from './dtypes.ts';
import {
  checkHeaderLength,
  malformed,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  type TensorEntry,
} from './parse-header.ts';

export interface TensorArrays {
  F32: Float32Array;
  F16: Float32Array;
  BF16: Float32Array;
  F64: Float64Array;
  BOOL: Uint8Array;
  U8: Uint8Array;
  I32: Int32Array;
  I64: BigInt64Array;
}

export interface OpenSafetensors {
  header: SafetensorsHeader;
  /** The data section: a view of the file's bytes. */
  data: Uint8Array;
}

/** Throws PublicError malformed_safetensors when the bytes are not one complete, valid file. */
export function openSafetensors(file: Uint8Array): OpenSafetensors {
  if (file.length < 8) throw malformed('header length', `the file ends after ${file.length} of its first 8 bytes`);
  const headerBytes = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  checkHeaderLength(headerBytes);
  const dataStart = 8 + Number(headerBytes);
  if (dataStart > file.length)
    throw malformed('header', `the file ends after ${file.length - 8} of the header's ${headerBytes} bytes`);
  const header = parseSafetensorsHeader(file.subarray(8, dataStart), file.length - dataStart);
  return { header, data: file.subarray(dataStart) };
}

/**
 * Elements of one tensor in row-major order. Where the bytes are aligned the result is a view of `data` (do not write to it), else a copy;
 * F16 and BF16 are always a converted copy.
 */
export function readTensor<D extends SafetensorsDtype>(
  data: Uint8Array,
  entry: TensorEntry & { dtype: D },
): TensorArrays[D] {
  const bytes = data.subarray(entry.begin, entry.end);
  return readers[entry.dtype](bytes) as TensorArrays[D];
}

const readers: { [D in SafetensorsDtype]: (bytes: Uint8Array) => TensorArrays[D] } = {
  F32: (bytes) => view(bytes, Float32Array),
  F64: (bytes) => view(bytes, Float64Array),
  F16: (bytes) => widenFloat16(view(bytes, Uint16Array)),
  BF16: (bytes) => widenBfloat16(view(bytes, Uint16Array)),
  BOOL: (bytes) => bytes,
  U8: (bytes) => bytes,
  I32: (bytes) => view(bytes, Int32Array),
  I64: (bytes) => view(bytes, BigInt64Array),
};

interface ElementArray<A> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
  BYTES_PER_ELEMENT: number;
}

/** A typed array over the same bytes; copied first where the start is not aligned for the element type. */
function view<A>(bytes: Uint8Array, Elements: ElementArray<A>): A {
  const aligned = bytes.byteOffset % Elements.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Elements(aligned.buffer, aligned.byteOffset, aligned.byteLength / Elements.BYTES_PER_ELEMENT);
}

/** bfloat16 is the upper half of a float32, so widening is a shift. */
function widenBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return new Float32Array(words.buffer);
}

let float16Bits: Uint32Array | null = null;

function widenFloat16(halves: Uint16Array): Float32Array {
  float16Bits ??= Uint32Array.from({ length: 65536 }, (_, half) => float32BitsOfHalf(half));
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = float16Bits[halves[i]!]!;
  return new Float32Array(words.buffer);
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

/** Bytes a tensor of this type and shape takes. */
export function tensorBytes(dtype: SafetensorsDtype, shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, itemBytes[dtype]);
}
