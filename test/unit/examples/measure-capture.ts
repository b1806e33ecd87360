// Measures a recorded capture with the reference, the readable truth of the DFL.
import { analyseCapture } from '../../../src/kernels/dfl/analyse-capture.ts';
import { checkCaptureHeader } from '../../../src/kernels/dfl/capture-header.ts';
import { referenceEngine } from '../../../src/kernels/dfl/reference-engine.ts';
import { openSafetensors } from '../../../src/kernels/safetensors/read-tensor.ts';

export async function measureCapture(file: Uint8Array) {
  const shape = checkCaptureHeader(openSafetensors(file).header);
  const { recomputation, selection } = await analyseCapture(file, shape, referenceEngine);
  return { shape, recomputation, mismatchedRows: selection?.mismatchedRows ?? Number.NaN };
}
