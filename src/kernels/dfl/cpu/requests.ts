// What the main thread asks the threads of the cpu backend, and what they answer.
import type { SelectionReplay } from '../../../contracts/dfl.ts';
import type { HalfDtype } from '../../safetensors/widen-halves.ts';
import type { KernelPart } from '../kernel-sums.ts';
import type { TargetRows } from '../target-rows.ts';
import type { Part } from './parts.ts';

export type ThreadRequest =
  | {
      kind: 'float32';
      /** Parts to compute, as parts.ts writes them. Several threads are given the same table: each part is computed by one of them. */
      table: Float64Array;
      /** One shared counter: the next part that no thread has taken. */
      next: Int32Array;
    }
  /** One part, all of whose tensors are in shared memory. */
  | { kind: 'float64'; part: Part }
  | { kind: 'replay'; mask: Uint8Array; targetFull: TargetRows; target: TargetRows; positives: number }
  /** `into` is in shared memory; the thread writes to it. */
  | { kind: 'widen'; dtype: HalfDtype; halves: Uint16Array; into: Float32Array };

export type ThreadResult =
  | {
      kind: 'float32';
      /** Which parts of the table this thread has computed. */
      taken: number[];
      /** Sums of the taken parts one after the other, each in the order of sumNames. */
      sums: Float64Array;
      /** Counts of the taken parts one after the other. */
      counts: Uint32Array;
      /** Of the taken parts; see pack-details.ts. */
      details: Float64Array;
    }
  | { kind: 'float64'; part: KernelPart }
  | { kind: 'replay'; replay: SelectionReplay }
  | { kind: 'widen' };

/** workerData of a thread. */
export interface ThreadSetUp {
  /** Null without WebAssembly SIMD. */
  module: WebAssembly.Module | null;
  memory: WebAssembly.Memory;
  /** Address of the thread's area. */
  area: number;
}
