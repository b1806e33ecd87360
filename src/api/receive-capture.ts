// A capture on its way to disk: checked while it streams, in constant memory. What does not end as a valid capture leaves no file.
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
export async function receiveCapture(
  source: Readable | Iterable<Uint8Array>,
  blobs: Blobs,
  maxBytes: number,
): Promise<ReceivedCapture> {
  const scanner = createSafetensorsScanner({ maxBytes });
  const writer = await blobs.receive();
  try {
    let shape: CaptureShape | null = null;
    for await (const chunk of keepOpen(source)) {
      scanner.push(chunk);
      if (shape === null && scanner.header !== null) shape = checkCaptureHeader(scanner.header);
      await writer.write(chunk);
    }
    const header = scanner.finish();
    const { sha256, bytes } = await writer.commit();
    return { sha256, bytes, shape: shape ?? checkCaptureHeader(header) };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Leaving a loop over a stream destroys it, and with a request its socket, on which the refusal must still be sent. */
function keepOpen(source: Readable | Iterable<Uint8Array>): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return 'iterator' in source && typeof source.iterator === 'function'
    ? source.iterator({ destroyOnReturn: false })
    : (source as Iterable<Uint8Array>);
}
