// The memory that the threads of the cpu backend compute in: one fixed WebAssembly.Memory, divided into an area and a slot for each thread
// and a part that is lent. What lies in the lent part is computed where it lies; anything else is copied through the slots.

/** Largest number of threads that have an area and a slot. */
export const maxThreads = 16;
/** For the kernel's scratch, counts and results; see assembly/dfl.ts. */
const areaBytes = 128 * 1024;
/** Tensors of one request that lie elsewhere are copied here. */
export const slotBytes = 2 * 2 ** 20;
const alignment = 64;
/** The kernel may read, but not use, up to three rows of 256 bins behind an input. */
const readAhead = 4096;

export interface Loan {
  /** A view of the lent bytes; starts at an address divisible by 64. */
  bytes: Uint8Array;
  /** Gives them back; later calls do nothing. */
  free(): void;
}

export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** Null when no free piece is large enough. */
  lend(bytes: number): Loan | null;
}

export function areaOf(thread: number): number {
  return alignment + thread * areaBytes;
}

export function slotOf(thread: number): number {
  return areaOf(maxThreads) + thread * slotBytes;
}

/** `pages` of 64 KiB, as the kernel was compiled for. Only pages that are written to take real memory. */
export function createArena(pages: number): Arena {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const end = pages * 65536;
  /** Free pieces in rising order, never adjacent. */
  const free: { start: number; end: number }[] = [{ start: slotOf(maxThreads), end: end - readAhead }];

  function lend(bytes: number): Loan | null {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    const piece = free.find((candidate) => candidate.end - candidate.start >= size);
    if (!piece) return null;
    const { start } = piece;
    piece.start += size;
    if (piece.start === piece.end) free.splice(free.indexOf(piece), 1);
    let lent = true;
    return {
      bytes: new Uint8Array(memory.buffer, start, bytes),
      free() {
        if (lent) takeBack(start, start + size);
        lent = false;
      },
    };
  }

  function takeBack(start: number, pieceEnd: number): void {
    const next = free.findIndex((piece) => piece.start >= pieceEnd);
    const at = next === -1 ? free.length : next;
    const [before, after] = [free[at - 1], free[at]];
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === pieceEnd;
    if (joinsBefore && joinsAfter) {
      before.end = after.end;
      free.splice(at, 1);
    } else if (joinsBefore) before.end = pieceEnd;
    else if (joinsAfter) after.start = start;
    else free.splice(at, 0, { start, end: pieceEnd });
  }

  return { memory, lend };
}
