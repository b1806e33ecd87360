// What the main thread asks the threads of the cpu backend, and what they answer.
import type { SelectionReplay } from '../../../contracts/dfl.ts';
import type { DflInput } from '../contract.ts';
import type { PartDetails } from '../kernel-sums.ts';
import type { TargetRows } from '../selection.ts';

/** Rows of a capture; `input` holds their tensors alone, all in shared memory. */
export interface Part {
  input: DflInput;
  /** Rows of the capture before this part. */
  firstRow: number;
}

export type ThreadRequest =
  | { kind: 'recompute'; parts: Part[] }
  | { kind: 'replay'; mask: Uint8Array; targetFull: TargetRows; target: TargetRows; positives: number };

export type ThreadResult =
  | {
      kind: 'recompute';
      /** Sums of all parts one after the other, each in the order of sumNames. */
      sums: Float64Array;
      /** Counts of all parts one after the other. */
      counts: Uint32Array;
      /** Null where a part has nothing to tell. */
      details: (PartDetails | null)[];
    }
  | { kind: 'replay'; replay: SelectionReplay };

/** workerData of a thread. */
export interface ThreadSetUp {
  /** Null without WebAssembly SIMD. */
  module: WebAssembly.Module | null;
  memory: WebAssembly.Memory;
  /** Address of the thread's area. */
  area: number;
}
