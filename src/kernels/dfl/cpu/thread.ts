// The worker thread of the cpu backend: computes one request at a time, so that the event loop of the main thread never waits.
import { parentPort } from 'node:worker_threads';
import type { DflRecomputation } from '../../../contracts/dfl.ts';
import { assertDflInput, type DflInput } from '../contract.ts';
import { finishRecomputation } from '../kernel-sums.ts';
import type { PeerAnswer } from '../serial-runner.ts';
import { sumFloat64 } from './float64-pass.ts';

parentPort?.on('message', (inputs: DflInput[]) => parentPort?.postMessage(answer(inputs)));

function answer(inputs: DflInput[]): PeerAnswer<DflRecomputation[]> {
  try {
    return { answer: inputs.map(recompute) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function recompute(input: DflInput): DflRecomputation {
  assertDflInput(input);
  return finishRecomputation(input, sumFloat64(input));
}
