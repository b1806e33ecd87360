// The disk of the captures fills up in the middle of one.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Blobs } from '../../../src/platform/blobs/blobs.ts';
import { openFolderBlobs } from '../../../src/platform/blobs/folder-blobs.ts';
import { buildTestApi } from '../../support/build-app.ts';
import { makeCapture } from '../../support/safetensors.ts';

test('a capture that does not fit on the disk is refused whole, and the next one is stored', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'losswatch-full-'));
  const real = await openFolderBlobs(folder);
  let isFull = true;
  const blobs: Blobs = {
    ...real,
    async receive() {
      const writer = await real.receive();
      const commit = async () => {
        if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device, fsync'), { code: 'ENOSPC' });
        return writer.commit();
      };
      return { ...writer, commit };
    },
  };
  const api = await buildTestApi({ blobs });
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: 'run-1', name: 'run-1' } });
  const push = () =>
    api.call(api.tokens.owner, 'POST', '/v1/runs/run-1/captures', {
      body: makeCapture(),
      headers: { 'content-type': 'application/octet-stream' },
    });
  const files = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

  expect((await push()).status).toBe(503);
  expect(await api.deps.database.client.capture.count()).toBe(0);
  expect(await files()).toEqual([]);
  expect(api.nudges).toEqual([]);
  isFull = false;
  expect((await push()).status).toBe(202);
  expect(await files()).toHaveLength(1);
  await api.close();
  await rm(folder, { recursive: true, force: true });
});
