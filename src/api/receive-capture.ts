// A capture on its way to disk, or into memory when it is not to be kept: checked while it streams. What does not end as a valid capture
// leaves no file.
import type { Readable } from 'node:stream';
import type { CaptureShape } from '../contracts/capture.ts';
import { checkCaptureHeader } from '../kernels/dfl/capture-header.ts';
import { createSafetensorsScanner } from '../kernels/safetensors/scan-stream.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';

export interface ReceivedCapture {
  sha256: string;
  bytes: number;
  shape: CaptureShape;
}

/**
 * Streams a safetensors file into a blob. The header is judged as soon as it is there, before the tensors arrive.
 * @throws PublicError `malformed_safetensors`, `invalid_capture` or `payload_too_large`; or the stream's own error when it breaks off.
 */
export async function receiveCapture(source: Source, blobs: Blobs, maxBytes: number): Promise<ReceivedCapture> {
  const writer = await blobs.receive();
  try {
    const shape = await scanCapture(source, maxBytes, (chunk) => writer.write(chunk));
    return { ...(await writer.commit()), shape };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** As receiveCapture, into memory that `allocate` lends; give it back with `free`. */
export async function readCapture(
  source: Source,
  allocate: (bytes: number) => { bytes: Uint8Array; free: () => void },
  maxBytes: number,
): Promise<{ file: Uint8Array; shape: CaptureShape; free: () => void }> {
  const chunks: Uint8Array[] = [];
  const shape = await scanCapture(source, maxBytes, (chunk) => chunks.push(chunk));
  const { bytes, free } = allocate(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { file: bytes, shape, free };
}

type Source = Readable | Iterable<Uint8Array>;

async function scanCapture(
  source: Source,
  maxBytes: number,
  take: (chunk: Uint8Array) => unknown,
): Promise<CaptureShape> {
  const scanner = createSafetensorsScanner({ maxBytes });
  let shape: CaptureShape | null = null;
  for await (const chunk of keepOpen(source)) {
    scanner.push(chunk);
    if (shape === null && scanner.header !== null) shape = checkCaptureHeader(scanner.header);
    await take(chunk);
  }
  const header = scanner.finish();
  return shape ?? checkCaptureHeader(header);
}

/** Leaving a loop over a stream destroys it, and with a request its socket, on which the refusal must still be sent. */
function keepOpen(source: Source): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return 'iterator' in source && typeof source.iterator === 'function'
    ? source.iterator({ destroyOnReturn: false })
    : (source as Iterable<Uint8Array>);
}
