// Processes that say how they end: Python's faulthandler (newest frame first, see Lib/test/test_faulthandler.py), glibc's heap checks and
// assertions, C++ terminate, the signal handlers of Paddle, glog and Open MPI.
import { isInApp } from '../trace-lines.ts';
import type { Abort, ParsedFrame } from '../types.ts';
import { add, numberAt, rankAt, type Sign, type SignPlace, textAt } from './sign.ts';
import { signalOfWords } from './signals.ts';

export const abortSigns: Sign[] = [
  { pattern: /(?:Fatal Python error|Windows fatal exception): (?<message>.*)$/, read: readFaulthandler },
  {
    pattern:
      /(?<message>double free or corruption.*|free\(\): .*|malloc\(\): .*|realloc\(\): .*|munmap_chunk\(\): .*|corrupted size vs\. prev_size.*|corrupted double-linked list.*|malloc_consolidate\(\): .*|\*\*\* stack smashing detected \*\*\*.*)$/,
    read: ({ groups = {} }, place) => report(place, 'glibc', 'SIGABRT', groups.message ?? ''),
  },
  {
    pattern: /^[^\s:]{1,200}: \S{1,400}:\d+: .{1,2000}: (?<message>Assertion `.*' failed\.)/,
    read: ({ groups = {}, input }, place) => {
      if (!input.includes('Device-side')) report(place, 'glibc', 'SIGABRT', groups.message ?? '');
    },
  },
  {
    pattern: /terminate called (?:after throwing an instance of '(?<type>[^']+)'|without an active exception)/,
    read: ({ groups = {} }, place) => report(place, 'terminate', 'SIGABRT', groups.type ?? 'no active exception'),
  },
  {
    pattern: /FatalError: (?:`(?<now>[^`]+)` is detected by|A serious error \((?<old>[^)]+)\) is detected by)/,
    read: ({ groups = {} }, place) => {
      const words = groups.now ?? groups.old ?? '';
      report(place, 'paddle', signalOfWords(words), words);
    },
  },
  {
    pattern: /\*\*\* SIG(?<name>[A-Z]+) (?:\(@|received at time|received by)/,
    read: ({ groups = {}, input }, place) => {
      // Paddle prints this line under its own summary.
      if (!input.includes('[SignalInfo:')) report(place, 'glog', `SIG${groups.name}`, `SIG${groups.name}`);
    },
  },
  {
    pattern: /\] Signal: (?<words>[A-Z][A-Za-z ]+) \(\d+\)/,
    read: ({ groups = {} }, place) => report(place, 'mpi', signalOfWords(groups.words ?? ''), groups.words ?? ''),
  },
];

type Rest = Partial<Pick<Abort, 'frames'>> & { last?: number };

function report(
  place: SignPlace,
  reporter: Abort['reporter'],
  signal: string | null,
  message: string,
  { frames = [], last = place.index }: Rest = {},
): void {
  const first = numberAt(place, place.index);
  add(place.reports.aborts, {
    reporter,
    signal,
    message: message.trim(),
    frames,
    rank: rankAt(place),
    lines: [first, numberAt(place, last)],
  });
}

const maxDump = 5_000;
const maxFrames = 100;
const threadHead = /^(?<kind>Current thread|Thread) 0x[0-9a-fA-F]+(?: \[.*\])? \(most recent call first\):/;
const threadFrame = /^ {2}File "(?<file>.*)", line (?<line>\d+|\?\?\?) in (?<fn>.*)$/;
const otherDump = /^(?:\s*$|Python runtime state: | {2}\.\.\.$| {2}<no Python frame>| {2}Garbage-collecting)/;

/** The current thread's stack, turned round; threads before it are passed over. */
function readFaulthandler({ groups = {}, input }: RegExpExecArray, place: SignPlace): void {
  const frames: ParsedFrame[] = [];
  let inCurrent = false;
  let last = place.index;
  for (let index = place.index + 1; index <= place.index + maxDump; index += 1) {
    const text = textAt(place, index);
    if (text === null) break;
    const head = threadHead.exec(text);
    const frame = head ? null : threadFrame.exec(text);
    if (!head && !frame && !otherDump.test(text)) break;
    if (inCurrent && head) break;
    if (head) inCurrent = head.groups?.kind === 'Current thread';
    if (frame && inCurrent && frames.length < maxFrames) frames.push(toFrame(frame.groups ?? {}));
    if (text.trim() !== '') last = index;
  }
  const message = groups.message ?? '';
  const isWindows = input.includes('Windows fatal exception');
  const signal = signalOfWords(message) ?? (isWindows ? null : 'SIGABRT');
  report(place, isWindows ? 'windows' : 'faulthandler', signal, message, { frames: frames.reverse(), last });
}

function toFrame(groups: Record<string, string | undefined>): ParsedFrame {
  const file = groups.file ?? '';
  const line = Number(groups.line);
  return {
    file,
    line: Number.isNaN(line) ? null : line,
    function: groups.fn ?? null,
    source: null,
    inApp: isInApp(file),
  };
}
