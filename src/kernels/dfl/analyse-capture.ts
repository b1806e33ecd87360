// Measures one stored capture: recomputes its loss and counts, and replays its selection. What the numbers mean is judged in domain/dfl.
import type { CaptureShape } from '../../contracts/capture.ts';
import type { MeasuredDfl, SelectionReplay } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import type { OpenSafetensors } from '../safetensors/read-tensor.ts';
import { openSafetensors, readTensor } from '../safetensors/read-tensor.ts';
import type { DflEngine } from './engine.ts';
import { lossRuleOf } from './loss-rule.ts';

export interface MeasuredCapture extends MeasuredDfl {
  /** Null when the capture has no mask and target_full. */
  selection: SelectionReplay | null;
  /** What the weighted sum was divided by. */
  divisor: number;
  /** Stride of each group of recomputation.targetCounts; empty when the capture names no strides. */
  groupStrides: number[];
}

/**
 * `file` is the whole safetensors file, `shape` what checkCaptureHeader said of it. Throws PublicError malformed_safetensors when the file
 * is no longer valid, Error when it does not fit `shape`, and whatever the engine rejects with.
 */
export async function analyseCapture(
  file: Uint8Array,
  shape: CaptureShape,
  engine: Pick<DflEngine, 'recompute' | 'replaySelection'>,
  signal?: AbortSignal,
): Promise<MeasuredCapture> {
  const opened = openSafetensors(file);
  const target = readFloats(opened, 'target');
  const { positives, bins, regRange, formulation, normalizer, rounding } = shape;
  const grouping = groupByStride(shape.strides);
  const rule = lossRuleOf(formulation, { positives, hi: regRange.hi, normalizer, rounding });
  const measured = await engine.recompute(
    {
      ...rule,
      positives,
      bins,
      lo: regRange.lo,
      predDist: readFloats(opened, 'pred_dist'),
      target,
      weight: shape.hasWeight ? readFloats(opened, 'weight') : null,
      group: grouping.group,
      groups: Math.max(1, grouping.groupStrides.length),
    },
    signal,
  );
  const selection = shape.selection
    ? await engine.replaySelection(readMask(opened), readFloats(opened, 'target_full'), target, positives, signal)
    : null;
  return { ...measured, selection, divisor: rule.divisor, groupStrides: grouping.groupStrides };
}

/** Strides in rising order; those past limits.targetGroups share the last group. */
function groupByStride(strides: readonly number[] | null): { group: Uint8Array | null; groupStrides: number[] } {
  if (strides === null) return { group: null, groupStrides: [] };
  const groupStrides = [...new Set(strides)].sort((a, b) => a - b).slice(0, limits.targetGroups);
  const groupOf = new Map(groupStrides.map((stride, group) => [stride, group]));
  const group = Uint8Array.from(strides, (stride) => groupOf.get(stride) ?? groupStrides.length - 1);
  return { group, groupStrides };
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
