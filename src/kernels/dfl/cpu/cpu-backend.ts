// The cpu backend: the WebAssembly kernel in worker threads. Always there, needs nothing but Node. It also computes float64 tensors, and
// replays selections, for whatever backend was chosen.
import { arch, availableParallelism, cpus } from 'node:os';
import type { DflRecomputation, SelectionReplay } from '../../../contracts/dfl.ts';
import { assertDflInput, type DflBackend, type DflInput } from '../contract.ts';
import { emptySums, type KernelPart, mergeParts, type PartDetails, sumNames } from '../kernel-sums.ts';
import type { TargetRows } from '../selection.ts';
import { type Arena, areaOf, createArena, type Loan, maxThreads, slotBytes, slotOf } from './arena.ts';
import { memoryPages } from './generated/kernel.ts';
import { compileKernel } from './kernel-module.ts';
import type { Part, ThreadRequest, ThreadResult, ThreadSetUp } from './requests.ts';
import { gatherParts, splitInput } from './split.ts';
import { createThreadPool } from './thread-pool.ts';

export interface CpuBackendOptions {
  threads?: number;
  /** Bound of one request to a thread, from the start of its computation. */
  timeoutMs?: number;
  /** Requests that may wait for a thread; more are refused with PublicError overloaded. */
  maxWaiting?: number;
}

export interface CpuBackend extends DflBackend {
  /** Memory that the threads see: tensors in it are computed without a copy. It is ordinary shared memory when the arena is full. */
  allocate(bytes: number): Loan;
  /** See selection.ts. */
  replaySelection(
    mask: Uint8Array,
    targetFull: TargetRows,
    target: TargetRows,
    positives: number,
    signal?: AbortSignal,
  ): Promise<SelectionReplay>;
}

export function createCpuBackend(options: CpuBackendOptions = {}): CpuBackend {
  const { timeoutMs = 120_000, maxWaiting = 10_000 } = options;
  const threads = Math.min(options.threads ?? availableParallelism(), maxThreads);
  const kernel = compileKernel();
  const arena = createArena(memoryPages);
  // The compiler rewrites import specifiers but not strings: the thread's script has the extension of this very file.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const pool = createThreadPool<ThreadRequest, ThreadResult>({
    script: new URL(`./thread.${extension}`, import.meta.url),
    peers: threads,
    workerData: (thread): ThreadSetUp => {
      return { module: kernel?.module ?? null, memory: arena.memory, area: areaOf(thread) };
    },
    timeoutMs,
    maxWaiting,
  });

  async function recompute(inputs: readonly DflInput[], signal?: AbortSignal): Promise<DflRecomputation[]> {
    inputs.forEach(assertDflInput);
    const split = inputs.map(splitInput);
    const requests = gatherParts(split.flat());
    const computed = (await Promise.all(requests.map((parts) => computeParts(parts, signal)))).flat();
    return inputs.map((input, i) => mergeParts(input, computed.splice(0, split[i]?.length)));
  }

  async function computeParts(parts: readonly Part[], signal?: AbortSignal): Promise<KernelPart[]> {
    const result = await pool.run((thread) => ({ kind: 'recompute', parts: placeParts(parts, arena, thread) }), signal);
    return result.kind === 'recompute' ? unpack(parts, result) : [];
  }

  return {
    name: 'cpu',
    device: `${cpus()[0]?.model.trim() || arch()}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${kernel?.simd ?? 'no SIMD'}`,
    recompute,
    allocate: (bytes) => arena.lend(bytes) ?? ordinary(bytes),
    async replaySelection(mask, targetFull, target, positives, signal) {
      const request = () => ({
        kind: 'replay' as const,
        mask: share(mask),
        targetFull: share(targetFull),
        target: share(target),
        positives,
      });
      const result = await pool.run(request, signal);
      if (result.kind !== 'replay') throw new Error('the thread answered another request');
      return result.replay;
    },
    close: () => pool.close(),
  };
}

function ordinary(bytes: number): Loan {
  return { bytes: new Uint8Array(new SharedArrayBuffer(bytes)), free: () => {} };
}

/** The parts with all float32 tensors in the arena: those that are not there yet are copied into the thread's slot. */
function placeParts(parts: readonly Part[], { memory }: Arena, thread: number): Part[] {
  let at = slotOf(thread);
  const end = at + slotBytes;

  function place<A extends Float32Array | Float64Array | Uint8Array>(array: A): A {
    if (array.buffer === memory.buffer) return array;
    // Copying within shared memory is fast only from and to the same remainder of 8.
    const start = Math.ceil(at / 64) * 64 + (array.byteOffset % 8);
    if (start % array.BYTES_PER_ELEMENT !== 0 || start + array.byteLength > end) return share(array);
    const Elements = array.constructor as new (buffer: ArrayBufferLike, start: number, length: number) => A;
    const copy = new Elements(memory.buffer, start, array.length);
    copy.set(array);
    at = start + array.byteLength;
    return copy;
  }

  return parts.map(({ input, firstRow }) => {
    const { predDist, target, weight, group } = input;
    const placed = {
      ...input,
      predDist: place(predDist),
      target: place(target),
      weight: weight && place(weight),
      group: group && place(group),
    };
    return { input: placed, firstRow };
  });
}

/** Posting an array to a thread clones its whole buffer (the file, for a view of it), posting shared memory clones nothing. */
function share<A extends Float32Array | Float64Array | Uint8Array>(array: A): A {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Elements = array.constructor as new (buffer: ArrayBufferLike) => A;
  const shared = new Elements(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

const nothing: PartDetails = { offenders: [], outsideFloors: [], firstNonFiniteLogits: [] };

function unpack(parts: readonly Part[], result: ThreadResult & { kind: 'recompute' }): KernelPart[] {
  let at = 0;
  return parts.map(({ input }, i) => {
    const sums = emptySums(input);
    sumNames.forEach((name, n) => {
      sums[name] = result.sums[i * sumNames.length + n] as number;
    });
    sums.counts = result.counts.subarray(at, at + sums.counts.length);
    at += sums.counts.length;
    return { sums, details: result.details[i] ?? nothing };
  });
}
