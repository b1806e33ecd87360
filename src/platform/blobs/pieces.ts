// Memory that bodies are gathered in, used again and again: what the network allocates for each chunk can then be given up at once, before
// the garbage collector takes it for something that lasts.

/** Most captures fit one. */
const pieceBytes = 2 * 2 ** 20;
/** Lent or free; further ones are small and thrown away. */
const keptPieces = 64;
const smallBytes = 2 ** 18;

export interface Pieces {
  /** What is in it is left over from others. Give it back. */
  take(): Uint8Array;
  giveBack(piece: Uint8Array): void;
}

export function createPieces(): Pieces {
  const free: Uint8Array[] = [];
  let made = 0;
  return {
    take() {
      const piece = free.pop();
      if (piece) return piece;
      if (made === keptPieces) return Buffer.allocUnsafeSlow(smallBytes);
      made += 1;
      return Buffer.allocUnsafeSlow(pieceBytes);
    },
    giveBack(piece) {
      if (piece.length === pieceBytes) free.push(piece);
    },
  };
}
