// Measures one stored capture: recomputes its loss and counts, and replays its selection. What the numbers mean is judged in domain/dfl.
import type { CaptureShape } from '../../contracts/capture.ts';
import type { MeasuredDfl, SelectionReplay } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import type { TensorEntry } from '../safetensors/parse-header.ts';
import { openSafetensors, readTensor } from '../safetensors/read-tensor.ts';
import type { HalfDtype } from '../safetensors/widen-halves.ts';
import type { Widened } from './cpu/cpu-backend.ts';
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

type Engine = Pick<DflEngine, 'recompute' | 'replaySelection' | 'widen'>;

/**
 * `file` is the whole safetensors file, `shape` what checkCaptureHeader said of it. Throws PublicError malformed_safetensors when the file
 * is no longer valid, Error when it does not fit `shape`, and whatever the engine rejects with.
 */
export async function analyseCapture(
  file: Uint8Array,
  shape: CaptureShape,
  engine: Engine,
  signal?: AbortSignal,
): Promise<MeasuredCapture> {
  const tensors = openTensors(file, engine, signal);
  try {
    const target = await tensors.floats('target');
    const { positives, bins, regRange, formulation, normalizer, rounding } = shape;
    const grouping = groupByStride(shape.strides);
    const rule = lossRuleOf(formulation, { positives, hi: regRange.hi, normalizer, rounding });
    const input = {
      ...rule,
      positives,
      bins,
      lo: regRange.lo,
      predDist: await tensors.floats('pred_dist'),
      target,
      weight: shape.hasWeight ? await tensors.floats('weight') : null,
      group: grouping.group,
      groups: Math.max(1, grouping.groupStrides.length),
    };
    const measured = await engine.recompute(input, signal);
    const selection = shape.selection
      ? await engine.replaySelection(tensors.mask(), await tensors.floats('target_full'), target, positives, signal)
      : null;
    return { ...measured, selection, divisor: rule.divisor, groupStrides: grouping.groupStrides };
  } finally {
    tensors.close();
  }
}

/** Strides in rising order; those past limits.targetGroups share the last group. */
function groupByStride(strides: readonly number[] | null): { group: Uint8Array | null; groupStrides: number[] } {
  if (strides === null) return { group: null, groupStrides: [] };
  const groupStrides = [...new Set(strides)].sort((a, b) => a - b).slice(0, limits.targetGroups);
  const groupOf = new Map(groupStrides.map((stride, group) => [stride, group]));
  const group = Uint8Array.from(strides, (stride) => groupOf.get(stride) ?? groupStrides.length - 1);
  return { group, groupStrides };
}

/** The tensors of a file by name. What has been widened is in lent memory until `close`. */
function openTensors(file: Uint8Array, engine: Engine, signal?: AbortSignal) {
  const { header, data } = openSafetensors(file);
  const widened: Widened[] = [];

  function entryOf(name: string): TensorEntry {
    const entry = header.tensors.get(name);
    if (!entry) throw new Error(`tensor ${name} of the capture is missing`);
    return entry;
  }

  return {
    async floats(name: string): Promise<Float32Array | Float64Array> {
      const entry = entryOf(name);
      const values = readTensor(data, entry);
      if (values instanceof Float32Array || values instanceof Float64Array) return values;
      if (!(values instanceof Uint16Array)) throw new Error(`tensor ${name} of the capture is not of a float type`);
      const loan = await engine.widen(entry.dtype as HalfDtype, values, signal);
      widened.push(loan);
      return loan.values;
    },
    mask(): Uint8Array {
      const values = readTensor(data, entryOf('mask'));
      if (values instanceof Uint8Array) return values;
      throw new Error('tensor mask of the capture is neither BOOL nor U8');
    },
    close() {
      for (const { free } of widened) free();
    },
  };
}
