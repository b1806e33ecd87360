// How processes ended, as shells, kernels, launchers, schedulers and data loaders print it.
import type { ProcessDeath } from '../types.ts';
import { add, numberAt, numberIn, rankAt, type Sign, type SignPlace } from './sign.ts';
import { readStatus, signalOfNumber, signalOfWords } from './signals.ts';

type Groups = Record<string, string | undefined>;
type Told = Partial<ProcessDeath> & Pick<ProcessDeath, 'reporter'>;

function sign(pattern: RegExp, tell: (groups: Groups) => Told): Sign {
  return { pattern, read: (found, place) => record(place, tell(found.groups ?? {}), found.groups ?? {}) };
}

/** Groups `pid`, `rank`, `process`, `signal` (words or SIGX), `number` (a signal's) and `status` mean the same in every pattern. */
function record(place: SignPlace, told: Told, groups: Groups): void {
  const status = groups.status === undefined ? {} : readStatus(Number(groups.status));
  if (groups.status !== undefined && Number(groups.status) === 0) return;
  const numbered = groups.number === undefined ? undefined : signalOfNumber(Number(groups.number));
  const named = groups.signal === undefined ? undefined : signalOfWords(groups.signal);
  const death: ProcessDeath = {
    signal: numbered ?? named ?? null,
    exitCode: null,
    outOfMemory: false,
    isConsequence: false,
    isStopped: false,
    rank: numberIn(groups.rank) ?? rankAt(place),
    pid: numberIn(groups.pid),
    process: groups.process ?? null,
    line: numberAt(place, place.index),
    ...status,
    ...told,
  };
  // Several patterns may know a line; the first, more exact one counts.
  if (place.reports.deaths.at(-1)?.line !== death.line) add(place.reports.deaths, death);
}

const words =
  'Killed|Segmentation fault|Bus error|Aborted|Floating point exception|Illegal instruction|Terminated|Hangup|Trace/breakpoint trap';

const kernelSigns = [
  sign(
    /(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process (?<pid>\d+),? \((?<process>[^)]*)\)/,
    () => ({
      reporter: 'kernel',
      signal: 'SIGKILL',
      outOfMemory: true,
    }),
  ),
  sign(/oom-kill:.*\btask=(?<process>[^,]*),pid=(?<pid>\d+)/, () => ({
    reporter: 'kernel',
    signal: 'SIGKILL',
    outOfMemory: true,
  })),
  sign(/\b(?<process>[^\s[\]]+)\[(?<pid>\d+)\]: segfault at /, () => ({ reporter: 'kernel', signal: 'SIGSEGV' })),
];

const schedulerSigns = [
  sign(
    /[Dd]etected \d+ oom[-_]kill event|Some of your processes may have been killed by the cgroup out-of-memory handler/,
    () => ({
      reporter: 'scheduler',
      signal: 'SIGKILL',
      outOfMemory: true,
    }),
  ),
  sign(/srun: error: .*: tasks? (?<rank>\d+)[^:]*: Out Of Memory/, () => ({
    reporter: 'scheduler',
    signal: 'SIGKILL',
    outOfMemory: true,
  })),
  sign(/srun: error: .*: tasks? (?<rank>\d+)[^:]*: Exited with exit code (?<status>\d+)/, () => ({
    reporter: 'scheduler',
  })),
  sign(new RegExp(`srun: error: .*: tasks? (?<rank>\\d+)[^:]*: (?<signal>${words})`), () => ({
    reporter: 'scheduler',
  })),
  sign(/\*\*\* (?:STEP|JOB) \S+ (?:ON \S+ )?CANCELLED AT |PBS: job killed: walltime|TERM_RUNLIMIT/, () => ({
    reporter: 'scheduler',
    signal: 'SIGTERM',
    isStopped: true,
  })),
  sign(/OOMKilled|TERM_MEMLIMIT|PBS: job killed: (?:mem|vmem)|job killed: mem /, () => ({
    reporter: 'scheduler',
    signal: 'SIGKILL',
    outOfMemory: true,
  })),
  sign(/process rank (?<rank>\d+) with PID (?<pid>\d+).* exited on signal (?<number>\d+)/, () => ({
    reporter: 'scheduler',
  })),
  sign(/[Tt]ask was killed due to the node running low on memory|node running low on memory/, () => ({
    reporter: 'scheduler',
    signal: 'SIGKILL',
    outOfMemory: true,
  })),
];

