// Blobs that this process has just stored, still in the memory that they came in: a worker that reads one soon after needs no file. A blob is
// read once as a rule, so reading one gives its memory back.
import type { Pieces } from './pieces.ts';

/** Those stored earlier are forgotten. */
const maxBlobs = 32;

export interface RecentBlobs {
  /** The first `bytes` of `piece` are the blob with this sha256; the piece is given back when it is no longer needed. */
  keep(sha256: string, piece: Uint8Array, bytes: number): void;
  /** The blob in what `allocate` gives for its size; null when it is not here. */
  take(sha256: string, allocate: (bytes: number) => Uint8Array): Uint8Array | null;
  forget(sha256: string): void;
}

export function createRecentBlobs(pieces: Pieces): RecentBlobs {
  /** In the order of their storing. */
  const kept = new Map<string, { piece: Uint8Array; bytes: number }>();

  function forget(sha256: string): void {
    const blob = kept.get(sha256);
    if (blob) pieces.giveBack(blob.piece);
    kept.delete(sha256);
  }

  return {
    forget,
    keep(sha256, piece, bytes) {
      forget(sha256);
      kept.set(sha256, { piece, bytes });
      if (kept.size > maxBlobs) forget(kept.keys().next().value as string);
    },
    take(sha256, allocate) {
      const blob = kept.get(sha256);
      if (!blob) return null;
      const memory = allocate(blob.bytes).subarray(0, blob.bytes);
      memory.set(blob.piece.subarray(0, blob.bytes));
      forget(sha256);
      return memory;
    },
  };
}
