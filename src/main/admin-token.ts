// The operator's token: from LOSSWATCH_ADMIN_TOKEN, or made once and kept in the data folder, readable by its owner only.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../platform/config.ts';
import { newToken } from '../platform/ids.ts';

export async function loadAdminToken(config: Config): Promise<{ token: string; isNew: boolean }> {
  if (config.adminToken) return { token: config.adminToken, isNew: false };
  const folder = join(config.dataDir, 'secrets');
  const file = join(folder, 'admin-token');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim()) return { token: kept.trim(), isNew: false };
  const token = newToken();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return { token, isNew: true };
}
