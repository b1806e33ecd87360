// The child process of the tensorflow backend with a "GPU" that is there until the file of LOSSWATCH_TEST_GPU_GONE is, and with the log of
// a TensorFlow that found one.
import { existsSync } from 'node:fs';
import { serveGraph } from '../../src/kernels/dfl/tensorflow/serve-graph.ts';
import { loadTfjsCpu } from './tfjs-cpu.ts';

serveGraph(() => {
  process.stderr.write('Created device /device:GPU:0 with 7 MB memory:  -> device: 0, name: Test GPU, pci bus id: 0\n');
  const usesGpu = !existsSync(process.env.LOSSWATCH_TEST_GPU_GONE ?? '');
  return { tf: loadTfjsCpu(), library: { version: '2.9.1', usesGpu } };
});
