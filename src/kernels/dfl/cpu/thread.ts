// The worker thread of the cpu backend: computes one request at a time, so that the event loop of the main thread never waits.
import { parentPort } from 'node:worker_threads';
import type { DflInput, DflRecomputation } from '../contract.ts';
import { recomputeFused } from './fused-pass.ts';
import type { ThreadAnswer } from './thread-runner.ts';

parentPort?.on('message', (input: DflInput) => parentPort?.postMessage(answer(input)));

function answer(input: DflInput): ThreadAnswer<DflRecomputation> {
  try {
    return { answer: recomputeFused(input) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
