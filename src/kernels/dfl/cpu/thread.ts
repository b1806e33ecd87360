// A worker thread of the cpu backend: computes one request at a time, so that the event loop of the main thread never waits.
import { parentPort, workerData } from 'node:worker_threads';
import { widenHalves } from '../../safetensors/widen-halves.ts';
import type { DflInput } from '../contract.ts';
import { inspectPart, type KernelPart, type KernelSums, sumNames } from '../kernel-sums.ts';
import type { PeerAnswer } from '../peer-pool.ts';
import { replaySelection } from '../selection.ts';
import { createFloat32Pass } from './float32-pass.ts';
import { sumFloat64 } from './float64-pass.ts';
import { packDetails } from './pack-details.ts';
import { type Part, partsOf, readPart } from './parts.ts';
import type { ThreadRequest, ThreadResult, ThreadSetUp } from './requests.ts';

const { module, memory, area } = workerData as ThreadSetUp;
const sumFloat32 = module && createFloat32Pass(module, memory, area);

parentPort?.on('message', (request: ThreadRequest) => parentPort?.postMessage(answer(request)));

function answer(request: ThreadRequest): PeerAnswer<ThreadResult> {
  try {
    return { answer: serve(request) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function serve(request: ThreadRequest): ThreadResult {
  if (request.kind === 'float32') return computeTable(request.table, request.next);
  if (request.kind === 'float64') return { kind: 'float64', part: compute(request.part, sumFloat64) };
  if (request.kind === 'widen') {
    widenHalves(request.dtype, request.halves, request.into);
    return { kind: 'widen' };
  }
  const { mask, targetFull, target, positives } = request;
  return { kind: 'replay', replay: replaySelection(mask, targetFull, target, positives) };
}

function computeTable(table: Float64Array, next: Int32Array): ThreadResult {
  if (!sumFloat32) throw new Error('this engine has no WebAssembly SIMD');
  const taken: number[] = [];
  const computed: KernelPart[] = [];
  for (let i = Atomics.add(next, 0, 1); i < partsOf(table); i = Atomics.add(next, 0, 1)) {
    taken.push(i);
    computed.push(compute(readPart(table, i, memory.buffer), sumFloat32));
  }
  return {
    kind: 'float32',
    taken,
    sums: Float64Array.from(computed.flatMap(({ sums }) => sumNames.map((name) => sums[name]))),
    counts: concatenate(computed.map(({ sums }) => sums.counts)),
    details: packDetails(computed.map(({ details }) => details)),
  };
}

function compute<Input extends DflInput>(part: Part<Input>, pass: (input: Input) => KernelSums): KernelPart {
  const sums = pass(part.input);
  return { sums, details: inspectPart(part.input, sums, part.firstRow) };
}

function concatenate(arrays: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(arrays.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
