// The catalog as the build has read and checked it: reading some 700 files and trying every sample on every rule takes seconds, which each
// start would pay. Whoever edits catalog/ pays them: the copy is taken only while the folder is what it was made from.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog } from '../../contracts/catalog.ts';

/** sha256 over the names and contents of all files of a folder. */
export async function hashCatalog(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.sort().map(async (file) => ({ file, content: await readFile(file) })));
  const hash = createHash('sha256');
  for (const { file, content } of contents)
    hash.update(`${file.slice(folder.length)}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** The maps as their entries: JSON knows no maps. */
interface CheckedCatalog extends Omit<Catalog, 'failures' | 'signals' | 'findings'> {
  /** Of the folder that was checked. */
  hash: string;
  failures: Entries<Catalog['failures']>;
  signals: Entries<Catalog['signals']>;
  findings: Entries<Catalog['findings']>;
}

type Entries<M> = M extends Map<infer K, infer V> ? [K, V][] : never;

/** @param catalog found sound, and read while the folder's hash was `hash` */
export async function writeCheckedCatalog(file: string, hash: string, catalog: Catalog): Promise<void> {
  const { failures, signals, findings } = catalog;
  const checked: CheckedCatalog = {
    ...catalog,
    hash,
    failures: [...failures],
    signals: [...signals],
    findings: [...findings],
  };
  await writeFile(file, JSON.stringify(checked));
}

/** Null when there is no copy, or one of another folder. */
export async function readCheckedCatalog(file: string, hash: string): Promise<Catalog | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const { hash: checkedHash, failures, signals, findings, ...rest }: CheckedCatalog = JSON.parse(text);
  if (checkedHash !== hash) return null;
  return { ...rest, failures: new Map(failures), signals: new Map(signals), findings: new Map(findings) };
}
