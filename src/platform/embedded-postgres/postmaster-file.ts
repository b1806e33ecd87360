// postmaster.pid: what a running server says of itself (PostgreSQL source, src/include/utils/pidfile.h). Line 1 is its process id,
// line 4 its port.
import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';

export interface Postmaster {
  pid: number;
  port: number;
}

/** The server that the cluster folder names, alive or not; null when it names none (yet). */
export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number.isInteger(port) ? port : 0 };
}

/**
 * True unless the process surely is another program that got the id of an ended server. A server works in its cluster folder, so
 * /proc tells on Linux; elsewhere the command line does.
 */
export async function mayServe(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    if (folder !== null) return folder === (await realpath(cluster));
    // An ended process that nobody waits for has no folder, yet keeps its id.
    return isProcessAlive(pid) && !(await isZombie(pid));
  }
  if (process.platform === 'win32') return true;
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (error, stdout) =>
      resolve(error === null ? stdout.includes(cluster) : isProcessAlive(pid)),
    );
  });
}

/** State of /proc/<pid>/stat, after the parenthesised program name (man 5 proc). */
async function isZombie(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).startsWith('Z');
}
