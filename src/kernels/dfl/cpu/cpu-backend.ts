// The cpu backend: the WebAssembly kernel in worker threads. Always there, needs nothing but Node. It also computes float64 tensors, and
// replays selections, for whatever backend was chosen.
import { arch, availableParallelism, cpus } from 'node:os';
import type { DflRecomputation, SelectionReplay } from '../../../contracts/dfl.ts';
import type { HalfDtype } from '../../safetensors/widen-halves.ts';
import {
  assertDflInput,
  bytesOf,
  type DflBackend,
  type DflInput,
  type Float32DflInput,
  isFloat32,
} from '../contract.ts';
import { type KernelPart, mergeParts } from '../kernel-sums.ts';
import type { TargetRows } from '../target-rows.ts';
import { alignUp, areaOf, createArena, type Loan, maxThreads, stagingBytes, stagingStart } from './arena.ts';
import { memoryPages } from './generated/kernel.ts';
import { compileKernel } from './kernel-module.ts';
import { type Part, splitInput } from './parts.ts';
import type { ThreadRequest, ThreadResult, ThreadSetUp } from './requests.ts';
import { shareOut } from './share-out.ts';
import { createThreadPool } from './thread-pool.ts';

export interface CpuBackendOptions {
  threads?: number;
  /** Bound of one request to a thread, from the start of its computation. */
  timeoutMs?: number;
  /** Requests that may wait for a thread; more are refused with PublicError overloaded. */
  maxWaiting?: number;
}

export interface CpuBackend extends DflBackend {
  /** Memory that the threads see: tensors in it are computed without a copy. It is ordinary memory when the arena is full. */
  allocate(bytes: number): Loan;
  /** See selection.ts. */
  replaySelection(
    mask: Uint8Array,
    targetFull: TargetRows,
    target: TargetRows,
    positives: number,
    signal?: AbortSignal,
  ): Promise<SelectionReplay>;
  /** Half-precision elements as float32, in memory that the threads see; see widen-halves.ts. Free it when it has been used. */
  widen(dtype: HalfDtype, halves: Uint16Array, signal?: AbortSignal): Promise<Widened>;
}

export interface Widened {
  values: Float32Array;
  free(): void;
}

/** Room for the alignment of the four tensors of a part. */
const alignmentRoom = 512;

