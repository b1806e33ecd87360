// The webgpu backend on the adapter of this machine. Run by `npm run test:webgpu`, which fails where there is none.
import { describe, expect, it } from 'vitest';
import { openDflEngine } from '../../../src/kernels/dfl/choose-backend.ts';
import { findDifference } from '../../../src/kernels/dfl/compare-recomputations.ts';
import { openWebgpuBackend } from '../../../src/kernels/dfl/webgpu/webgpu-backend.ts';
import { itComputesAMillion } from './describe-dfl-backend.ts';
import { describeWebgpuBackend } from './describe-webgpu-backend.ts';
import { largeInput } from './dfl-inputs.ts';

describeWebgpuBackend({ numRuns: { plain: 300, subgroups: 300 } });

describe('the GPU of DFL backend webgpu', () => {
  it('is chosen by auto, and computes', async () => {
    const engine = await openDflEngine('auto', { now: () => new Date() });
    const choice = engine.choice();
    process.stdout.write(`${JSON.stringify(choice)}\n`);
    expect(choice).toMatchObject({ requested: 'auto', chosen: 'webgpu', failures: [] });
    expect(choice.device).not.toMatch(/software/);
    const input = largeInput(1000);
    const { backend, recomputation } = await engine.recompute(input);
    expect(backend).toBe('webgpu');
    expect(findDifference(recomputation, input)).toBeNull();
    await engine.close();
  });

  itComputesAMillion(() => openWebgpuBackend());
});
