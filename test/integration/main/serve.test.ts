// The embedded service as a process: starts that must not succeed, and a database that dies under it.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { adminToken, makeDataFolder, startService, until } from '../../support/service.ts';

describe('npm start', () => {
  it('ends with status 1 and names the file when the catalog is broken, and leaves no database running', async () => {
    const home = mkdtempSync(join(tmpdir(), 'losswatch-broken-'));
    for (const path of ['dist', 'catalog', 'prisma', 'package.json'])
      cpSync(path, join(home, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(home, 'node_modules'));
    const file = join(home, 'catalog/failures/loss-nan/failure.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('severity: critical', 'severity: awful'));
    const folder = makeDataFolder();
    const child = spawn(process.execPath, [join(home, 'dist/main/serve.js')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LOSSWATCH_DATA: folder.path, LOSSWATCH_PORT: '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const status = await new Promise((end) => child.once('close', end));
    expect(status).toBe(1);
    expect(output).toContain('failures/loss-nan/failure.yaml');
    expect(output).not.toContain('listening on');
    expect(existsSync(join(folder.path, 'postgres', 'postmaster.pid'))).toBe(false);
    folder.remove();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  it('answers 503 when its database is killed, stops cleanly, and has everything after the next start', async () => {
    const folder = makeDataFolder();
    const first = await startService(folder.path);
    expect((await first.call('POST', '/v1/runs', { id: 'kept', name: 'kept' })).status).toBe(201);
    process.kill(Number.parseInt(readFileSync(join(folder.path, 'postgres', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
    await until('the service to notice', async () =>
      (await first.call('GET', '/readyz')).status === 503 ? true : null,
    );
    expect((await first.call('POST', '/v1/runs', { id: 'late', name: 'late' })).status).toBe(503);
    expect((await first.call('GET', '/healthz')).status).toBe(200);
    expect(first.output()).not.toContain(adminToken);
    expect(await first.end('SIGTERM')).toBe(0);
    const second = await startService(folder.path);
    const { body } = await second.call('GET', '/v1/runs');
    expect(body.items.map((run: { id: string }) => run.id)).toEqual(['kept']);
    expect(await second.end('SIGTERM')).toBe(0);
    folder.remove();
  }, 90_000);

  it('goes on when a session of its database crashes, and still refuses a second start', async () => {
    const folder = makeDataFolder();
    const service = await startService(folder.path);
    await service.call('POST', '/v1/runs', { id: 'kept', name: 'kept' });
    process.kill(await sessionOf(folder.path, 'losswatch-queue'), 'SIGKILL');
    await until('a write to succeed again', async () =>
      (await service.call('POST', '/v1/runs', { id: 'later', name: 'later' })).status < 300 ? true : null,
    );
    await until('the service to be ready', async () =>
      (await service.call('GET', '/readyz')).status === 200 ? true : null,
    );
    await service.call('POST', '/v1/runs/kept/traces', { text: 'RuntimeError: CUDA out of memory. Tried to allocate' });
    await until('the workers to go on', async () =>
      (await service.call('GET', '/v1/incidents')).body.items.length === 1 ? true : null,
    );
    await until('the owner to hold the folder again', () =>
      sessionOf(folder.path, 'losswatch-owner').catch(() => null),
    );
    await expect(startService(folder.path)).rejects.toThrow(folder.path);
    expect(await service.end('SIGTERM')).toBe(0);
    folder.remove();
  }, 90_000);
});

/** Process id of a session of that name in the service's database. @throws Error when there is none. */
async function sessionOf(dataDir: string, name: string): Promise<number> {
  const port = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(dataDir, 'secrets', 'postgres-password'), 'utf8');
  const client = new pg.Client({ connectionString: `postgresql://losswatch:${password}@127.0.0.1:${port}/losswatch` });
  await client.connect();
  const { rows } = await client.query('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [name]);
  await client.end();
  if (rows.length === 0) throw new Error(`no session ${name}`);
  return rows[0].pid;
}
