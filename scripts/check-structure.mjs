// Runs the layer rules, and fails when the tool saw fewer modules than the tree has: a structure check that looks at nothing passes.
// With --prove it also breaks every rule once, in a scratch copy of the tree, and demands that each rule reports its breach.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const cruiser = [
  resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
  '--config',
  '.dependency-cruiser.cjs',
  '--output-type',
  'json',
  'src',
  'web/src',
];

function cruise(cwd) {
  const options = { cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 };
  const { stdout, stderr } = spawnSync(process.execPath, cruiser, options);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`dependency-cruiser gave no result: ${stderr}`);
  }
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['generated', 'assembly'].includes(entry.name) ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Rule, the file that breaks it, its text, and a second file where it takes two. */
const breaches = [
  [
    'contracts-imports',
    'src/contracts/breaks-contracts-imports.ts',
    "import { openDatabase } from '../platform/db/client.ts';\nexport const x = openDatabase;\n",
  ],
  [
    'domain-imports',
    'src/domain/breaks-domain-imports.ts',
    "import { openDatabase } from '../platform/db/client.ts';\nexport const x = openDatabase;\n",
  ],
  [
    'domain-is-pure',
    'src/domain/breaks-domain-is-pure.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
  ],
  [
    'kernels-imports',
    'src/kernels/breaks-kernels-imports.ts',
    "import { channels } from '../domain/channels/index.ts';\nexport const x = channels;\n",
  ],
  [
    'platform-imports',
    'src/platform/breaks-platform-imports.ts',
    "import { channels } from '../domain/channels/index.ts';\nexport const x = channels;\n",
  ],
  [
    'flows-imports',
    'src/flows/breaks-flows-imports.ts',
    "import { makeHandlers } from '../workers/handlers.ts';\nexport const x = makeHandlers;\n",
  ],
  [
    'api-imports',
    'src/api/breaks-api-imports.ts',
    "import { makeHandlers } from '../workers/handlers.ts';\nexport const x = makeHandlers;\n",
  ],
  [
    'workers-imports',
    'src/workers/breaks-workers-imports.ts',
    "import { buildApi } from '../api/app.ts';\nexport const x = buildApi;\n",
  ],
  [
    'prisma-only-in-db',
    'src/flows/breaks-prisma-only-in-db.ts',
    "import { PrismaPg } from '@prisma/adapter-pg';\nexport const x = PrismaPg;\n",
  ],
  [
    'contracts-are-schemas',
    'src/contracts/breaks-contracts-are-schemas.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
  ],
  [
    'web-takes-contract-types',
    'web/src/breaks-web-takes-contract-types.ts',
    "import { channels } from '../../src/domain/channels/index.ts';\nexport const x = channels;\n",
  ],
  [
    'programs-need-no-dev-packages',
    'src/platform/breaks-programs-need-no-dev-packages.ts',
    "import { chromium } from 'playwright-core';\nexport const x = chromium;\n",
  ],
  ['not-resolvable', 'src/flows/breaks-not-resolvable.ts', "export { x } from './no-such-file.ts';\n"],
  [
    'no-circular',
    'src/contracts/breaks-no-circular.ts',
    "export { x } from './breaks-no-circular-2.ts';\n",
    'src/contracts/breaks-no-circular-2.ts',
    "export { x } from './breaks-no-circular.ts';\n",
  ],
];

/** Inside the repository, so that packages are found, and where no other tool looks: `dist-*` is ignored by git and by all of them. */
const scratch = `dist-structure-${process.pid}`;

function proveRules() {
  try {
    for (const path of ['src', 'web/src', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
      cpSync(path, join(scratch, path), { recursive: true });
    for (const [, ...files] of breaches) {
      for (let i = 0; i < files.length; i += 2) {
        writeFileSync(join(scratch, files[i]), files[i + 1]);
      }
    }
    const { violations } = cruise(scratch).summary;
    for (const [rule, ...files] of breaches) {
      const seen = violations.some((violation) => violation.rule.name === rule && files.includes(violation.from));
      if (!seen) throw new Error(`rule ${rule} did not report ${files[0]}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv.includes('--prove')) {
  proveRules();
  console.log(`${breaches.length} rules proved: each reports a breach`);
}
const result = cruise('.');
const seen = new Set(result.modules.map((module) => module.source));
const missed = [...sources('src'), ...sources('web/src')].filter((path) => !seen.has(path) && !path.endsWith('.d.ts'));
for (const violation of result.summary.violations)
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
for (const path of missed) console.error(`not looked at: ${path}`);
console.log(`${seen.size} modules, ${result.summary.violations.length} violations, ${missed.length} missed`);
process.exit(result.summary.violations.length > 0 || missed.length > 0 ? 1 : 0);
