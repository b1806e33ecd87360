// What NCCL's watchdog thread says (torch ProcessGroupNCCL.cpp, 1.13 to 2.9). Each rank says it several times.
import type { WatchdogRecord } from '../types.ts';
import { add, numberAt, numberIn, rankAt, type Sign, type SignPlace } from './sign.ts';

const rankInText = /\bRank (\d+)\]/;
const work = /SeqNum=(\d+), OpType=(\w+)/;
const times = /Timeout\(ms\)=(\d+)\)(?: ran for (\d+) milliseconds)?/;
const progress = /last enqueued(?: NCCL)? work: (-?\d+), last completed(?: NCCL)? work: (-?\d+)/i;

export const watchdogSigns: Sign[] = [
  {
    pattern: /Watchdog caught collective operation timeout: (?<message>.*)/,
    read: (found, place) => record('timeout', found, place),
  },
  {
    pattern: /watchdog thread terminated with exception: (?<message>.*)/,
    read: (found, place) => record('exception', found, place),
  },
  {
    pattern: /(?<message>Exception \(either an error or timeout\) detected by watchdog.*|Timeout at NCCL work: .*)/,
    read: (found, place) => record('timeout', found, place),
  },
  {
    pattern:
      /(?<message>ProcessGroupNCCL's watchdog got stuck.*|Terminating the process after attempting to dump debug info.*|Heartbeat monitor timed out.*)/,
    read: (found, place) => record('heartbeat', found, place),
  },
];

function record(kind: WatchdogRecord['kind'], found: RegExpExecArray, place: SignPlace): void {
  const text = found.input;
  const message = found.groups?.message ?? '';
  const number = numberAt(place, place.index);
  const rank = numberIn(rankInText.exec(text)?.[1]) ?? rankAt(place);
  const seq = numberIn(work.exec(text)?.[1]);
  const known = place.reports.watchdogs.find((other) => isSame(other, { kind, rank, seq, message }));
  const [, enqueued, completed] = progress.exec(text) ?? [];
  if (known) {
    known.count += 1;
    known.lines[1] = number;
    known.lastEnqueued ??= numberIn(enqueued);
    known.lastCompleted ??= numberIn(completed);
    return;
  }
  const [, timeout, ran] = times.exec(text) ?? [];
  add(place.reports.watchdogs, {
    kind,
    rank,
    seq,
    operation: work.exec(text)?.[2] ?? null,
    timeoutMs: numberIn(timeout),
    ranMs: numberIn(ran),
    lastEnqueued: numberIn(enqueued),
    lastCompleted: numberIn(completed),
    message,
    count: 1,
    lines: [number, number],
  });
}

/** A timeout without a SeqNum belongs to the rank's timeout that has one. */
function isSame(other: WatchdogRecord, own: Pick<WatchdogRecord, 'kind' | 'rank' | 'seq' | 'message'>): boolean {
  if (other.kind !== own.kind || other.rank !== own.rank) return false;
  if (own.kind === 'timeout') return own.seq === null || other.seq === own.seq;
  return other.message === own.message;
}
