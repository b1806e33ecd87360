// Runs the layer rules, and fails when the tool saw fewer modules than the tree has: a structure check that looks at nothing passes.
// With --prove it also breaks every rule once in a scratch file and demands that the rule reports it.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const cruiser = [
  'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  '--config',
  '.dependency-cruiser.cjs',
  '--output-type',
  'json',
  'src',
  'web/src',
];

function cruise() {
  const { stdout, stderr } = spawnSync(process.execPath, cruiser, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
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

const breaches = [
  [
    'contracts-imports',
    'src/contracts/broken-rule.ts',
    "import { openDatabase } from '../platform/db/client.ts';\nexport const x = openDatabase;\n",
  ],
  [
    'domain-imports',
    'src/domain/broken-rule.ts',
    "import { openDatabase } from '../platform/db/client.ts';\nexport const x = openDatabase;\n",
  ],
  [
    'domain-is-pure',
    'src/domain/broken-rule.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
  ],
  [
    'kernels-imports',
    'src/kernels/broken-rule.ts',
    "import { channels } from '../domain/channels/index.ts';\nexport const x = channels;\n",
  ],
  [
    'platform-imports',
    'src/platform/broken-rule.ts',
    "import { channels } from '../domain/channels/index.ts';\nexport const x = channels;\n",
  ],
  [
    'flows-imports',
    'src/flows/broken-rule.ts',
    "import { makeHandlers } from '../workers/handlers.ts';\nexport const x = makeHandlers;\n",
  ],
  [
    'api-imports',
    'src/api/broken-rule.ts',
    "import { makeHandlers } from '../workers/handlers.ts';\nexport const x = makeHandlers;\n",
  ],
  [
    'workers-imports',
    'src/workers/broken-rule.ts',
    "import { buildApi } from '../api/app.ts';\nexport const x = buildApi;\n",
  ],
  [
    'prisma-only-in-db',
    'src/flows/broken-rule.ts',
    "import { PrismaPg } from '@prisma/adapter-pg';\nexport const x = PrismaPg;\n",
  ],
  [
    'contracts-are-schemas',
    'src/contracts/broken-rule.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
  ],
  [
    'web-takes-contract-types',
    'web/src/broken-rule.ts',
    "import { channels } from '../../src/domain/channels/index.ts';\nexport const x = channels;\n",
  ],
  [
    'programs-need-no-dev-packages',
    'src/platform/broken-rule.ts',
    "import { chromium } from 'playwright-core';\nexport const x = chromium;\n",
  ],
  ['not-resolvable', 'src/flows/broken-rule.ts', "export { x } from './no-such-file.ts';\n"],
  [
    'no-circular',
    'src/contracts/broken-rule.ts',
    "export { x } from './broken-rule-2.ts';\n",
    'src/contracts/broken-rule-2.ts',
    "export { x } from './broken-rule.ts';\n",
  ],
];

function prove([rule, ...files]) {
  const paths = files.filter((_, index) => index % 2 === 0);
  try {
    for (let i = 0; i < files.length; i += 2) writeFileSync(files[i], files[i + 1]);
    const seen = cruise().summary.violations.some(
      (violation) => violation.rule.name === rule && paths.includes(violation.from),
    );
    if (!seen) throw new Error(`rule ${rule} did not report ${paths.join(', ')}`);
  } finally {
    for (const path of paths) rmSync(path, { force: true });
  }
}

if (process.argv.includes('--prove')) {
  breaches.forEach(prove);
  console.log(`${breaches.length} rules proved: each reports a breach`);
}
const result = cruise();
const seen = new Set(result.modules.map((module) => module.source));
const missed = [...sources('src'), ...sources('web/src')].filter((path) => !seen.has(path) && !path.endsWith('.d.ts'));
for (const violation of result.summary.violations)
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
for (const path of missed) console.error(`not looked at: ${path}`);
console.log(`${seen.size} modules, ${result.summary.violations.length} violations, ${missed.length} missed`);
process.exit(result.summary.violations.length > 0 || missed.length > 0 ? 1 : 0);
