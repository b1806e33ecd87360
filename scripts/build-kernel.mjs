// Compiles the DFL kernel (src/kernels/dfl/cpu/assembly) to WebAssembly and writes both builds, baseline and relaxed SIMD, as base64 into
// src/kernels/dfl/cpu/generated/kernel.ts, so that they run from source, from dist/ and from a bundle alike.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = 'src/kernels/dfl/cpu';
/** Pages of 64 KiB of the memory that all threads share; arena.ts divides it. */
export const memoryPages = 4096;

const options = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--importMemory', '--sharedMemory'],
  ...['--initialMemory', String(memoryPages), '--maximumMemory', String(memoryPages)],
  ...['--enable', 'simd', '--enable', 'bulk-memory', '--enable', 'threads'],
];

/** `runTool` starts the program of an npm package in the project's root. */
export function buildKernel(root, runTool) {
  const made = mkdtempSync(join(tmpdir(), 'losswatch-kernel-'));
  try {
    const compile = (name, features) => {
      const file = join(made, `${name}.wasm`);
      runTool('assemblyscript', 'asc', [join(folder, 'assembly/dfl.ts'), ...options, ...features, '-o', file]);
      return readFileSync(file).toString('base64');
    };
    const lines = [
      '// Made by scripts/build-kernel.mjs. Do not edit.',
      `export const memoryPages = ${memoryPages};`,
      `export const baseline =\n  '${compile('baseline', [])}';`,
      `export const relaxed =\n  '${compile('relaxed', ['--enable', 'relaxed-simd'])}';`,
    ];
    mkdirSync(join(root, folder, 'generated'), { recursive: true });
    writeFileSync(join(root, folder, 'generated/kernel.ts'), `${lines.join('\n')}\n`);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
