// Opens a safetensors file held in memory and reads its tensors as typed arrays. Data are little-endian and C-ordered, as every platform
// that Node has prebuilt packages for; F16 and BF16 are given as their bits, which widen-halves.ts makes float32 of.
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
  F16: Uint16Array;
  BF16: Uint16Array;
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
 * Elements of one tensor in row-major order. Where the bytes are aligned the result is a view of `data` (do not write to it), else a copy.
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
  F16: (bytes) => view(bytes, Uint16Array),
  BF16: (bytes) => view(bytes, Uint16Array),
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

/** Bytes a tensor of this type and shape takes. */
export function tensorBytes(dtype: SafetensorsDtype, shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, itemBytes[dtype]);
}
