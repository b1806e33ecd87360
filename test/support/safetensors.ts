// Small captures for tests: P positives, K bins, every target in range.
import { type TensorToWrite, writeSafetensors } from '../../src/kernels/safetensors/write-safetensors.ts';

export interface SampleCapture {
  positives?: number;
  bins?: number;
  /** Added to every target, so that two captures differ. */
  shift?: number;
  metadata?: Record<string, string>;
  tensors?: Record<string, TensorToWrite>;
}

export function makeCapture({
  positives = 3,
  bins = 17,
  shift = 0,
  metadata = {},
  tensors = {},
}: SampleCapture = {}): Buffer {
  const target = Float32Array.from({ length: positives * 4 }, (_, index) => (index % 8) + 0.25 + shift);
  const file = writeSafetensors(
    {
      pred_dist: { dtype: 'F32', shape: [positives, 4, bins], data: new Float32Array(positives * 4 * bins) },
      target: { dtype: 'F32', shape: [positives, 4], data: target },
      ...tensors,
    },
    metadata,
  );
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
}

/** A file of raw header JSON and so many bytes of data, whatever the header says. */
export function makeRawFile(header: string, dataBytes: number): Buffer {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}
