// Shared memory that tensors are read into. It is kept from claim to claim, because fresh memory costs a page fault every 4 KiB, and it goes
// to the threads that compute without a copy.

export interface Arena {
  /** So many bytes, aligned to 64. They hold whatever was there before, and are given again after the arena was given back. */
  allocate(bytes: number): Uint8Array;
}

export interface Arenas {
  take(): Arena;
  /** Call it when nobody uses the arena's memory any more. */
  giveBack(arena: Arena): void;
}

const alignment = 64;

/** Keeps up to `kept` pieces of `bytes`. What does not fit one gets memory of its own. */
export function createArenas({ kept, bytes }: { kept: number; bytes: number }): Arenas {
  const free: SharedArrayBuffer[] = [];
  const taken = new Map<Arena, SharedArrayBuffer>();
  return {
    take() {
      const memory = free.pop() ?? new SharedArrayBuffer(bytes);
      let used = 0;
      const arena: Arena = {
        allocate(size) {
          if (used + size > bytes) return new Uint8Array(new SharedArrayBuffer(size));
          const piece = new Uint8Array(memory, used, size);
          used = Math.ceil((used + size) / alignment) * alignment;
          return piece;
        },
      };
      taken.set(arena, memory);
      return arena;
    },
    giveBack(arena) {
      const memory = taken.get(arena);
      taken.delete(arena);
      if (memory && free.length < kept) free.push(memory);
    },
  };
}
