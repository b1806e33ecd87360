// Archives written while they are sent.
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack as packTar } from 'tar-stream';

export interface ArchiveEntry {
  path: string;
  content: Uint8Array | string;
}

/** A gzipped tar (ustar) of the entries, made as fast as it is read. When an entry cannot be made, the stream breaks off with the error. */
export function tarGz(entries: AsyncIterable<ArchiveEntry>, mtime: Date): Readable {
  const tar = packTar();
  const out = new PassThrough();
  pipeline(tar, createGzip(), out).catch(() => {
    // Both ends know: the reader by its stream, the writer by the tar's.
  });
  write(tar, entries, mtime).catch((error) => tar.destroy(error));
  return out;
}

async function write(
  tar: ReturnType<typeof packTar>,
  entries: AsyncIterable<ArchiveEntry>,
  mtime: Date,
): Promise<void> {
  for await (const { path, content } of entries) {
    const bytes =
      typeof content === 'string'
        ? Buffer.from(content)
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    await new Promise<void>((resolve, reject) => {
      tar.once('close', reject);
      tar.entry({ name: path, mtime }, bytes, (error) => {
        tar.off('close', reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }
  tar.finalize();
}
