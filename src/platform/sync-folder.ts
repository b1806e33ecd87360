import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/**
 * Makes new, renamed and removed entries of a folder durable. Windows has no such call and needs none. Only the wait for the disk leaves this
 * thread: opening a folder that was just used costs less than a trip to another one.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
}
