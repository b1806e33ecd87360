// A hash for telling things apart, where nothing may be imported.

const mask64 = (1n << 64n) - 1n;

/**
 * Two 64-bit FNV-1a hashes (Fowler, Noll, Vo; draft-eastlake-fnv) over UTF-16 code units, the second started from the first: collisions
 * are a matter of chance, not of attack: what it is used for (a fingerprint groups incidents within one project) gains nobody anything.
 */
export function hash128(text: string): string {
  const first = fnv1a64(text, 0xcbf29ce484222325n);
  const second = fnv1a64(text, first ^ 0x9e3779b97f4a7c15n);
  return [first, second].map((half) => half.toString(16).padStart(16, '0')).join('');
}

function fnv1a64(text: string, start: bigint): bigint {
  let hash = start;
  for (let i = 0; i < text.length; i++) {
    hash ^= BigInt(text.charCodeAt(i));
    hash = (hash * 0x100000001b3n) & mask64;
  }
  return hash;
}
