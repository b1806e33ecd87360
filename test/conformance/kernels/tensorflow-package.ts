// The tensorflow backend on the real package: CUDA where the machine has it, else the processor. Run by `npm run test:tensorflow`, which
// fails where the package is absent.
import { describe, expect, it } from 'vitest';
import type { DflRecomputation } from '../../../src/contracts/dfl.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import { openTensorflowBackend } from '../../../src/kernels/dfl/tensorflow/tensorflow-backend.ts';
import { describeDflBackend, itComputesAMillion } from './describe-dfl-backend.ts';
import { inFloat32, oneDistribution } from './dfl-inputs.ts';

const open = () => openTensorflowBackend({ auto: false });

describeDflBackend('tensorflow', open, { numRuns: 300 });

describe('the device of DFL backend tensorflow', () => {
  it('is the GPU, or the processor that `auto` refuses', async () => {
    const backend = await open();
    await backend.close();
    if (/CUDA/.test(backend.device)) expect(backend.device).toMatch(/^.+, TensorFlow \d+\.\d+\.\d+ \(CUDA\)$/);
    else await expect(openTensorflowBackend({ auto: true })).rejects.toThrow(/TensorFlow found no GPU/);
  });

  it.each([1e-40, -1e-40])('tells a target of %d from 0', async (target) => {
    const backend = await open();
    const input = inFloat32(oneDistribution([1, 2, 3], target));
    const [result] = await backend.recompute([input]);
    await backend.close();
    expect(findDifference(result as DflRecomputation, input)).toBeNull();
  });

  itComputesAMillion(open);
});
