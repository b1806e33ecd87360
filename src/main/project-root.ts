import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json, seen from src/main as well as from dist/main. */
export const projectRoot = join(fileURLToPath(new URL('.', import.meta.url)), '..', '..');
