// The tensorflow backend on the real package: CUDA where the machine has it, else the processor. Run by `npm run test:tensorflow`, which
// fails where the package is absent.
import { describe, expect, it } from 'vitest';
import { openTensorflowBackend } from '../../../src/kernels/dfl/tensorflow/tensorflow-backend.ts';
import { describeDflBackend } from './describe-dfl-backend.ts';
import { largeInput } from './dfl-inputs.ts';

const open = () => openTensorflowBackend({ auto: false });

describeDflBackend('tensorflow', open, { numRuns: 300 });

describe('the device of DFL backend tensorflow', () => {
  it('is the GPU, or the processor that `auto` refuses', async () => {
    const backend = await open();
    await backend.close();
    if (/CUDA/.test(backend.device)) expect(backend.device).toMatch(/^.+, TensorFlow \d+\.\d+\.\d+ \(CUDA\)$/);
    else await expect(openTensorflowBackend({ auto: true })).rejects.toThrow(/TensorFlow found no GPU/);
  });

  it('computes 1,000,000 positives', async () => {
    const backend = await open();
    const [result] = await backend.recompute([largeInput(1_000_000)]);
    await backend.close();
    expect(result?.distributions).toBe(4_000_000);
    expect(result?.binHistogram.reduce((sum, count) => sum + count, 0)).toBe(4_000_000);
  });
});
