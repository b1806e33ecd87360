// The tensorflow backend with its op graph on the pure JavaScript backend of TensorFlow.js: the same graph, child process and messages as
// on CUDA. `npm run test:tensorflow` runs it on the real package.
import { openTensorflowBackend } from '../../../src/kernels/dfl/tensorflow/tensorflow-backend.ts';
import { describeDflBackend } from './describe-dfl-backend.ts';

const script = new URL('../../support/tfjs-cpu-child.ts', import.meta.url);

describeDflBackend('tensorflow, on tfjs-backend-cpu', () => openTensorflowBackend({ auto: false, script }), {
  numRuns: 30,
});
