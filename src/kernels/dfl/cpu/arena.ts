// The memory that the threads of the cpu backend compute in: one fixed WebAssembly.Memory, divided into an area for each thread, a staging
// piece that the backend copies foreign tensors into, and the rest, which is lent to those who read captures.

/** Largest number of threads that have an area. */
export const maxThreads = 16;
/** For the kernel's scratch, counts and results; see assembly/area.ts. */
const areaBytes = 128 * 1024;
export const stagingBytes = 32 * 2 ** 20;
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

export const stagingStart = areaOf(maxThreads);

/** `pages` of 64 KiB, as the kernel was compiled for. Only pages that are written to take real memory. */
export function createArena(pages: number): Arena {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  /** Free pieces in rising order, never adjacent. */
  const free = [{ start: stagingStart + stagingBytes + readAhead, end: pages * 65536 - readAhead }];

  function lend(bytes: number): Loan | null {
    const size = alignUp(Math.max(1, bytes));
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

  function takeBack(start: number, end: number): void {
    const next = free.findIndex((piece) => piece.start >= end);
    const at = next === -1 ? free.length : next;
    const [before, after] = [free[at - 1], free[at]];
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === end;
    if (joinsBefore && joinsAfter) {
      before.end = after.end;
      free.splice(at, 1);
    } else if (joinsBefore) before.end = end;
    else if (joinsAfter) after.start = start;
    else free.splice(at, 0, { start, end });
  }

  return { memory, lend };
}

export function alignUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
