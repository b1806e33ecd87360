// TensorFlow.js on its pure JavaScript backend. Required, not imported: its types bring browser globals with them.
import { createRequire } from 'node:module';
import type { TensorOps } from '../../src/kernels/dfl/tensorflow/tensor-ops.ts';

export function loadTfjsCpu(): TensorOps {
  const require = createRequire(import.meta.url);
  require('@tensorflow/tfjs-backend-cpu');
  const tf = require('@tensorflow/tfjs-core');
  // No advice on the console to install the native library.
  tf.env().set('IS_TEST', true);
  return tf;
}
