// The catalog as it stands in the repository, read once per process. Nobody changes it.
import { join } from 'node:path';
import type { Catalog } from '../../src/contracts/catalog.ts';
import { readCatalog } from '../../src/platform/catalog/read-catalog.ts';

let catalog: Promise<Catalog> | null = null;

export function readTestCatalog(): Promise<Catalog> {
  catalog ??= readCatalog(join(import.meta.dirname, '../../catalog'));
  return catalog;
}
