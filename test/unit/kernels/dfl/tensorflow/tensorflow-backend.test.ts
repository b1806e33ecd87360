import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../../../../src/kernels/dfl/tensorflow/serve-graph.ts';
import {
  assertInstalled,
  describeDevice,
  openTensorflowBackend,
  whyNoGpu,
} from '../../../../../src/kernels/dfl/tensorflow/tensorflow-backend.ts';
import { largeInput } from '../../../../conformance/kernels/dfl-inputs.ts';

const cpuScript = new URL('../../../../support/tfjs-cpu-child.ts', import.meta.url);
const gpuScript = new URL('../../../../support/vanishing-gpu-child.ts', import.meta.url);

afterEach(() => vi.unstubAllEnvs());

describe('openTensorflowBackend', () => {
  it('is refused without a GPU when it was not asked for by name, and says CPU when it was', async () => {
    await expect(openTensorflowBackend({ auto: true, script: cpuScript })).rejects.toThrow('TensorFlow found no GPU');
    const backend = await openTensorflowBackend({ auto: false, script: cpuScript });
    await backend.close();
    expect(backend.device).toBe('CPU, TensorFlow 4.22.0');
  });

  it('names the GPU, and fails visibly once a new child computes without it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'losswatch-gpu-'));
    const gone = join(folder, 'gone');
    vi.stubEnv('LOSSWATCH_TEST_GPU_GONE', gone);
    const backend = await openTensorflowBackend({ auto: true, script: gpuScript });
    try {
      expect(backend.device).toBe('Test GPU, TensorFlow 2.9.1 (CUDA)');
      expect((await backend.recompute([largeInput(2)])).length).toBe(1);
      await writeFile(gone, '');
      const aborted = new AbortController();
      const ended = backend.recompute([largeInput(2)], aborted.signal).catch((error) => error);
      aborted.abort(new Error('not needed'));
      expect(await ended).toMatchObject({ message: 'not needed' });
      await expect(backend.recompute([largeInput(2)])).rejects.toMatchObject({ failure: 'device-lost' });
    } finally {
      await backend.close();
      await rm(folder, { recursive: true });
    }
  });

  it('says why the child could not start', async () => {
    const script = new URL('file:///no/such/child.js');
    await expect(openTensorflowBackend({ auto: false, script })).rejects.toThrow(/Cannot find module/);
  });
});

describe('assertInstalled', () => {
  it('passes for a package that is there and names the document for one that is not', () => {
    expect(() => assertInstalled('vitest')).not.toThrow();
    expect(() => assertInstalled('@losswatch/absent')).toThrow(
      '@losswatch/absent is not installed; docs/gpu.md says how',
    );
  });
});

describe('describeDevice', () => {
  it.each([
    {
      usesGpu: true,
      log: 'I Created device -> device: 0, name: NVIDIA H100 80GB HBM3, pci',
      device: 'NVIDIA H100 80GB HBM3',
    },
    { usesGpu: true, log: '', device: 'GPU' },
    { usesGpu: false, log: 'name: NVIDIA H100', device: 'CPU' },
  ])('says $device for usesGpu $usesGpu', ({ usesGpu, log, device }) => {
    const end = usesGpu ? ', TensorFlow 2.9.1 (CUDA)' : ', TensorFlow 2.9.1';
    expect(describeDevice({ version: '2.9.1', usesGpu }, log)).toBe(device + end);
  });
});

describe('whyNoGpu', () => {
  it.each([
    {
      log: "W Could not load dynamic library 'libcudart.so.11.0'; dlerror: no such file\nW Could not load dynamic library 'libcudnn.so.8'",
      reason: ': it could not load libcudart.so.11.0; docs/gpu.md lists the CUDA libraries it needs',
    },
    {
      log: 'E failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected\n',
      reason: ': failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected',
    },
    { log: 'I This TensorFlow binary is optimized', reason: '' },
  ])('reads "$reason" out of the log', ({ log, reason }) => {
    expect(whyNoGpu(log)).toBe(reason);
  });
});

describe('failureOf', () => {
  it.each([
    ['Invalid TF_Status: 8\nMessage: failed to allocate memory', 'out-of-memory'],
    ['OOM when allocating tensor with shape[4194304]', 'out-of-memory'],
    ['Array buffer allocation failed', 'out-of-memory'],
    ['Invalid TF_Status: 13\nMessage: Failed launching kernel', 'device-lost'],
    ['Invalid TF_Status: 3\nMessage: indices are out of range', 'refused'],
    ['Cannot find module', 'refused'],
  ] as const)('takes "%s" for %s', (message, failure) => {
    expect(failureOf(message)).toBe(failure);
  });
});
