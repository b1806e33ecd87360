// What reading a text gives: its lines, and everything in them that tells of a crash, as structure. All line numbers are 0-based places in
// the text that was read. Signals are named as in signal(7) ("SIGKILL"). `rank` is the rank that a line's prefix or wording names, null
// when none does.

/** One frame of a stack, oldest call first in `frames` arrays. */
export interface ParsedFrame {
  file: string;
  line: number | null;
  function: string | null;
  /** Source text shown under the frame, trimmed; null when the traceback shows none. */
  source: string | null;
  /** false for frames of installed packages and the interpreter (site-packages, dist-packages, lib/python3.x, paddle/, torch/, <frozen ...>). */
  inApp: boolean;
}

/**
 * How an exception came from the one before it in its chain. `cause`: raised from it. `context`: raised while it was handled. `quoted`:
 * its message holds the other's traceback, which crossed a process (data loader workers, mp.spawn). `member`: both stand in one exception
 * group, or it is the group.
 */
export type ChainLink = 'cause' | 'context' | 'quoted' | 'member';

/** One exception of a traceback. */
export interface ParsedException {
  /** As printed, with module path ("torch.cuda.OutOfMemoryError"). */
  type: string;
  /** Whole message, may hold newlines; at most 8,000 characters. */
  message: string;
  frames: ParsedFrame[];
  /** 0-based line numbers of the block in the text it was read from: [first, last]. */
  lines: [number, number];
  /** Rank named by a line prefix or by the caller; null when unknown. */
  rank: number | null;
  /** Null for the oldest exception of its chain. */
  link: ChainLink | null;
}

/**
 * Why a trace only tells of a failure that happened elsewhere. `launcher`: a parent process reports a child. `peer`: another rank went
 * away. `worker`: a worker process died. `ignored`: raised in a destructor or at exit. `interrupted`: a signal or key press stopped it.
 * `repeated`: an earlier trace says the same.
 */
export type EchoReason = 'launcher' | 'peer' | 'worker' | 'ignored' | 'interrupted' | 'repeated';

/** A chain of exceptions as one report: `chain` oldest (original) first; the last was raised finally. */
export interface ParsedTrace {
  chain: ParsedException[];
  rank: number | null;
  /** 0-based line numbers [first, last] of the whole report. */
  lines: [number, number];
  /** Null when nothing says that the trace is the echo of another failure, and while a log is read in chunks. */
  echo: EchoReason | null;
}

/** What a metric line says. Non-finite values are real NaN and Infinity. */
export interface ParsedPoint {
  step: number;
  rank: number;
  /** Names of the values, by place; lines that print the same names share one list. */
  names: readonly string[];
  values: readonly number[];
  line: number;
  /** Id of the log format of its line: tells which values are the step's own (formats/windowed.ts). */
  format: string;
}

/** Failed assertions of a device kernel that differ only in block, thread and value, folded into one. */
export interface AssertionFlood {
  /** The first line, as printed. */
  text: string;
  /** Between the backquotes: "t >= 0 && t < n_classes". */
  condition: string;
  /** After "failed."; Paddle says the value here. "" when nothing follows. */
  message: string;
  /** Source file and line of the kernel. */
  file: string;
  line: number;
  /** Kernel's name as printed; null when the line has none. */
  kernel: string | null;
  /** How many lines were folded. */
  count: number;
  rank: number | null;
  lines: [number, number];
}

/** An error that native code reported: Paddle's "Error Message Summary", a C++ exception that nothing caught, a failed CHECK. */
export interface NativeError {
  origin: 'paddle' | 'torch' | 'check';
  /** Paddle: "InvalidArgumentError"; C++: "c10::DistBackendError"; null when none is named. */
  type: string | null;
  /** At most 8,000 characters, without hint, place, operator and stack. */
  message: string;
  /** Paddle's "[Hint: ...]" or "[Advise: ...]" without the brackets. */
  hint: string | null;
  /** Paddle's "[operator < matmul > error]" or "[GradNode < X > error]". */
  operator: string | null;
  /** Where it was raised: "(at file:line)" or "Exception raised from f at file:line". */
  place: { file: string; line: number } | null;
  /** Symbols of the native stack, innermost call last; at most 100. */
  stack: string[];
  rank: number | null;
  lines: [number, number];
}