export function createCpuBackend(options: CpuBackendOptions = {}): CpuBackend {
  const { timeoutMs = 120_000, maxWaiting = 10_000 } = options;
  const threads = Math.min(options.threads ?? availableParallelism(), maxThreads);
  const kernel = compileKernel();
  const arena = createArena(memoryPages);
  // The compiler and the bundler rewrite import specifiers but not strings: the thread's script has the extension of this very file.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.') + 1);
  const pool = createThreadPool<ThreadRequest, ThreadResult>({
    script: new URL(`./thread.${extension}`, import.meta.url),
    peers: threads,
    workerData: (thread): ThreadSetUp => {
      return { module: kernel?.module ?? null, memory: arena.memory, area: areaOf(thread) };
    },
    timeoutMs,
    maxWaiting,
  });
  /** Settles when the staging piece is free. */
  let staged: Promise<unknown> = Promise.resolve();

  async function recompute(inputs: readonly DflInput[], signal?: AbortSignal): Promise<DflRecomputation[]> {
    inputs.forEach(assertDflInput);
    if (signal?.aborted) throw signal.reason;
    const loans: Loan[] = [];
    try {
      const single = inputs.filter((input) => kernel !== null && isFloat32(input)) as Float32DflInput[];
      const double = inputs.filter((input) => !single.includes(input as Float32DflInput));
      const resident = new Map(single.map((input) => [input, makeResident(input, loans)]));
      const results = await Promise.all([
        computeSplit(
          single.filter((input) => resident.get(input)),
          (input) => resident.get(input) ?? input,
          computeResident,
          signal,
        ),
        computeSplit(
          single.filter((input) => !resident.get(input)),
          (input) => input,
          computeForeign,
          signal,
        ),
        ...double.map(async (input) => new Map([[input, await computeFloat64(input, signal)]])),
      ]);
      const computed = new Map<DflInput, KernelPart[]>(results.flatMap((map) => [...map]));
      return inputs.map((input) => mergeParts(input, computed.get(input) ?? []));
    } finally {
      for (const loan of loans) loan.free();
    }
  }

  /** The parts of each input, all computed together. */
  async function computeSplit(
    inputs: readonly Float32DflInput[],
    placed: (input: Float32DflInput) => Float32DflInput,
    compute: typeof computeResident,
    signal?: AbortSignal,
  ): Promise<Map<DflInput, KernelPart[]>> {
    const split = inputs.map((input) => splitInput(placed(input)));
    const parts = await compute(split.flat(), signal);
    return new Map(inputs.map((input, i) => [input, parts.splice(0, split[i]?.length)]));
  }

  /** The input with all its tensors in the arena, if its logits are there: what else is not is copied. Null where it is not. */
  function makeResident(input: Float32DflInput, loans: Loan[]): Float32DflInput | null {
    const { predDist, target, weight, group } = input;
    if (predDist.buffer !== arena.memory.buffer) return null;
    const place = <A extends Float32Array | Uint8Array>(array: A): A | null => {
      if (array.buffer === arena.memory.buffer) return array;
      const loan = arena.lend(array.byteLength);
      if (!loan) return null;
      loans.push(loan);
      const Elements = array.constructor as new (buffer: ArrayBufferLike, start: number, length: number) => A;
      const copy = new Elements(arena.memory.buffer, loan.bytes.byteOffset, array.length);
      copy.set(array);
      return copy;
    };
    const placed = { target: place(target), weight: weight && place(weight), group: group && place(group) };
    const isPlaced = placed.target && (!weight || placed.weight) && (!group || placed.group);
    return isPlaced ? { ...input, ...placed, target: placed.target ?? target } : null;
  }

  async function computeResident(parts: Part<Float32DflInput>[], signal?: AbortSignal): Promise<KernelPart[]> {
    return parts.length === 0 ? [] : shareOut(pool, threads, parts, signal);
  }

  /** Copies as many parts as the staging piece holds, computes them, and goes on with the rest. One call at a time has the piece. */
  async function computeForeign(parts: Part<Float32DflInput>[], signal?: AbortSignal): Promise<KernelPart[]> {
    if (parts.length === 0) return [];
    const before = staged;
    let release = () => {};
    staged = new Promise<void>((resolve) => {
      release = resolve;
    });
    try {
      await before;
      const done: KernelPart[] = [];
      while (done.length < parts.length) {
        if (signal?.aborted) throw signal.reason;
        done.push(...(await computeResident(stageParts(parts, done.length), signal)));
      }
      return done;
    } finally {
      release();
    }
  }

  function stageParts(parts: readonly Part<Float32DflInput>[], first: number): Part<Float32DflInput>[] {
    const stagedParts: Part<Float32DflInput>[] = [];
    let at = stagingStart;
    const place = <A extends Float32Array | Uint8Array>(array: A): A => {
      // Copying into shared memory is fast only where both sides have the same remainder of 8.
      const start = alignUp(at) + (array.byteOffset % 8);
      const Elements = array.constructor as new (buffer: ArrayBufferLike, start: number, length: number) => A;
      const copy = new Elements(arena.memory.buffer, start, array.length);
      copy.set(array);
      at = start + array.byteLength;
      return copy;
    };
    for (const { input, firstRow } of parts.slice(first)) {
      if (stagedParts.length > 0 && at + bytesOf(input) + alignmentRoom > stagingStart + stagingBytes) break;
      const { predDist, target, weight, group } = input;
      const copies = {
        predDist: place(predDist),
        target: place(target),
        weight: weight && place(weight),
        group: group && place(group),
      };
      stagedParts.push({ input: { ...input, ...copies }, firstRow });
    }
    return stagedParts;
  }

  async function computeFloat64(input: DflInput, signal?: AbortSignal): Promise<KernelPart[]> {
    const { predDist, target, weight, group } = input;
    const shared = {
      ...input,
      predDist: share(predDist),
      target: share(target),
      weight: weight && share(weight),
      group: group && share(group),
    };
    return Promise.all(
      splitInput(shared).map(async (part) => {
        const result = await pool.run(() => ({ kind: 'float64', part }), signal);
        if (result.kind !== 'float64') throw new Error('a thread answered another request');
        return result.part;
      }),
    );
  }

  async function replaySelection(
    mask: Uint8Array,
    targetFull: TargetRows,
    target: TargetRows,
    positives: number,
    signal?: AbortSignal,
  ): Promise<SelectionReplay> {
    const result = await pool.run(() => {
      return { kind: 'replay', mask: share(mask), targetFull: share(targetFull), target: share(target), positives };
    }, signal);
    if (result.kind !== 'replay') throw new Error('a thread answered another request');
    return result.replay;
  }

  const allocate = (bytes: number): Loan => {
    return arena.lend(bytes) ?? { bytes: new Uint8Array(new SharedArrayBuffer(bytes)), free: () => {} };
  };

  async function widen(dtype: HalfDtype, halves: Uint16Array, signal?: AbortSignal): Promise<Widened> {
    const { bytes, free } = allocate(halves.length * Float32Array.BYTES_PER_ELEMENT);
    const into = new Float32Array(bytes.buffer, bytes.byteOffset, halves.length);
    try {
      await pool.run(() => ({ kind: 'widen', dtype, halves: share(halves), into }), signal);
      return { values: into, free };
    } catch (error) {
      free();
      throw error;
    }
  }

  const words = [
    cpus()[0]?.model.trim() || arch(),
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    kernel?.simd ?? 'no SIMD',
  ];
  return {
    name: 'cpu',
    device: words.join(', '),
    recompute,
    allocate,
    replaySelection,
    widen,
    close: () => pool.close(),
  };
}

/** Posting an array to a thread clones its whole buffer (the file, for a view of it), posting shared memory clones nothing. */
function share<A extends Float32Array | Float64Array | Uint16Array | Uint8Array>(array: A): A {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Elements = array.constructor as new (buffer: ArrayBufferLike) => A;
  const shared = new Elements(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}
