// Rows of targets as 32-bit words, so that they are compared bit for bit, whatever their numbers mean.
// biome-ignore-all lint/style/noNonNullAssertion: callers pass offsets inside the arrays

/** [.., sides] float arrays; those compared with each other are of one type. */
export type TargetRows = Float32Array | Float64Array;

export function wordsOf(array: TargetRows): Uint32Array {
  return new Uint32Array(array.buffer, array.byteOffset, array.byteLength / 4);
}

export function sameWords(a: Uint32Array, atA: number, b: Uint32Array, atB: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[atA + i]! !== b[atB + i]!) return false;
  return true;
}

/** Of a row of `count` words; equal rows have equal hashes. Multiply and rotate as in MurmurHash3, with its final mix. */
export function hashWords(words: Uint32Array, at: number, count: number): number {
  let hash = count;
  for (let i = 0; i < count; i++) {
    const mixed = Math.imul(words[at + i]!, 0xcc9e2d51);
    hash ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
