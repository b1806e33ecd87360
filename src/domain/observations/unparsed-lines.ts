// Which lines of a chunk of console output nothing was read from: no log format and no crash report took them, and they are not empty.
import { cleanLines, splitLines } from '../parsing/clean-lines.ts';

export interface UnparsedLines {
  count: number;
  /** One bit per line of the chunk, the lowest of each byte first. */
  bits: Uint8Array;
}

/** `text` holds whole lines, the first of which has the number `firstLine`; `read` are the numbers of those that were taken. */
export function findUnparsed(chunk: { text: string; firstLine: number; read: readonly number[] }): UnparsedLines {
  const taken = new Set(chunk.read);
  const { texts } = cleanLines(splitLines(chunk.text), chunk.firstLine);
  const bits = new Uint8Array(Math.ceil(texts.length / 8));
  let count = 0;
  for (let index = 0; index < texts.length; index += 1) {
    if (texts[index]?.trim() === '' || taken.has(chunk.firstLine + index)) continue;
    bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
    count += 1;
  }
  return { count, bits };
}

export function isUnparsed(bits: Uint8Array | null, index: number): boolean {
  return bits !== null && ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}
