// Writes safetensors files: captures that came as JSON are stored in the same format as the others, and tests and examples make theirs here.
import { itemBytes, type SafetensorsDtype } from './dtypes.ts';
import { tensorBytes } from './read-tensor.ts';

/** `data` holds the tensor's bytes in C order: F16 and BF16 as Uint16Array bit patterns, BOOL as one byte 0 or 1 per element. */
export interface TensorToWrite {
  dtype: SafetensorsDtype;
  shape: number[];
  data: ArrayBufferView;
}

/**
 * A complete file. Tensors are laid out by falling element size, then by name, and the header is padded with spaces to a multiple of 8
 * bytes, so that every tensor is aligned and equal input gives equal bytes. Throws Error when data and shape disagree: that is a bug.
 */
export function writeSafetensors(
  tensors: Record<string, TensorToWrite>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const ordered = Object.entries(tensors).sort(
    ([a, x], [b, y]) => itemBytes[y.dtype] - itemBytes[x.dtype] || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const size = tensorBytes(dtype, shape);
    if (size !== data.byteLength)
      throw new Error(`tensor ${name}: ${dtype} [${shape}] takes ${size} bytes, ${data.byteLength} given`);
    header.push([name, { dtype, shape, data_offsets: [end, end + size] }]);
    end += size;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + end).fill(0x20, 8 + json.length, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  let at = 8 + headerBytes;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
