// Measures a recorded capture with the reference, the readable truth of the DFL.
import { analyseCapture } from '../../../src/kernels/dfl/analyse-capture.ts';
import { checkCaptureHeader } from '../../../src/kernels/dfl/capture-header.ts';
import type { DflEngine } from '../../../src/kernels/dfl/engine.ts';
import { recomputeReference } from '../../../src/kernels/dfl/reference.ts';
import { replaySelection } from '../../../src/kernels/dfl/selection.ts';
import { openSafetensors } from '../../../src/kernels/safetensors/read-tensor.ts';

const reference: Pick<DflEngine, 'recompute' | 'replaySelection'> = {
  recompute: async (input) => ({ recomputation: recomputeReference(input), backend: 'cpu', device: 'reference' }),
  replaySelection: async (mask, targetFull, target, positives) => replaySelection(mask, targetFull, target, positives),
};

export async function measureCapture(file: Uint8Array) {
  const shape = checkCaptureHeader(openSafetensors(file).header);
  const { recomputation, selection } = await analyseCapture(file, shape, reference);
  return { shape, recomputation, mismatchedRows: selection?.mismatchedRows ?? Number.NaN };
}
