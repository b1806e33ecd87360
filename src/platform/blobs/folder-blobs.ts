// Blobs as files: <root>/ab/<sha256>, written under <root>/incoming first. Only a file whose bytes are on the disk (fsync) gets its
// final name, and the folder is synced after, so that a capture answered with 202 survives a power cut.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';
import { syncFolder } from '../sync-folder.ts';
import type { Blobs, BlobWriter } from './blobs.ts';

/** A writer of another machine that shares the folder is taken for dead after this long without a write. */
const foreignLeftoverMs = 3_600_000;

/** Opens (and makes, mode 0700) the folder. */
export async function openFolderBlobs(root: string): Promise<Blobs> {
  const incoming = join(root, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
  const active = new Set<string>();

  async function receive(): Promise<BlobWriter> {
    const name = `${host}.${process.pid}.${randomBytes(12).toString('hex')}`;
    active.add(name);
    try {
      return await openWriter(root, join(incoming, name), () => active.delete(name));
    } catch (error) {
      active.delete(name);
      throw error;
    }
  }

  async function sweepTemporary(): Promise<void> {
    for (const name of await readdir(incoming)) {
      if (!active.has(name) && (await isLeftover(join(incoming, name), name, host)))
        await rm(join(incoming, name), { force: true });
    }
  }

  async function list({ before, after, limit }: { before: Date; after: string; limit: number }): Promise<string[]> {
    const found: string[] = [];
    const folders = (await readdir(root)).filter((name) => /^[0-9a-f]{2}$/.test(name) && name >= after.slice(0, 2));
    for (const folder of folders.sort()) {
      for (const name of (await readdir(join(root, folder))).sort()) {
        if (name <= after) continue;
        const { mtimeMs } = await stat(join(root, folder, name));
        if (mtimeMs < before.getTime()) found.push(name);
        if (found.length >= limit) return found;
      }
    }
    return found;
  }

  return {
    receive,
    list,
    sweepTemporary,
    read: async (sha256) => readFile(pathOf(root, sha256)),
    remove: (sha256) => rm(pathOf(root, sha256), { force: true }),
    ready: () => access(incoming, constants.R_OK | constants.W_OK),
  };
}

async function openWriter(root: string, path: string, release: () => void): Promise<BlobWriter> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let ended = false;

  async function abort(): Promise<void> {
    if (ended) return;
    ended = true;
    await file.close().catch(() => {});
    await rm(path, { force: true });
    release();
  }

  return {
    async write(chunk) {
      await writeAll(file, chunk);
      hash.update(chunk);
      bytes += chunk.length;
    },
    async commit() {
      try {
        await file.sync();
        await file.close();
        const sha256 = hash.digest('hex');
        await place(root, path, sha256);
        ended = true;
        release();
        return { sha256, bytes };
      } catch (error) {
        await abort();
        throw error;
      }
    },
    abort,
  };
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, offset, chunk.length - offset);
    offset += bytesWritten;
  }
}

/** Renames over a file of the same name, which has the same content. */
async function place(root: string, path: string, sha256: string): Promise<void> {
  const folder = join(root, sha256.slice(0, 2));
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(path, join(folder, sha256));
  await syncFolder(folder);
  if (made !== undefined) await syncFolder(root);
}

function pathOf(root: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('a blob is named by the 64 hex digits of its sha256');
  return join(root, sha256.slice(0, 2), sha256);
}

async function isLeftover(path: string, name: string, host: string): Promise<boolean> {
  const [owner, pid] = name.split('.');
  if (owner === host && Number(pid) !== process.pid) return !isProcessAlive(Number(pid));
  if (owner === host) return true;
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > foreignLeftoverMs;
}
