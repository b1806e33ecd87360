// Starts one of the programs of src/main, built first when needed. One process, so that signals reach the program itself.
// Usage: node scripts/start.mjs serve|api|worker|quickstart|diagnose [arguments of the program]
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildIfNeeded } from './build.mjs';

const programs = ['serve', 'api', 'worker', 'quickstart', 'diagnose'];
const [program, ...args] = process.argv.slice(2);
if (!programs.includes(program)) {
  process.stderr.write(`usage: node scripts/start.mjs ${programs.join('|')}\n`);
  process.exit(2);
}
buildIfNeeded();
process.setSourceMapsEnabled(true);
const entry = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'main', `${program}.js`);
const { main } = await import(pathToFileURL(entry).href);
await main(args);
