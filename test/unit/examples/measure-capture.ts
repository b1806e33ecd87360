// Measures a recorded capture with the reference, the readable truth of the DFL.
import { analyseCapture } from '../../../src/kernels/dfl/analyse-capture.ts';
import { checkCaptureHeader } from '../../../src/kernels/dfl/capture-header.ts';
import type { DflBackend } from '../../../src/kernels/dfl/contract.ts';
import { recomputeReference } from '../../../src/kernels/dfl/reference.ts';
import { openSafetensors } from '../../../src/kernels/safetensors/read-tensor.ts';

const reference: DflBackend = {
  name: 'cpu',
  device: 'reference',
  recompute: async (input) => recomputeReference(input),
  close: async () => {},
};

export async function measureCapture(file: Uint8Array) {
  const shape = checkCaptureHeader(openSafetensors(file).header);
  const { recomputation, selection } = await analyseCapture(file, shape, reference);
  return { shape, recomputation, mismatchedRows: selection?.mismatchedRows ?? Number.NaN };
}
