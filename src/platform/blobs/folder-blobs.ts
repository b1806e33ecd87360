// Blobs as files: <root>/ab/<sha256>, written under <root>/incoming first. Only a file whose bytes are on the disk (fsync) gets its
// final name, and the folder is synced after, so that a capture answered with 202 survives a power cut.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';
import { syncFolder } from '../sync-folder.ts';
import type { Blobs, BlobWriter } from './blobs.ts';

/** A writer of another machine that shares the folder is taken for dead after this long without a write. */
const foreignLeftoverMs = 3_600_000;
/** Chunks come in the pieces that the network made; they are written together once they have this many bytes. */
const writeBytes = 2 * 2 ** 20;

/** Opens (and makes, mode 0700) the folder. */
export async function openFolderBlobs(root: string): Promise<Blobs> {
  const incoming = join(root, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
  const active = new Set<string>();
  const place = createPlacer(root);

  async function receive(): Promise<BlobWriter> {
    const name = `${host}.${process.pid}.${randomBytes(12).toString('hex')}`;
    active.add(name);
    try {
      return await openWriter(join(incoming, name), place, () => active.delete(name));
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
    read: async (sha256, allocate = allocateShared) => readWhole(pathOf(root, sha256), allocate),
    remove: (sha256) => rm(pathOf(root, sha256), { force: true }),
    ready: () => access(incoming, constants.R_OK | constants.W_OK),
  };
}

async function openWriter(
  path: string,
  place: (path: string, sha256: string) => Promise<void>,
  release: () => void,
): Promise<BlobWriter> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let bytes = 0;
  let ended = false;

  /** Hashes while the file system writes. */
  async function flush(): Promise<void> {
    const chunks = held;
    const writing = writeAll(file, chunks, heldBytes);
    held = [];
    heldBytes = 0;
    for (const chunk of chunks) hash.update(chunk);
    await writing;
  }

  async function abort(): Promise<void> {
    if (ended) return;
    ended = true;
    await file.close().catch(() => {});
    await rm(path, { force: true });
    release();
  }

  return {
    async write(chunk) {
      held.push(chunk);
      heldBytes += chunk.length;
      bytes += chunk.length;
      if (heldBytes >= writeBytes) await flush();
    },
    async commit() {
      try {
        if (heldBytes > 0) await flush();
        await file.datasync();
        await file.close();
        const sha256 = hash.digest('hex');
        await place(path, sha256);
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

async function writeAll(file: FileHandle, chunks: Uint8Array[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(chunks);
  if (bytesWritten === bytes) return;
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  for (let offset = 0; offset < rest.length; ) {
    offset += (await file.write(rest, offset, rest.length - offset)).bytesWritten;
  }
}

async function readWhole(path: string, allocate: (bytes: number) => Uint8Array): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const memory = allocate(size);
    let bytes = 0;
    while (bytes < size) {
      const { bytesRead } = await file.read(memory, bytes, size - bytes, bytes);
      // A file that was cut meanwhile: its reader sees that it is too short.
      if (bytesRead === 0) break;
      bytes += bytesRead;
    }
    return memory.subarray(0, bytes);
  } finally {
    await file.close();
  }
}

function allocateShared(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

/** Gives files their final names, over a file of the same name, which has the same content. */
function createPlacer(root: string): (path: string, sha256: string) => Promise<void> {
  const made = new Set<string>();

  async function makeFolder(path: string): Promise<void> {
    if ((await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(root);
    made.add(path);
  }

  return async function place(path, sha256) {
    const folder = join(root, sha256.slice(0, 2));
    if (!made.has(folder)) await makeFolder(folder);
    try {
      await rename(path, join(folder, sha256));
    } catch (error) {
      made.delete(folder);
      throw error;
    }
    await syncFolder(folder);
  };
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
