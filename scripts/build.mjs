// Builds what runs: the Prisma client, the WebAssembly kernel, dist/ (tsc), dist/web (vite) and the script of replay bundles, and the checked catalog. Plain JavaScript, because it runs before anything is built.
// Usage: node scripts/build.mjs [--if-needed] [--only generate]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildKernel } from './build-kernel.mjs';
import { buildVerifier } from './build-verifier.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'dist', '.inputs');
const inputs = [
  'src',
  'web',
  'prisma/schema.prisma',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
  'scripts/build-kernel.mjs',
  'scripts/build-verifier.mjs',
];

/** sha256 over the names and contents of everything that is built. */
export function hashInputs() {
  const hash = createHash('sha256');
  const add = (path) => {
    const entries = listFolder(join(root, path));
    if (entries === null) {
      if (existsSync(join(root, path)))
        hash
          .update(path)
          .update('\0')
          .update(readFileSync(join(root, path)));
      return;
    }
    for (const entry of entries.sort()) if (entry !== 'generated' && entry !== 'node_modules') add(join(path, entry));
  };
  inputs.forEach(add);
  return hash.digest('hex');
}

function listFolder(path) {
  try {
    return readdirSync(path);
  } catch {
    return null;
  }
}

/** Builds unless dist/ was built from these very inputs. */
export function buildIfNeeded() {
  const generated = ['src/platform/db/generated/client.ts', 'src/kernels/dfl/cpu/generated/kernel.ts'];
  const complete = generated.every((path) => existsSync(join(root, path)));
  if (complete && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashInputs()) return;
  build();
}

/** Builds beside dist/ and puts it in place in one step: another program may be starting or running from dist/ meanwhile. */
function build() {
  const inputsHash = hashInputs();
  const made = join(root, `dist-${process.pid}`);
  process.stderr.write('building Losswatch (once) ...\n');
  try {
    generate();
    // Types are checked by `npm run check`; here that would take most of the time of a first start.
    runTool('typescript', 'tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', made]);
    const web = ['build', '--config', 'web/vite.config.ts', '--outDir', join(made, 'web'), '--logLevel', 'warn'];
    runTool('vite', 'vite', web);
    compressFiles(join(made, 'web'));
    buildVerifier(root, join(made, 'verify.mjs'));
    runNode('check-catalog', [join(made, 'main', 'check-catalog.js')]);
    writeFileSync(join(made, '.inputs'), inputsHash);
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(made, join(root, 'dist'));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Puts a .br and a .gz beside every text that a browser loads, as small as they get: they are sent as they are (src/api/routes/web.ts). */
function compressFiles(folder) {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const path = join(folder, name);
    const content = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(content, quality));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}

/** Source that is made: the Prisma client and the kernel. */
function generate() {
  generateClient();
  buildKernel(root, runTool);
}

/** `prisma generate` needs no schema engine, but looks for one to download; any existing executable satisfies it. */
function generateClient() {
  runTool('prisma', 'prisma', ['generate'], {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  });
}

function runTool(packageName, tool, args, env = {}) {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const script = join(dirname(manifest), typeof bin === 'string' ? bin : bin[tool]);
  runNode(`${tool} ${args.join(' ')}`, [script, ...args], env);
}

function runNode(what, args, env = {}) {
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}\n${result.stderr}\n`);
    throw new Error(`${what} failed`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--only')) generate();
  else if (process.argv.includes('--if-needed')) buildIfNeeded();
  else build();
}
