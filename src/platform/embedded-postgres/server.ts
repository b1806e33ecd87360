// Starting and stopping one server process.
import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { constants, type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';
import type { PostgresBinaries } from './binaries.ts';
import { serverEnvironment } from './cluster.ts';
import { readPostmaster } from './postmaster-file.ts';
import type { RunAs } from './run-as.ts';

const maxLogBytes = 10 * 1024 * 1024;
/** A fast shutdown that takes longer than this is made an immediate one (the next start recovers from the log). */
const fastShutdownMs = 20_000;

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  password_encryption: 'scram-sha-256',
  // A killed owner's sessions end within a second even in the middle of a query, so that the folder is free again.
  client_connection_check_interval: process.platform === 'win32' ? '0' : '1000',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** A started server process; it may still be recovering, or may end at once because another one has the folder. */
export interface ServerProcess {
  pid: number | undefined;
  /** Null while it runs. */
  ended(): string | null;
}

/** Starts the server on a loopback port, in a process group of its own: Ctrl-C reaches us, not it, so that we drain first. */
export async function spawnServer(options: {
  cluster: string;
  port: number;
  binaries: PostgresBinaries;
  runAs: RunAs;
}): Promise<ServerProcess> {
  const { cluster, port, binaries, runAs } = options;
  const log = await openLog(cluster);
  let ended: string | null = null;
  let child: ChildProcess;
  try {
    const args = [
      '-D',
      cluster,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    child = runAs.spawn(binaries.postgres, args, {
      stdio: ['ignore', log.fd, log.fd],
      env: serverEnvironment(),
      cwd: cluster,
      detached: true,
      windowsHide: true,
    });
    // Before anything is awaited: a server that cannot start may have ended by then.
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      ended = `it ended with ${code ?? signal}`;
    });
    child.unref();
  } finally {
    await log.close();
  }
  return { pid: child.pid, ended: () => ended };
}

/** Where the server of a cluster writes its log: beside the cluster folder. */
function logPath(cluster: string): string {
  return join(dirname(cluster), 'postgres.log');
}

async function openLog(cluster: string): Promise<FileHandle> {
  const path = logPath(cluster);
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size > maxLogBytes) await rename(path, `${path}.1`);
  return open(path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
}

/** The last lines of the server's log, for messages. */
export async function readLogEnd(cluster: string): Promise<string> {
  const text = await readFile(logPath(cluster), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}

/** Stops the server with this id: fast shutdown, and immediate shutdown when that takes too long. */
export async function stopServer(pid: number, cluster: string, binaries: PostgresBinaries): Promise<void> {
  if (process.platform === 'win32') return stopOnWindows(cluster, binaries);
  if ((await readPostmaster(cluster))?.pid !== pid) return;
  signal(pid, 'SIGINT');
  if (await waitForEnd(pid, cluster, fastShutdownMs)) return;
  signal(pid, 'SIGQUIT');
  await waitForEnd(pid, cluster, 5_000);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A server removes postmaster.pid as its last act; where nobody reaps it, its id stays taken after that. */
async function waitForEnd(pid: number, cluster: string, timeoutMs: number): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    if (!isProcessAlive(pid) || (await readPostmaster(cluster))?.pid !== pid) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Signals are not the same there; pg_ctl knows how. */
function stopOnWindows(cluster: string, { pgCtl }: PostgresBinaries): Promise<void> {
  return new Promise((resolve) => {
    execFile(
      pgCtl,
      ['stop', '-D', cluster, '-m', 'fast', '-t', String(fastShutdownMs / 1000)],
      { windowsHide: true },
      () => resolve(),
    );
  });
}

/** A loopback port that is free now. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
