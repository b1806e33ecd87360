import { afterAll, describe, expect, it } from 'vitest';
import { analyseCapture } from '../../../../src/kernels/dfl/analyse-capture.ts';
import { checkCaptureHeader } from '../../../../src/kernels/dfl/capture-header.ts';
import { openDflEngine } from '../../../../src/kernels/dfl/choose-backend.ts';
import { openSafetensors } from '../../../../src/kernels/safetensors/read-tensor.ts';
import { type TensorToWrite, writeSafetensors } from '../../../../src/kernels/safetensors/write-safetensors.ts';
import { workedExamples } from '../../../conformance/kernels/dfl-inputs.ts';

const engine = await openDflEngine('cpu', { now: () => new Date() });
afterAll(() => engine.close());

async function analyse(tensors: Record<string, TensorToWrite>, metadata: Record<string, string> = {}) {
  const file = writeSafetensors(tensors, metadata);
  return analyseCapture(file, checkCaptureHeader(openSafetensors(file).header), engine);
}

const example = workedExamples.find(({ name }) => name.startsWith('E: weights')) as (typeof workedExamples)[0];
const { predDist, target, weight } = example.input;
const tensors: Record<string, TensorToWrite> = {
  pred_dist: { dtype: 'F64', shape: [2, 20], data: predDist },
  target: { dtype: 'F64', shape: [2, 4], data: target },
  weight: { dtype: 'F64', shape: [2, 1], data: weight as Float64Array },
};

describe('analyseCapture', () => {
  it('computes example E from a file, without a selection', async () => {
    const { recomputation, selection } = await analyse(tensors, { normalizer: '1.3' });
    expect(recomputation.lossDfl).toBeCloseTo(example.loss, 12);
    expect(selection).toBeNull();
  });

  it('takes lo and the formulation from the metadata', async () => {
    const { recomputation } = await analyse(tensors, { reg_range: '-1,4', formulation: 'gfl', normalizer: '0.5' });
    expect(recomputation).toMatchObject({ aboveRange: 2, belowRange: 0, lossDfl: null });
    expect(recomputation.binHistogram).toEqual([0, 2, 3, 1, 0]);
  });

  it('replays the selection when mask and target_full are there', async () => {
    const full = Float64Array.of(9, 9, 9, 9, ...target);
    const withSource: Record<string, TensorToWrite> = {
      ...tensors,
      mask: { dtype: 'BOOL', shape: [1, 3], data: Uint8Array.of(0, 1, 1) },
      target_full: { dtype: 'F64', shape: [1, 3, 4], data: full },
    };
    expect((await analyse(withSource)).selection).toMatchObject({ checked: 2, mismatchedRows: 0, selectedRows: 2 });
    const stale: Record<string, TensorToWrite> = {
      ...withSource,
      target: { dtype: 'F64', shape: [2, 4], data: Float64Array.of(...target.subarray(0, 4), 460, -6, 0, 1) },
    };
    const { recomputation, selection } = await analyse(stale);
    expect(selection).toMatchObject({ checked: 2, mismatchedRows: 1, examples: [{ row: 1, got: [460, -6, 0, 1] }] });
    expect(recomputation).toMatchObject({ lossDfl: null, aboveRange: 1, belowRange: 1 });
    expect(recomputation.offenders).toEqual([
      { row: 1, side: 0, target: 460 },
      { row: 1, side: 1, target: -6 },
    ]);
  });

  it('widens half-precision logits and weights', async () => {
    const uniform: TensorToWrite = { dtype: 'BF16', shape: [1, 4, 17], data: new Uint16Array(68).fill(0x3f80) };
    const { recomputation } = await analyse({
      pred_dist: uniform,
      target: { dtype: 'F32', shape: [1, 4], data: Float32Array.of(0, 1.5, 7.25, 15.99) },
      weight: { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3800) },
    });
    expect(recomputation.lossDfl).toBeCloseTo(0.5 * Math.log(17), 7);
    expect(recomputation).toMatchObject({ atLowerClip: 1, atUpperClip: 1 });
  });

  it('refuses a file that was cut short since it was stored', async () => {
    const file = writeSafetensors(tensors);
    const shape = checkCaptureHeader(openSafetensors(file).header);
    await expect(analyseCapture(file.subarray(0, file.length - 1), shape, engine)).rejects.toMatchObject({
      code: 'malformed_safetensors',
    });
  });

  it('throws when the file is not the one the shape was taken from', async () => {
    const shape = checkCaptureHeader(openSafetensors(writeSafetensors(tensors)).header);
    await expect(analyseCapture(writeSafetensors({}), shape, engine)).rejects.toThrow(
      /tensor target of the capture is missing/,
    );
  });
});
