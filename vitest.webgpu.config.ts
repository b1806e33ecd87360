// `npm run test:webgpu`: the conformance suite of the webgpu backend on this machine's GPU.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/conformance/kernels/webgpu-adapter.ts'], testTimeout: 60_000 },
});
