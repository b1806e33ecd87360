// CPU time of processes, which on a busy machine says more than the clock does.
import { readdirSync, readFileSync } from 'node:fs';

/** CPU time in ms of a process, and of a process with its children (a PostgreSQL: each connection is one). 0 where /proc does not tell. */
export function readCpuMs(pid: number | null | undefined, { withChildren = false } = {}): number {
  if (process.platform !== 'linux' || !pid) return 0;
  let ticks = readStat(pid)?.ticks ?? 0;
  if (withChildren) {
    for (const other of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const stat = readStat(Number(other));
      if (stat?.parent === pid) ticks += stat.ticks;
    }
  }
  // USER_HZ is 100 on every Linux that Node runs on.
  return ticks * 10;
}

/** Parent, and ticks of the process with those of its children that have ended; null when it is gone. */
function readStat(pid: number): { parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // state, ppid, ... utime, stime, cutime, cstime are fields 3, 4, 14 to 17; the name before them may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) };
  } catch {
    return null;
  }
}