/** A process says that it is ending itself or was hit by a signal: faulthandler, glibc, C++ terminate, Paddle's signal handler. */
export interface Abort {
  reporter: 'faulthandler' | 'windows' | 'glibc' | 'terminate' | 'paddle' | 'glog' | 'mpi';
  signal: string | null;
  /** "Segmentation fault", "double free or corruption (!prev)", the C++ type of an uncaught exception. */
  message: string;
  /** The Python stack of the thread that failed, oldest call first; empty when none was printed. */
  frames: ParsedFrame[];
  rank: number | null;
  lines: [number, number];
}

/** Somebody else says how a process ended. */
export interface ProcessDeath {
  /** `worker`: a data loader about its worker. `scheduler`: Slurm, Kubernetes, LSF, MPI. */
  reporter: 'shell' | 'kernel' | 'launcher' | 'scheduler' | 'worker';
  signal: string | null;
  /** Positive exit status, also for Windows codes; null when a signal ended it or none is named. */
  exitCode: number | null;
  /** The kernel, Slurm or Kubernetes says that memory ran out. */
  outOfMemory: boolean;
  /**
   * Not a failure of its own: a launcher ends the ranks that are left after one failed ("closing signal SIGTERM", "Killing subprocess").
   */
  isConsequence: boolean;
  /** The launcher or job was told to stop from outside: "Received 15 death signal", a time limit, a cancelled job. */
  isStopped: boolean;
  rank: number | null;
  pid: number | null;
  /** Name of the program, where one is printed. */
  process: string | null;
  line: number;
}

/** One rank's entry in a launcher's summary. */
export interface RankFailure {
  rank: number | null;
  localRank: number | null;
  host: string | null;
  pid: number | null;
  /** Positive exit status; null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
  /** As printed: local time without a zone. */
  time: string | null;
  /** What the rank wrote into its error file: the text after "traceback :"; null when it only points at the documentation. */
  message: string | null;
}

/** torchelastic's table of failures ("train.py FAILED"). */
export interface LauncherSummary {
  program: string | null;
  /** The root cause first, then the others, as the launcher sees it (earliest time first). */
  failures: RankFailure[];
  lines: [number, number];
}

/** What a rank's NCCL watchdog reported; its repetitions (same rank, kind and SeqNum) are folded. */
export interface WatchdogRecord {
  /** `timeout`: a collective did not end. `exception`: the watchdog met another error, which `message` names. `heartbeat`: it hangs itself. */
  kind: 'timeout' | 'exception' | 'heartbeat';
  rank: number | null;
  seq: number | null;
  /** "ALLREDUCE", "_ALLGATHER_BASE". */
  operation: string | null;
  timeoutMs: number | null;
  ranMs: number | null;
  lastEnqueued: number | null;
  lastCompleted: number | null;
  message: string;
  count: number;
  lines: [number, number];
}

/**
 * Why this is the first cause. `only`: nothing else is reported. `first`: it began before the others. `named-by-launcher`: the launcher
 * names its rank as the root cause. `original`: a chain of exceptions began with it. `above-echoes`: what else is reported is an echo of
 * it. `before-device-error`: a kernel's assertion surfaces later, at any call.
 */
export type CauseReason = 'only' | 'first' | 'named-by-launcher' | 'original' | 'above-echoes' | 'before-device-error';

/** The failure that the others follow from. */
export interface FirstCause {
  kind: 'exception' | 'assertion' | 'native-error' | 'abort' | 'death' | 'summary' | 'watchdog';
  /** Place in the list of its kind: traces, assertions, nativeErrors, aborts, deaths, summaries, watchdogs. */
  index: number;
  /** Place in the trace's chain; null for other kinds. */
  exception: number | null;
  rank: number | null;
  why: CauseReason[];
}

/** Everything in a text that tells of a crash, each list in the order of the text. */
export interface CrashReports {
  traces: ParsedTrace[];
  assertions: AssertionFlood[];
  nativeErrors: NativeError[];
  aborts: Abort[];
  deaths: ProcessDeath[];
  summaries: LauncherSummary[];
  watchdogs: WatchdogRecord[];
}

/** What was read from a text. */
export interface ParsedText extends CrashReports {
  /** ANSI stripped, carriage returns split, rank prefixes taken off. */
  lines: string[];
  /** Places of the lines that begin as a Python frame does (`File "...`), within tracebacks or not. */
  frameLines: number[];
  /** By expression that was looked for: places of the lines that may match it, ascending. None for one that any line may match. */
  candidates: ReadonlyMap<string, readonly number[]>;
  points: ParsedPoint[];
  /** Null when the text reports no failure. */
  firstCause: FirstCause | null;
}
