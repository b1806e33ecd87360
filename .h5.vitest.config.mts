import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
const root = '/work/main';
export default defineConfig({ root, plugins: [{ name: 'stubs', enforce: 'pre', resolveId(id, from) {
  if (!id.startsWith('.') || !from) return; let p = resolve(dirname(from.split('?')[0]), id);
  if (p.startsWith('/tmp/stubs/')) { const r = p.slice('/tmp/stubs/'.length); const real = r.startsWith('test/') ? root + '/' + r : root + '/src/' + r; if (existsSync(real)) return real; return p; }
  if (p.endsWith('read-catalog.ts') && !existsSync(root + '/catalog/findings.yaml')) return '/tmp/stubs/platform/catalog/read-catalog.ts';
  if (existsSync(p)) return; const r = relative(root, p).replace(/^src\//, ''); const s = '/tmp/stubs/' + r; if (existsSync(s)) return s; } }],
  server: { fs: { strict: false } }, test: { include: ['test/**/*.test.ts'], testTimeout: 30000, hookTimeout: 60000, pool: 'forks', globalSetup: ['test/support/global-setup.ts'] } });
