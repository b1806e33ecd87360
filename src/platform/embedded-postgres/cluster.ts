// The cluster's files: the password, and the folder that initdb fills. Both come into being in one step (link, rename), so that a kill
// at any moment leaves either nothing or the whole, and two starts at once agree.
import { randomBytes } from 'node:crypto';
import { chmod, chown, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { isProcessAlive } from '../process-alive.ts';
import { syncFolder } from '../sync-folder.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { RunAs } from './run-as.ts';

export const superuser = 'losswatch';
const newClusterPrefix = 'postgres.new-';
/** A leftover whose process id was given to another program is removed after this long. */
const staleMs = 600_000;

/** What the server's programs get to see of the environment: no secret of ours is in it. */
export function serverEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LANG: 'C',
    TZ: 'UTC',
    ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
  };
}

/** The superuser's password, made at the first start: <dataDir>/secrets/postgres-password, mode 0600. */
export async function loadPassword(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'secrets');
  const path = join(folder, 'postgres-password');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await readIfThere(path);
  if (kept !== null) return kept;
  if (await isCluster(join(dataDir, 'postgres'))) {
    throw new Error(
      `${path} is missing, and without it the database in ${join(dataDir, 'postgres')} cannot be opened: restore the file.`,
    );
  }
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeDurably(temporary, randomBytes(32).toString('base64url'));
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
  return readFile(path, 'utf8');
}

/** Makes <dataDir>/postgres when it is not there. @throws Error with the end of initdb's output. */
export async function ensureCluster(options: {
  dataDir: string;
  password: string;
  binaries: PostgresBinaries;
  runAs: RunAs;
  logger: Logger;
}): Promise<void> {
  const { dataDir, password, binaries, runAs, logger } = options;
  const folder = join(dataDir, 'postgres');
  await removeLeftovers(dataDir);
  if (await isCluster(folder)) return;
  const temporary = join(dataDir, `${newClusterPrefix}${process.pid}-${randomBytes(6).toString('hex')}`);
  const passwordFile = `${temporary}.password`;
  logger.info({ folder }, 'making the embedded database');
  try {
    await mkdir(temporary, { mode: 0o700 });
    await writeDurably(passwordFile, password);
    if (runAs.owner) for (const path of [temporary, passwordFile]) await chown(path, runAs.owner.uid, runAs.owner.gid);
    await runInitdb(binaries.initdb, temporary, passwordFile, runAs);
    await rename(temporary, folder);
    await syncFolder(dataDir);
  } catch (error) {
    if (!(await isCluster(folder))) throw error;
    // Another start was faster; its cluster has the same password.
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

async function runInitdb(initdb: string, folder: string, passwordFile: string, runAs: RunAs): Promise<void> {
  const args = [
    '-D',
    folder,
    '-U',
    superuser,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  const child = runAs.spawn(initdb, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: serverEnvironment(),
    cwd: folder,
    windowsHide: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    });
  }
  const status = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(`initdb ended with ${status} in ${folder}:\n${output.trim()}`);
}

/** initdb writes PG_VERSION early, but the folder gets its name only when it is complete. */
async function isCluster(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'PG_VERSION')).catch(() => null)) !== null;
}

/** What a start killed during initdb left. A running start's own files are spared. */
async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(newClusterPrefix)) continue;
    const path = join(dataDir, name);
    const pid = Number.parseInt(name.slice(newClusterPrefix.length), 10);
    const changedAt = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
    if (isProcessAlive(pid) && Date.now() - changedAt < staleMs) continue;
    // An initdb whose parent was killed may still be writing; what stays is removed by the next start.
    await rm(path, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, 0o600);
}
