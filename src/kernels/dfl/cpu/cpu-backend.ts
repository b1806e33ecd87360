// The cpu backend: the fused kernel in a worker thread. Always there, needs nothing but Node.
import { arch, cpus } from 'node:os';
import type { DflRecomputation } from '../../../contracts/dfl.ts';
import type { DflBackend, DflInput } from '../contract.ts';
import { createThreadRunner } from './thread-runner.ts';

export interface CpuBackendOptions {
  /** Bound of one re-computation, from the start of its computation. */
  timeoutMs?: number;
  /** Calls that may wait for their turn; more are refused with PublicError overloaded. */
  maxWaiting?: number;
}

export function createCpuBackend(options: CpuBackendOptions = {}): DflBackend {
  const { timeoutMs = 120_000, maxWaiting = 64 } = options;
  // The compiler rewrites import specifiers but not strings: the thread's script has the extension of this very file.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = new URL(`./thread.${extension}`, import.meta.url);
  const runner = createThreadRunner<DflInput[], DflRecomputation[]>({ script, timeoutMs, maxWaiting });
  return {
    name: 'cpu',
    device: `${cpus()[0]?.model.trim() || arch()}, 1 thread`,
    recompute: (inputs, signal) => runner.run(() => inputs.map(shareInput), signal),
    close: () => runner.close(),
  };
}

/** Posting an array to a thread clones its whole buffer (the file, for a view of it), posting shared memory clones nothing. */
function shareInput(input: DflInput): DflInput {
  const { predDist, target, weight } = input;
  return { ...input, predDist: share(predDist), target: share(target), weight: weight && share(weight) };
}

function share(array: Float32Array | Float64Array): Float32Array | Float64Array {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const memory = new SharedArrayBuffer(array.byteLength);
  const shared = array instanceof Float32Array ? new Float32Array(memory) : new Float64Array(memory);
  shared.set(array);
  return shared;
}
