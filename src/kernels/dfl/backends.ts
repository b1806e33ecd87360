// The list of DFL backends, best first; a new one is a folder beside this file and its line here.
import type { BackendName } from '../../contracts/capture.ts';
import type { DflBackend } from './contract.ts';
import { createCpuBackend } from './cpu/cpu-backend.ts';
import { openTensorflowBackend } from './tensorflow/tensorflow-backend.ts';
import { openWebgpuBackend } from './webgpu/webgpu-backend.ts';

export interface BackendCandidate {
  name: BackendName;
  /**
   * Rejects with a reason a person understands when the machine cannot run it. `auto`: opened to be chosen by itself, so a device that
   * only imitates a GPU is refused.
   */
  open: (options: { auto: boolean }) => Promise<DflBackend>;
}

export const backendCandidates: readonly BackendCandidate[] = [
  { name: 'tensorflow', open: openTensorflowBackend },
  { name: 'webgpu', open: openWebgpuBackend },
  { name: 'cpu', open: async () => createCpuBackend() },
];