const launcherSigns = [
  sign(/failed \(exitcode: (?<status>-?\d+)\) local_rank: (?<rank>\d+) \(pid: (?<pid>\d+)\)/, () => ({
    reporter: 'launcher',
  })),
  sign(/[Ss]ending process (?<pid>\d+) closing signal (?<signal>SIG[A-Z]+)/, () => ({
    reporter: 'launcher',
    isConsequence: true,
  })),
  sign(/Killing subprocess (?<pid>\d+)/, () => ({ reporter: 'launcher', signal: 'SIGTERM', isConsequence: true })),
  sign(
    /Received (?<number>\d+) death signal|SignalException: Process (?<pid>\d+) got signal: (?<other>\d+)/,
    ({ other }) => ({
      reporter: 'launcher',
      isStopped: true,
      ...(other === undefined ? {} : { signal: signalOfNumber(Number(other)) }),
    }),
  ),
  /** Python 3.10 prints the member of the enumeration instead of its number (pytorch issue 114097). */
  sign(/(?:Received|got signal:) Signals\.(?<signal>SIG[A-Z]+)(?: death signal|\s*$)/, () => ({
    reporter: 'launcher',
    isStopped: true,
  })),
  sign(/\[rank: (?<rank>\d+)\] Received (?<signal>SIG[A-Z]+): \d+/, () => ({ reporter: 'launcher', isStopped: true })),
  sign(/process (?<rank>\d+) terminated with signal (?<signal>SIG[A-Z]+)/, () => ({ reporter: 'launcher' })),
  sign(/process (?<rank>\d+) terminated with exit code (?<status>\d+)/, () => ({ reporter: 'launcher' })),
  sign(/died with <Signals\.(?<signal>SIG[A-Z]+): \d+>/, () => ({ reporter: 'launcher' })),
  sign(/returned non-zero exit status (?<status>-?\d+)/, () => ({ reporter: 'launcher' })),
  sign(/(?:Process (?<pid>\d+) )?exits with return code = (?<status>-?\d+)/, () => ({ reporter: 'launcher' })),
  sign(/trainer process with rank=\[(?<rank>\d+)[\d, ]*\] was aborted/, () => ({ reporter: 'launcher' })),
];

const workerSigns = [
  sign(
    /DataLoader (?:worker|process) \(pid(?:\(s\))? +(?<pid>\d+)\) (?:exited )?is killed by signal: (?<signal>[A-Z][A-Za-z/ -]+)/,
    () => ({
      reporter: 'worker',
    }),
  ),
  sign(/DataLoader worker \(pid(?:\(s\))? (?<pid>\d+)[\d, ]*\) exited unexpectedly/, () => ({ reporter: 'worker' })),
  sign(/Unexpected (?<signal>bus error|segmentation fault|floating-point exception) encountered in worker/, () => ({
    reporter: 'worker',
  })),
  sign(/A process in the process pool was terminated abruptly/, () => ({ reporter: 'worker' })),
];

/** Shells say little, so the words must stand where a shell puts them: alone, at the end behind a progress bar, or with "(core dumped)". */
const shellSigns = [
  sign(
    /(?<signal>Segmentation fault|Bus error|Aborted|Floating point exception|Illegal instruction) \(core dumped\)/,
    () => ({
      reporter: 'shell',
    }),
  ),
  sign(new RegExp(`: line \\d+: +(?<pid>\\d+) (?<signal>${words})`), () => ({ reporter: 'shell' })),
  sign(new RegExp(`^\\s*(?:\\[\\d+\\][+-]? +)?(?<pid>\\d+)? *(?<signal>${words})(?:\\s*| {2,}\\S.*)$`), () => ({
    reporter: 'shell',
  })),
  sign(
    /\d ?[a-zA-Z/]{1,20}(?:, [^\]]{1,200})?\]\s*(?<signal>Killed|Segmentation fault|Bus error|Aborted|Terminated)\s*$/,
    () => ({
      reporter: 'shell',
    }),
  ),
  sign(
    /^(?:zsh: |\[\d+\] +[+-]? *\d+ )(?<signal>killed|segmentation fault|bus error|abort |terminated|hangup|floating point exception|illegal hardware instruction)/,
    () => ({ reporter: 'shell' }),
  ),
  sign(/Command terminated by signal (?<number>\d+)/, () => ({ reporter: 'shell' })),
  sign(/[Pp]rocess finished with exit code (?<status>-?\d+)/, () => ({ reporter: 'shell' })),
  sign(
    /(?:[Ee]xited with (?:exit )?|[Cc]ommand exited with non-zero |[Tt]erminated with |exit )(?:code|status):? (?<status>-?\d+)\b/,
    () => ({
      reporter: 'shell',
    }),
  ),
];

export const deathSigns: Sign[] = [...kernelSigns, ...schedulerSigns, ...workerSigns, ...launcherSigns, ...shellSigns];
