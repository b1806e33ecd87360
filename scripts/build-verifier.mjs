// Makes the script of replay bundles: one file that needs nothing but Node.
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Writes src/main/verify-bundle.ts with all that it imports to `outfile`. */
export function buildVerifier(root, outfile) {
  buildSync({
    entryPoints: [join(root, 'src', 'main', 'verify-bundle.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    legalComments: 'inline',
    logLevel: 'error',
  });
}
