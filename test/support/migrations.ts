// Databases as earlier versions of Losswatch left them.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMigrations } from '../../src/platform/db/migrate.ts';

export const migrationsFolder = join(import.meta.dirname, '../../prisma/migrations');

/** Applies the migrations that came before the one whose name ends so; answers the names of those that are left. */
export async function applyMigrationsBefore(url: string, ending: string): Promise<string[]> {
  const names = readdirSync(migrationsFolder)
    .filter((name) => /^\d{14}_/.test(name))
    .sort();
  const place = names.findIndex((name) => name.endsWith(ending));
  if (place < 0) throw new Error(`no migration ends in ${ending}`);
  const folder = mkdtempSync(join(tmpdir(), 'losswatch-migrations-'));
  try {
    for (const name of names.slice(0, place))
      cpSync(join(migrationsFolder, name), join(folder, name), { recursive: true });
    await applyMigrations(url, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return names.slice(place);
}
