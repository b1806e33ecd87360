// Measures one stored capture: recomputes its loss and counts, and replays its selection. What the numbers mean is judged in domain/dfl.
import type { CaptureShape } from '../../contracts/capture.ts';
import type { OpenSafetensors } from '../safetensors/read-tensor.ts';
import { openSafetensors, readTensor } from '../safetensors/read-tensor.ts';
import type { DflBackend, DflRecomputation } from './contract.ts';
import { replaySelection, type SelectionReplay } from './selection.ts';

export interface MeasuredCapture {
  recomputation: DflRecomputation;
  /** Null when the capture has no mask and target_full. */
  selection: SelectionReplay | null;
}

/**
 * `file` is the whole safetensors file, `shape` what checkCaptureHeader said of it. Throws PublicError malformed_safetensors when the file
 * is no longer valid, Error when it does not fit `shape`, and whatever the backend rejects with.
 */
export async function analyseCapture(
  file: Uint8Array,
  shape: CaptureShape,
  backend: DflBackend,
  signal?: AbortSignal,
): Promise<MeasuredCapture> {
  const opened = openSafetensors(file);
  const target = readFloats(opened, 'target');
  const { positives, bins, formulation, normalizer } = shape;
  const recomputation = await backend.recompute(
    {
      positives,
      bins,
      lo: shape.regRange.lo,
      formulation,
      normalizer,
      predDist: readFloats(opened, 'pred_dist'),
      target,
      weight: shape.hasWeight ? readFloats(opened, 'weight') : null,
    },
    signal,
  );
  if (!shape.selection) return { recomputation, selection: null };
  const selection = replaySelection(readMask(opened), readFloats(opened, 'target_full'), target, positives);
  return { recomputation, selection };
}

function readFloats(opened: OpenSafetensors, name: string): Float32Array | Float64Array {
  const values = read(opened, name);
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  throw new Error(`tensor ${name} of the capture is not of a float type`);
}

function readMask(opened: OpenSafetensors): Uint8Array {
  const values = read(opened, 'mask');
  if (values instanceof Uint8Array) return values;
  throw new Error('tensor mask of the capture is neither BOOL nor U8');
}

function read({ header, data }: OpenSafetensors, name: string) {
  const entry = header.tensors.get(name);
  if (!entry) throw new Error(`tensor ${name} of the capture is missing`);
  return readTensor(data, entry);
}
