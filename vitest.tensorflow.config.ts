// `npm run test:tensorflow`: the conformance suite on the real @tensorflow/tfjs-node-gpu, which `npm ci` does not install.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/conformance/kernels/tensorflow-package.ts'], testTimeout: 60_000 },
});
