// PostgreSQL refuses to run as root. When Losswatch is root, its programs are started as another user; and where that user cannot enter
// some parent folder (a clone in /root, a data folder of mode 0700), through util-linux setpriv, which lets it pass folders while it
// stays that user.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

/** How to start a program of PostgreSQL. `owner` is who must own its files; null when that is simply us. */
export interface RunAs {
  owner: { uid: number; gid: number } | null;
  spawn(program: string, args: string[], options: SpawnOptions): ChildProcess;
}

interface User {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Chooses how to run programs that must reach `paths` (existing files or folders). A cluster that is there keeps its owner.
 * @throws Error naming the folder that cannot be reached and what to do about it.
 */
export async function chooseRunAs(paths: string[], cluster: string): Promise<RunAs> {
  if (process.geteuid?.() !== 0)
    return { owner: null, spawn: (program, args, options) => spawn(program, args, options) };
  const user = (await findClusterOwner(cluster)) ?? (await findServiceUser());
  const owner = { uid: user.uid, gid: user.gid };
  const blocked = await findUnreachable(paths, user);
  if (blocked === null)
    return { owner, spawn: (program, args, options) => spawn(program, args, { ...options, ...owner }) };
  const setpriv = await findOnPath('setpriv');
  if (setpriv === null) throw new Error(unreachableMessage(blocked, user));
  return {
    owner,
    spawn: (program, args, options) => spawn(setpriv, [...passFolders(user), program, ...args], options),
  };
}

/** CAP_DAC_OVERRIDE only; the secure bit keeps it for access(2), which PostgreSQL uses and which otherwise drops it on a change of user. */
function passFolders({ uid, gid }: User): string[] {
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return [...identity, '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
}

function unreachableMessage(folder: string, user: User): string {
  return (
    `PostgreSQL does not run as root, and user ${user.name}, as whom it would be started, cannot enter ${folder}. Either run Losswatch as an ` +
    `ordinary user, or set LOSSWATCH_DATA to a folder that others can enter (and clone outside of a private folder), or allow it with ` +
    `chmod o+x ${folder}, or install setpriv (util-linux).`
  );
}

async function findClusterOwner(cluster: string): Promise<User | null> {
  const found = await stat(cluster).catch(() => null);
  return found === null || found.uid === 0 ? null : { name: String(found.uid), uid: found.uid, gid: found.gid };
}

async function findServiceUser(): Promise<User> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((candidate) => candidate[0] === name);
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
    if (fields && uid > 0 && Number.isInteger(gid)) return { name, uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has neither a user postgres nor nobody: run Losswatch as an ordinary user.',
  );
}

/** The first folder on the way to one of the paths that the user may not enter, or null. */
async function findUnreachable(paths: string[], user: User): Promise<string | null> {
  for (const path of paths) {
    const own = await realpath(path);
    const isFolder = (await stat(own)).isDirectory();
    for (
      let folder = isFolder ? own : dirname(own), last = '';
      folder !== last;
      last = folder, folder = dirname(folder)
    ) {
      if (!(await mayEnter(folder, user))) return folder;
    }
  }
  return null;
}

async function mayEnter(folder: string, user: User): Promise<boolean> {
  const { uid, gid, mode } = await stat(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}

async function findOnPath(program: string): Promise<string | null> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/bin']) {
    const path = join(folder, program);
    const found = folder === '' ? null : await stat(path).catch(() => null);
    if (found?.isFile()) return path;
  }
  return null;
}
