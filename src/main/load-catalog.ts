// The catalog that ships beside the code.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../contracts/catalog.ts';
import { checkCatalog } from '../domain/catalog/check-catalog.ts';
import { hashCatalog, readCheckedCatalog, writeCheckedCatalog } from '../platform/catalog/checked-catalog.ts';
import { readCatalog } from '../platform/catalog/read-catalog.ts';
import { projectRoot } from './project-root.ts';

const folder = join(projectRoot, 'catalog');
/** Beside the code that checked it: in dist/, never in src/. */
const checkedFile = fileURLToPath(new URL('../catalog.json', import.meta.url));

/** @throws Error listing every problem of the catalog with its file */
export async function loadCatalog(): Promise<Catalog> {
  return (await readCheckedCatalog(checkedFile, await hashCatalog(folder))) ?? (await readSoundCatalog());
}

/** Keeps the catalog for later starts of this very code: a step of the build. @throws Error listing every problem of the catalog */
export async function keepCheckedCatalog(): Promise<void> {
  const hash = await hashCatalog(folder);
  await writeCheckedCatalog(checkedFile, hash, await readSoundCatalog());
}

async function readSoundCatalog(): Promise<Catalog> {
  const catalog = await readCatalog(folder);
  const problems = checkCatalog(catalog);
  if (problems.length > 0)
    throw new Error(`The catalog has problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return catalog;
}
