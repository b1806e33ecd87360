// The embedded database as the operating system gives it: real servers in private folders, kills, races, second starts.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  DataFolderInUse,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../../src/platform/logger.ts';

// Several starts of a database in a test, each of which waits for the disk.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const logger = createLogger({ level: 'silent' });
let parent: string;
let dataDir: string;
let servers: EmbeddedPostgres[];
let children: ChildProcess[];

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: folder, logger });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a process that owns the folder; answers its first message of that kind. */
async function hold(kind: 'starting' | 'up'): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, '../../support/hold-postgres.ts'), [dataDir], {
    execArgv: ['--import', 'tsx'],
  });
  children.push(child);
  for (;;) {
    const [message] = (await once(child, 'message')) as [{ kind: string; url: string }];
    if (message.kind === kind) return { child, url: message.url };
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function passwordFile(): string {
  return join(dataDir, 'secrets', 'postgres-password');
}

describe('a running embedded database', () => {
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    process.env.LOSSWATCH_ADMIN_TOKEN = 'a-secret-of-the-owner';
    parent = mkdtempSync(join(tmpdir(), 'losswatch-pg-'));
    dataDir = join(parent, 'made', 'here');
    server = await startEmbeddedPostgres({ dataDir, logger });
  });
  afterAll(async () => {
    delete process.env.LOSSWATCH_ADMIN_TOKEN;
    await server.stop();
    rmSync(parent, { recursive: true, force: true });
  });

  it('listens on loopback only, has no socket file, stores text as UTF-8 and commits to the disk', async () => {
    const { connectionString } = server;
    const [row] = await query(
      connectionString,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
        current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits`,
    );
    expect(row).toEqual({ addresses: '127.0.0.1', sockets: '', encoding: 'UTF8', fsync: 'on', commits: 'on' });
  });

  it('lets nobody in with a wrong password, nor without one', async () => {
    const { connectionString } = server;
    for (const password of ['wrong', '']) {
      const url = new URL(connectionString);
      url.password = password;
      await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password/i);
    }
  });

  it('keeps folder, password and log for the owner only, and nothing else', () => {
    const password = readFileSync(passwordFile(), 'utf8');
    expect(Buffer.from(password, 'base64url')).toHaveLength(32);
    const modes = [
      dataDir,
      passwordFile(),
      join(dataDir, 'secrets'),
      join(dataDir, 'postgres'),
      join(dataDir, 'postgres.log'),
    ].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(['700', '600', '700', '700', '600']);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log', 'secrets']);
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['postgres-password']);
  });

  it('refuses a second start on the folder, naming it, and leaves the first alone', async () => {
    const refused = await startEmbeddedPostgres({ dataDir, logger }).catch((error: Error) => error);
    expect(refused).toBeInstanceOf(DataFolderInUse);
    expect(String(refused)).toContain(dataDir);
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.runIf(process.platform === 'linux')('gives the server no secret of ours in its environment', async () => {
    const pid = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0];
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('a-secret-of-the-owner');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(readFileSync(passwordFile(), 'utf8'));
  });
});

describe('the embedded database over starts, stops and kills', () => {
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'losswatch-pg-'));
    chmodSync(dataDir, 0o700);
    servers = [];
    children = [];
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    for (const server of servers) await server.stop();
    if (existsSync(join(dataDir, 'postgres', 'postmaster.pid')))
      await (await startEmbeddedPostgres({ dataDir, logger })).stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps its data over a stop and a start', async () => {
    const first = await start();
    await query(first.connectionString, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(await query(second.connectionString, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('lets exactly one of two starts at once on a new folder win', async () => {
    const results = await Promise.allSettled([start(), start()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = results.find((result) => result.status === 'rejected');
    expect(lost?.reason).toBeInstanceOf(DataFolderInUse);
    expect(await query(servers[0]?.connectionString ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log', 'secrets']);
  });

  it('starts again after its owner was killed, with the data kept', async () => {
    const { child, url } = await hold('up');
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await kill(child);
    const server = await start();
    expect(await query(server.connectionString, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await server.stop();
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('starts after its owner and the server were killed', async () => {
    const { child, url } = await hold('up');
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await kill(child);
    process.kill(Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
    const server = await start();
    expect(await query(server.connectionString, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it.each([0, 300, 1_000])(
    'starts after a kill %i ms into the first start, and leaves nothing behind',
    async (delayMs) => {
      const { child } = await hold('starting');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await kill(child);
      const server = await start();
      expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(
        readdirSync(dataDir)
          .filter((name) => name !== 'secrets')
          .sort(),
      ).toEqual(['postgres', 'postgres.log']);
    },
  );

  it('is not held up by a process that got the id of an ended server', async () => {
    await (await start()).stop();
    const { uid, gid } = statSync(join(dataDir, 'postgres'));
    const other = spawn('sleep', ['60'], { stdio: 'ignore', ...(process.geteuid?.() === 0 ? { uid, gid } : {}) });
    children.push(other);
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${other.pid}\n${dataDir}/postgres\n1700000000\n59999\n\n127.0.0.1\n`,
    );
    const server = await start();
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(other.exitCode).toBeNull();
  });

  it('says which file to restore when the password is missing or another one', async () => {
    await (await start()).stop();
    const password = readFileSync(passwordFile(), 'utf8');
    rmSync(passwordFile());
    await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(passwordFile());
    writeFileSync(passwordFile(), 'another-password', { mode: 0o600 });
    await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(join(dataDir, 'secrets'));
    writeFileSync(passwordFile(), password, { mode: 0o600 });
    await start();
  });

  it('shows the end of the log when the cluster is broken', async () => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '3\n');
    const failed = await startEmbeddedPostgres({ dataDir, logger }).catch((error: Error) => error);
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    expect(String(failed)).toMatch(/did not start.*log ends with:.*version 3/s);
  });

  it('starts with a log that had grown large by moving it aside', async () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'postgres.log'), Buffer.alloc(11 * 1024 * 1024, 10));
    await start();
    expect(statSync(join(dataDir, 'postgres.log')).size).toBeLessThan(100_000);
    expect(existsSync(join(dataDir, 'postgres.log.1'))).toBe(true);
  });
});
