// The child process of the tensorflow backend with the pure JavaScript backend of TensorFlow.js in the place of the CUDA one.
import { serveGraph } from '../../src/kernels/dfl/tensorflow/serve-graph.ts';
import { loadTfjsCpu } from './tfjs-cpu.ts';

serveGraph(() => ({ tf: loadTfjsCpu(), library: { version: '4.22.0', usesGpu: false } }));
