// The catalog that the build keeps beside the code.
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashCatalog, readCheckedCatalog, writeCheckedCatalog } from '../../../src/platform/catalog/checked-catalog.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const shipped = join(import.meta.dirname, '../../../catalog');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'losswatch-catalog-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('comes back as it was', async () => {
  const catalog = await readTestCatalog();
  const file = join(folder, 'catalog.json');
  const hash = await hashCatalog(shipped);
  await writeCheckedCatalog(file, hash, catalog);

  expect(await readCheckedCatalog(file, hash)).toEqual(catalog);
});

test('is not taken for a folder that is another one', async () => {
  const file = join(folder, 'catalog.json');
  await writeCheckedCatalog(file, 'of another folder', await readTestCatalog());

  expect(await readCheckedCatalog(file, await hashCatalog(shipped))).toBeNull();
});

test('is not asked for where nothing was built', async () => {
  expect(await readCheckedCatalog(join(folder, 'catalog.json'), 'any')).toBeNull();
});

test('a file added, changed, renamed or moved into the next one makes another hash', async () => {
  const copy = join(folder, 'catalog');
  cpSync(join(shipped, 'formats'), copy, { recursive: true });
  const seen = new Set<string>();
  const differs = async () => {
    const hash = await hashCatalog(copy);
    expect(seen).not.toContain(hash);
    seen.add(hash);
  };

  await differs();
  writeFileSync(join(copy, 'a.yaml'), 'id: a');
  await differs();
  writeFileSync(join(copy, 'a.yaml'), 'id: b');
  await differs();
  renameSync(join(copy, 'a.yaml'), join(copy, 'b.yaml'));
  await differs();
  writeFileSync(join(copy, 'b.yaml'), 'id: ');
  writeFileSync(join(copy, 'c.yaml'), 'b');
  await differs();
});

test('does not depend on where the folder lies', async () => {
  cpSync(join(shipped, 'formats'), join(folder, 'formats'), { recursive: true });
  expect(await hashCatalog(join(folder, 'formats'))).toBe(await hashCatalog(join(shipped, 'formats')));
});
