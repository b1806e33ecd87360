// Builds the dashboard into dist/web, from where the API serves it. Run from the repository root.
// `vite --config web/vite.config.ts` serves it for development against a Losswatch at its default address.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const losswatch = 'http://127.0.0.1:8787';

export default defineConfig({
  root: 'web',
  plugins: [react()],
  // Nothing is inlined as a data: address: the content security policy lets fonts and scripts come from this service only.
  build: { outDir: '../dist/web', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2022' },
  server: { proxy: { '/v1': losswatch, '/readyz': losswatch } },
});
