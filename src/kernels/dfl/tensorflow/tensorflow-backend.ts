// The tensorflow backend: the op graph on @tensorflow/tfjs-node-gpu (CUDA), an optional package, in a child process.
import { createRequire } from 'node:module';
import { type ChildRunner, createChildRunner } from '../child-runner.ts';
import { assertDflInput, type DflBackend, DflBackendError, type DflInput } from '../contract.ts';
import type { TensorflowAnswer, TensorflowLibrary } from './serve-graph.ts';
import { tensorflowPackage } from './tensor-ops.ts';

export interface TensorflowBackendOptions {
  /** Opened to be chosen by itself: refused without a GPU. */
  auto: boolean;
  /** Of the child process; another one serves the graph on another library. */
  script?: URL;
  /** Bound of one re-computation, from the start of its transfer; loading the library and starting CUDA included. */
  timeoutMs?: number;
  /** Calls that may wait for their turn; more are refused with PublicError overloaded. */
  maxWaiting?: number;
}

/** Throws Error with the reason when the package is absent or does not load, or when `auto` finds no GPU. */
export async function openTensorflowBackend(options: TensorflowBackendOptions): Promise<DflBackend> {
  if (!options.script) assertInstalled(tensorflowPackage);
  const runner = createChildRunner<DflInput[], TensorflowAnswer>({
    script: options.script ?? childScript(),
    timeoutMs: options.timeoutMs ?? 120_000,
    maxWaiting: options.maxWaiting ?? 64,
    env: environment(),
  });
  try {
    const { library } = await runner.run(() => []);
    const log = await runner.readStderr();
    if (options.auto && !library.usesGpu) throw new Error(`TensorFlow found no GPU${whyNoGpu(log)}`);
    return makeBackend(runner, library, describeDevice(library, log));
  } catch (error) {
    await runner.close();
    throw error;
  }
}

function makeBackend(
  runner: ChildRunner<DflInput[], TensorflowAnswer>,
  { usesGpu }: TensorflowLibrary,
  device: string,
): DflBackend {
  return {
    name: 'tensorflow',
    device,
    async recompute(inputs, signal) {
      inputs.forEach(assertDflInput);
      const { recomputations, library } = await runner.run(() => [...inputs], signal);
      // A child started anew falls back to the processor without a word when the GPU is gone.
      if (library.usesGpu === usesGpu) return recomputations;
      throw new DflBackendError('device-lost', `TensorFlow computes on the ${library.usesGpu ? 'GPU' : 'CPU'} now`);
    },
    close: () => runner.close(),
  };
}

/** Throws Error with what to do. */
export function assertInstalled(packageName: string): void {
  try {
    createRequire(import.meta.url).resolve(packageName);
  } catch {
    throw new Error(`${packageName} is not installed; docs/gpu.md says how`);
  }
}

function childScript(): URL {
  // The compiler rewrites import specifiers but not strings: the child's script has the extension of this very file.
  return new URL(`./child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}

/** TensorFlow would take all memory of the GPU, and must say at the start what it found; what the user has set stays. */
function environment(): Record<string, string> {
  const { TF_FORCE_GPU_ALLOW_GROWTH = 'true' } = process.env;
  return { TF_FORCE_GPU_ALLOW_GROWTH, TF_CPP_MIN_LOG_LEVEL: '0' };
}

/** TensorFlow tells the name of the GPU in its log only. */
export function describeDevice({ version, usesGpu }: TensorflowLibrary, log: string): string {
  const name = /device: \d+, name: ([^,\n]+)/.exec(log)?.[1];
  return `${usesGpu ? (name ?? 'GPU') : 'CPU'}, TensorFlow ${version}${usesGpu ? ' (CUDA)' : ''}`;
}

/** The first library that TensorFlow could not load, or its last word on CUDA. */
export function whyNoGpu(log: string): string {
  const missing = /Could not load dynamic library '([^']+)'/.exec(log)?.[1];
  if (missing) return `: it could not load ${missing}; docs/gpu.md lists the CUDA libraries it needs`;
  const reason = /(?:failed call to cuInit|CUDA_ERROR_\w+)[^\n]*/.exec(log)?.[0];
  return reason ? `: ${reason}` : '';
}
