// A worker thread of the cpu backend: computes one request at a time, so that the event loop of the main thread never waits.
import { parentPort, workerData } from 'node:worker_threads';
import { isFloat32 } from '../contract.ts';
import { inspectPart, type KernelSums, type PartDetails, sumNames } from '../kernel-sums.ts';
import type { PeerAnswer } from '../peer-pool.ts';
import { replaySelection } from '../selection.ts';
import { createFloat32Pass } from './float32-pass.ts';
import { sumFloat64 } from './float64-pass.ts';
import type { Part, ThreadRequest, ThreadResult, ThreadSetUp } from './requests.ts';

const { module, memory, area } = workerData as ThreadSetUp;
const sumFloat32 = module && createFloat32Pass(module, memory, area);

parentPort?.on('message', (request: ThreadRequest) => {
  const answered = answer(request);
  const result = 'answer' in answered && answered.answer.kind === 'recompute' ? answered.answer : null;
  parentPort?.postMessage(answered, result ? ([result.sums.buffer, result.counts.buffer] as ArrayBuffer[]) : []);
});

function answer(request: ThreadRequest): PeerAnswer<ThreadResult> {
  try {
    if (request.kind === 'recompute') return { answer: recompute(request.parts) };
    const { mask, targetFull, target, positives } = request;
    return { answer: { kind: 'replay', replay: replaySelection(mask, targetFull, target, positives) } };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function recompute(parts: readonly Part[]): ThreadResult {
  const computed = parts.map(({ input }) => (sumFloat32 && isFloat32(input) ? sumFloat32(input) : sumFloat64(input)));
  const counts = new Uint32Array(computed.reduce((total, sums) => total + sums.counts.length, 0));
  let at = 0;
  for (const sums of computed) {
    counts.set(sums.counts, at);
    at += sums.counts.length;
  }
  return {
    kind: 'recompute',
    sums: Float64Array.from(computed.flatMap((sums) => sumNames.map((name) => sums[name]))),
    counts,
    details: parts.map((part, i) => detailsOf(part, computed[i] as KernelSums)),
  };
}

function detailsOf({ input, firstRow }: Part, sums: KernelSums): PartDetails | null {
  const details = inspectPart(input, sums, firstRow);
  return details.offenders.length + details.firstNonFiniteLogits.length > 0 ? details : null;
}
