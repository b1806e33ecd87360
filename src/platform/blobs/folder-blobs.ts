// Blobs as files: <root>/ab/<sha256>, written under <root>/incoming first. Only a file whose bytes are on the disk (fsync) gets its
// final name, and the folder is synced after, so that a capture answered with 202 survives a power cut.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { coalesce } from '../coalesce.ts';
import { isProcessAlive } from '../process-alive.ts';
import { syncFolder } from '../sync-folder.ts';
import type { Blobs, BlobWriter } from './blobs.ts';
import { createPieces, type Pieces } from './pieces.ts';
import { createRecentBlobs, type RecentBlobs } from './recent-blobs.ts';

/** A writer of another machine that shares the folder is taken for dead after this long without a write. */
const foreignLeftoverMs = 3_600_000;

/** Opens (and makes, mode 0700) the folder. */
export async function openFolderBlobs(root: string): Promise<Blobs> {
  const incoming = join(root, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
  const active = new Set<string>();
  const pieces = createPieces();
  const tools: WriterTools = { place: createPlacer(root), pieces, recent: createRecentBlobs(pieces) };

  async function receive(): Promise<BlobWriter> {
    const name = `${host}.${process.pid}.${randomBytes(12).toString('hex')}`;
    active.add(name);
    try {
      return await openWriter(join(incoming, name), tools, () => active.delete(name));
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
    async read(sha256, allocate = allocateShared) {
      return tools.recent.take(sha256, allocate) ?? readWhole(pathOf(root, sha256), allocate);
    },
    async remove(sha256) {
      tools.recent.forget(sha256);
      await rm(pathOf(root, sha256), { force: true });
    },
    ready: () => access(incoming, constants.R_OK | constants.W_OK),
  };
}

interface WriterTools {
  place: (path: string, sha256: string) => Promise<void>;
  pieces: Pieces;
  recent: RecentBlobs;
}

/** Chunks come in the sizes that the network made; they are gathered in a piece of memory, which is hashed and written when it is full. */
async function openWriter(path: string, tools: WriterTools, release: () => void): Promise<BlobWriter> {
  const { place, pieces, recent } = tools;
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let piece: Uint8Array | null = null;
  let held = 0;
  let flushed = 0;
  let ended = false;

  /** Hashes while the file system writes. */
  async function flush(): Promise<void> {
    if (piece === null || held === 0) return;
    const bytes = piece.subarray(0, held);
    const writing = writeAll(file, bytes);
    hash.update(bytes);
    await writing;
    flushed += held;
    held = 0;
  }

  function end(): void {
    ended = true;
    if (piece !== null) pieces.giveBack(piece);
    piece = null;
    release();
  }

  async function abort(): Promise<void> {
    if (ended) return;
    end();
    await file.close().catch(() => {});
    await rm(path, { force: true });
  }

  return {
    async write(chunk) {
      piece ??= pieces.take();
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + piece.length - held);
        piece.set(part, held);
        held += part.length;
        at += part.length;
        if (held === piece.length) await flush();
      }
    },
    async commit() {
      try {
        const whole = flushed === 0 ? held : 0;
        await flush();
        await file.datasync();
        await file.close();
        const sha256 = hash.digest('hex');
        await place(path, sha256);
        if (piece !== null && whole > 0) {
          recent.keep(sha256, piece, whole);
          piece = null;
        }
        end();
        return { sha256, bytes: flushed };
      } catch (error) {
        await abort();
        throw error;
      }
    },
    abort,
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    offset += (await file.write(bytes, offset, bytes.length - offset)).bytesWritten;
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

interface Arrival {
  path: string;
  sha256: string;
}

/** One batch at a time: a second would wait for the same disk. */
const placings = { maxItems: 100, maxInFlight: 1, isCommon: () => true };

/**
 * Gives files their final names, over a file of the same name, which has the same content, and makes the names durable. Syncing a folder
 * commits the file system's journal, which costs more than all else here, but covers all renames before it: files that arrive while a
 * batch is placed go together next.
 */
function createPlacer(root: string): (path: string, sha256: string) => Promise<void> {
  const made = new Set<string>();
  const folderOf = ({ sha256 }: Arrival) => join(root, sha256.slice(0, 2));

  async function makeFolder(path: string): Promise<void> {
    if (made.has(path)) return;
    if ((await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(root);
    made.add(path);
  }

  async function move(arrival: Arrival): Promise<void> {
    const folder = folderOf(arrival);
    await makeFolder(folder);
    try {
      await rename(arrival.path, join(folder, arrival.sha256));
    } catch (error) {
      made.delete(folder);
      throw error;
    }
  }

  /** Answers the error of each arrival, null where it is placed. */
  async function placeAll(arrivals: Arrival[]): Promise<unknown[]> {
    const errors = await Promise.all(arrivals.map((arrival) => errorOf(move(arrival))));
    const folders = [...new Set(arrivals.filter((_, i) => errors[i] === null).map(folderOf))];
    const failures = await Promise.all(folders.map((folder) => errorOf(syncFolder(folder))));
    return arrivals.map((arrival, i) => errors[i] ?? failures[folders.indexOf(folderOf(arrival))] ?? null);
  }

  const place = coalesce(placeAll, placings);
  return async (path, sha256) => {
    const error = await place({ path, sha256 });
    if (error !== null) throw error;
  };
}

function errorOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => null,
    (error) => error,
  );
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
