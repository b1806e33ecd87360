import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Blobs } from '../../../../src/platform/blobs/blobs.ts';
import { openFolderBlobs } from '../../../../src/platform/blobs/folder-blobs.ts';

let root: string;
let blobs: Blobs;

beforeEach(async () => {
  root = join(mkdtempSync(join(tmpdir(), 'losswatch-blobs-')), 'captures');
  blobs = await openFolderBlobs(root);
});
afterEach(() => {
  rmSync(join(root, '..'), { recursive: true, force: true });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function store(...chunks: string[]): Promise<{ sha256: string; bytes: number }> {
  const writer = await blobs.receive();
  for (const chunk of chunks) await writer.write(Buffer.from(chunk));
  return writer.commit();
}

function files(): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

describe('blobs in a folder', () => {
  it('are named by the sha256 of all that was written, and read back the same', async () => {
    const stored = await store('hel', '', 'lo');
    expect(stored).toEqual({ sha256: sha256('hello'), bytes: 5 });
    expect(Buffer.from(await blobs.read(stored.sha256)).toString()).toBe('hello');
    expect(files()).toEqual([sha256('hello')]);
  });

  it('are stored once when the same content comes twice, also at the same time', async () => {
    const results = await Promise.all([store('same'), store('sa', 'me')]);
    expect(results[0]).toEqual(results[1]);
    expect(files()).toEqual([sha256('same')]);
  });

  it('are the same however many are written at once, and however large they are', async () => {
    const sizes = Array.from({ length: 80 }, (_, index) => 5 * 2 ** 20 * (index === 7 ? 1 : 0) + 70_001 + index);
    const texts = sizes.map((size, index) => String.fromCharCode(65 + (index % 26)).repeat(size));
    const writers = await Promise.all(texts.map(() => blobs.receive()));
    for (const half of [0, 1]) {
      for (const [index, text] of texts.entries()) {
        const middle = text.length >> 1;
        await writers[index]?.write(Buffer.from(half === 0 ? text.slice(0, middle) : text.slice(middle)));
      }
    }
    const stored = await Promise.all(writers.map((writer) => writer.commit()));
    expect(stored).toEqual(texts.map((text) => ({ sha256: sha256(text), bytes: text.length })));
    for (const text of texts) expect(Buffer.from(await blobs.read(sha256(text))).equals(Buffer.from(text))).toBe(true);
    const fromFiles = await openFolderBlobs(root);
    for (const text of texts)
      expect(Buffer.from(await fromFiles.read(sha256(text))).equals(Buffer.from(text))).toBe(true);
  });

  it('are read from memory the first time, when they were just stored', async () => {
    const { sha256: name } = await store('fresh');
    rmSync(join(root, name.slice(0, 2), name));
    const lent: Uint8Array[] = [];
    const allocate = (bytes: number) => {
      const memory = new Uint8Array(new SharedArrayBuffer(bytes));
      lent.push(memory);
      return memory;
    };
    const read = await blobs.read(name, allocate);
    expect(Buffer.from(read).toString()).toBe('fresh');
    expect(lent.map(({ buffer, length }) => [buffer === read.buffer, length])).toEqual([[true, 5]]);
    await expect(blobs.read(name)).rejects.toThrow('ENOENT');
  });

  it('leave nothing when aborted, however often', async () => {
    const writer = await blobs.receive();
    await writer.write(Buffer.from('half'));
    await writer.abort();
    await writer.abort();
    expect(files()).toEqual([]);
  });

  it('stay when abort is called after commit', async () => {
    const writer = await blobs.receive();
    await writer.write(Buffer.from('whole'));
    const stored = await writer.commit();
    await writer.abort();
    expect(Buffer.from(await blobs.read(stored.sha256)).toString()).toBe('whole');
  });

  it('are invisible until they are committed', async () => {
    const writer = await blobs.receive();
    await writer.write(Buffer.from('later'));
    await expect(blobs.read(sha256('later'))).rejects.toThrow();
    await writer.abort();
  });

  it('can be removed, also when they are not there', async () => {
    const { sha256: name } = await store('gone');
    await blobs.remove(name);
    await blobs.remove(name);
    await expect(blobs.read(name)).rejects.toThrow();
  });

  it('cannot be named by anything but a sha256', async () => {
    for (const name of ['../../etc/passwd', '', 'ab', 'A'.repeat(64)])
      await expect(blobs.read(name)).rejects.toThrow('sha256');
  });

  it('lose the leftovers of ended processes in the sweep, and keep what living ones are writing', async () => {
    const incoming = join(root, 'incoming');
    const host = hostname().replace(/[^A-Za-z0-9-]/g, '-');
    const old = new Date(Date.now() - 2 * 3_600_000);
    writeFileSync(join(incoming, `${host}.4194304.dead`), 'x');
    writeFileSync(join(incoming, `${host}.${process.ppid}.alive`), 'x');
    writeFileSync(join(incoming, `${host}.${process.pid}.before-restart`), 'x');
    writeFileSync(join(incoming, 'elsewhere.1.fresh'), 'x');
    writeFileSync(join(incoming, 'elsewhere.1.old'), 'x');
    utimesSync(join(incoming, 'elsewhere.1.old'), old, old);
    const writer = await blobs.receive();
    await writer.write(Buffer.from('being written'));
    await blobs.sweepTemporary();
    expect(readdirSync(incoming)).toHaveLength(3);
    expect(files()).toEqual(expect.arrayContaining([`${host}.${process.ppid}.alive`, 'elsewhere.1.fresh']));
    await writer.commit();
    expect(Buffer.from(await blobs.read(sha256('being written'))).toString()).toBe('being written');
  });

  it('are for the owner only', async () => {
    await store('private');
    expect((statSync(root).mode & 0o777).toString(8)).toBe('700');
    await blobs.ready();
  });

  it('fail the readiness check when the folder is gone', async () => {
    rmSync(root, { recursive: true });
    await expect(blobs.ready()).rejects.toThrow();
  });
});
