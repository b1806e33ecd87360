// What the tensorflow backend starts as its child process.
import { createRequire } from 'node:module';
import { serveGraph } from './serve-graph.ts';
import { type TensorOps, tensorflowPackage } from './tensor-ops.ts';

interface TfjsNode extends TensorOps {
  backend(): { isUsingGpuDevice: boolean; binding: { TF_Version: string } };
}

serveGraph(() => {
  const tf: TfjsNode = createRequire(import.meta.url)(tensorflowPackage);
  const { isUsingGpuDevice, binding } = tf.backend();
  return { tf, library: { version: binding.TF_Version, usesGpu: isUsingGpuDevice } };
});
