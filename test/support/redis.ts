// A Redis for tests: a redis-server of our own where the program exists, else REDIS_URL, else none.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

const program = 'redis-server';

export interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/** Null, said loudly, when there is neither the program nor REDIS_URL. */
export async function startTestRedis(): Promise<TestRedis | null> {
  const own = await startOwnRedis();
  if (own) return own;
  const url = process.env.REDIS_URL;
  if (url) return { url, stop: async () => {} };
  process.stderr.write(
    '\n*** The Redis half of the queue suite did NOT run: no redis-server program and no REDIS_URL. ***\n\n',
  );
  return null;
}

async function startOwnRedis(): Promise<TestRedis | null> {
  const folder = mkdtempSync(join(tmpdir(), 'losswatch-redis-'));
  const port = await findFreePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(program, args, { stdio: 'ignore' });
  const isUp = await Promise.race([failed(child), answers(port)]);
  const url = `redis://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode === null && child.pid !== undefined) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  if (isUp) return { url, stop };
  await stop();
  return null;
}

function failed(child: ChildProcess): Promise<false> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
  });
}

async function answers(port: number): Promise<boolean> {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  client.on('error', () => {});
  try {
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
