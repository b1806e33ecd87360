// Strict UTF-8 over a stream that may be cut anywhere: an unfinished character at the end is carried to the next chunk, anything that
// is not UTF-8 (The Unicode Standard 16, table 3-7) is refused with its place.

export type Utf8Chunk = { kind: 'ok'; text: string; tail: Uint8Array } | { kind: 'invalid'; offset: number };

const noBytes = new Uint8Array(0);
/** The platform's own decoder is many times as fast as the scan below, but does not say where it failed. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes `tail` (carried from the chunk before, at most 3 bytes) and `chunk`. `offset` of an invalid byte counts from the start of
 * `chunk`; it is negative for a character that began in the chunk before and is broken by this one.
 */
export function decodeUtf8Chunk(tail: Uint8Array, chunk: Uint8Array): Utf8Chunk {
  const bytes = tail.length === 0 ? chunk : concat(tail, chunk);
  try {
    return { kind: 'ok', text: strict.decode(bytes), tail: noBytes };
  } catch {
    // Invalid, or cut within a character.
  }
  const { complete, invalidAt } = scanUtf8(bytes);
  if (invalidAt !== null) return { kind: 'invalid', offset: invalidAt - tail.length };
  return { kind: 'ok', text: strict.decode(bytes.subarray(0, complete)), tail: bytes.slice(complete) };
}

/** Decodes a whole text: an unfinished character at its end is invalid, too. */
export function decodeUtf8(bytes: Uint8Array): { kind: 'ok'; text: string } | { kind: 'invalid'; offset: number } {
  const decoded = decodeUtf8Chunk(noBytes, bytes);
  if (decoded.kind === 'invalid' || decoded.tail.length === 0) return decoded;
  return { kind: 'invalid', offset: bytes.length - decoded.tail.length };
}

/** `complete`: bytes up to the end of the last whole character; `invalidAt`: where a sequence begins that no byte can make valid. */
function scanUtf8(bytes: Uint8Array): { complete: number; invalidAt: number | null } {
  let index = 0;
  while (index < bytes.length) {
    if ((bytes[index] as number) < 0x80) {
      index += 1;
      continue;
    }
    const length = sequenceLength(bytes, index);
    if (length === 0) return { complete: index, invalidAt: index };
    if (index + length > bytes.length) return { complete: index, invalidAt: null };
    index += length;
  }
  return { complete: index, invalidAt: null };
}

/** Length of the sequence that starts here, judged by the bytes there are; 0 when it is invalid. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] as number;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  for (let offset = 1; offset < length && start + offset < bytes.length; offset += 1) {
    const byte = bytes[start + offset] as number;
    const lowest = offset === 1 && first === 0xe0 ? 0xa0 : offset === 1 && first === 0xf0 ? 0x90 : 0x80;
    const highest = offset === 1 && first === 0xed ? 0x9f : offset === 1 && first === 0xf4 ? 0x8f : 0xbf;
    if (byte < lowest || byte > highest) return 0;
  }
  return length;
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}
