// The child process of the tensorflow backend: recomputes what its parent asks for on a TensorFlow.js library.
import type { DflRecomputation } from '../../../contracts/dfl.ts';
import { serveRequests } from '../child-server.ts';
import { type BackendFailure, DflBackendError, type DflInput } from '../contract.ts';
import { finishRecomputation } from '../kernel-sums.ts';
import { sumInputs } from './sum-inputs.ts';
import type { TensorOps } from './tensor-ops.ts';

export interface TensorflowAnswer {
  recomputations: DflRecomputation[];
  library: TensorflowLibrary;
}

export interface TensorflowLibrary {
  /** Of the library that computes. */
  version: string;
  usesGpu: boolean;
}

/** Loads the library at the first request; an empty one only tells what the library is. */
export function serveGraph(load: () => { tf: TensorOps; library: TensorflowLibrary }): void {
  let loaded: ReturnType<typeof load> | null = null;
  serveRequests<DflInput[], TensorflowAnswer>((inputs) => {
    try {
      loaded ??= load();
      const sums = sumInputs(loaded.tf, inputs);
      const recomputations = inputs.map((input, i) => finishRecomputation(input, sums[i] as (typeof sums)[number]));
      return { recomputations, library: loaded.library };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new DflBackendError(failureOf(message), message, { cause: error });
    }
  });
}

/** What tfjs-node reports as "Invalid TF_Status: CODE"; codes of tensorflow/c/tf_status.h (resource exhausted, internal, unavailable, data loss). */
export function failureOf(message: string): BackendFailure {
  const status = Number(/Invalid TF_Status: (\d+)/.exec(message)?.[1]);
  if (status === 8 || /\bOOM\b|out of memory|allocation failed|CUDA_ERROR_OUT_OF_MEMORY/i.test(message))
    return 'out-of-memory';
  return [13, 14, 15].includes(status) ? 'device-lost' : 'refused';
}
