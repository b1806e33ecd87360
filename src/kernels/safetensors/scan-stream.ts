// Checks a safetensors file while it streams past: collects the length and the header only, counts the rest, so memory stays bounded by the
// header limit whatever the file's size. The header is known (and can be judged) before the tensors arrive.
import { PublicError } from '../../contracts/errors.ts';
import {
  checkHeaderLength,
  malformed,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  wrongLength,
} from './parse-header.ts';

const prefixBytes = 8;

export interface SafetensorsScanner {
  /** Null until the whole header has been pushed. */
  readonly header: SafetensorsHeader | null;
  /** Bytes pushed so far. */
  readonly bytes: number;
  /** Throws PublicError malformed_safetensors, or payload_too_large when the file is, or says it will be, longer than allowed. */
  push(chunk: Uint8Array): void;
  /** The header of a file that is exactly as long as it says. Throws PublicError malformed_safetensors otherwise. */
  finish(): SafetensorsHeader;
}

/** `maxBytes` bounds the whole file: length prefix, header and tensors. */
export function createSafetensorsScanner(options: { maxBytes: number }): SafetensorsScanner {
  const { maxBytes } = options;
  const prefix = createCollector();
  const json = createCollector();
  let headerBytes: number | null = null;
  let header: SafetensorsHeader | null = null;
  let bytes = 0;

  function refuseOver(total: number, what: string): void {
    if (total <= maxBytes) return;
    const message = `${what} ${total} bytes, at most ${maxBytes} are allowed`;
    throw new PublicError('payload_too_large', `The capture ${message}; send fewer positives.`, {
      errors: [{ path: 'body', message }],
    });
  }

  function push(chunk: Uint8Array): void {
    bytes += chunk.length;
    refuseOver(bytes, 'has at least');
    if (header) return;
    const rest = prefix.take(chunk, prefixBytes);
    if (prefix.length < prefixBytes) return;
    headerBytes ??= readHeaderLength(prefix.bytes());
    json.take(rest, headerBytes);
    if (json.length < headerBytes) return;
    header = parseSafetensorsHeader(json.bytes(), null);
    json.clear();
    refuseOver(prefixBytes + headerBytes + header.bufferBytes, 'says it has');
  }

  function finish(): SafetensorsHeader {
    if (headerBytes === null)
      throw malformed('header length', `the file ends after ${bytes} of its first ${prefixBytes} bytes`);
    if (!header)
      throw malformed('header', `the file ends after ${bytes - prefixBytes} of the header's ${headerBytes} bytes`);
    const bufferBytes = bytes - prefixBytes - headerBytes;
    if (bufferBytes !== header.bufferBytes) throw wrongLength(header.bufferBytes, bufferBytes);
    return header;
  }

  return {
    push,
    finish,
    get header() {
      return header;
    },
    get bytes() {
      return bytes;
    },
  };
}

function readHeaderLength(prefix: Uint8Array): number {
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true);
  checkHeaderLength(length);
  return Number(length);
}

/** Gathers bytes over chunk borders; grows with what really came, never by what a length field promises. */
function createCollector() {
  let held = new Uint8Array(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    bytes: () => held.subarray(0, length),
    clear() {
      held = new Uint8Array(0);
      length = 0;
    },
    /** Takes from `chunk` up to `wanted` bytes in all; gives back what it left. */
    take(chunk: Uint8Array, wanted: number): Uint8Array {
      const taken = chunk.subarray(0, wanted - length);
      if (length + taken.length > held.length) {
        const grown = new Uint8Array(Math.min(wanted, Math.max(2 * held.length, length + taken.length)));
        grown.set(held.subarray(0, length));
        held = grown;
      }
      held.set(taken, length);
      length += taken.length;
      return chunk.subarray(taken.length);
    },
  };
}
