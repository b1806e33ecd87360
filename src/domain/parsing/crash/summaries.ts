// torchelastic's table of failures (torch/distributed/elastic/multiprocessing/errors): one entry per rank, the root cause apart. Entries
// are read one by one, so that a table whose head or end was cut still gives what is left.
import type { LauncherSummary, RankFailure } from '../types.ts';
import { add, numberAt, numberIn, type Sign, type SignPlace, textAt } from './sign.ts';
import { readStatus } from './signals.ts';

const maxEntryLines = 4;
const maxMessageLines = 200;
const maxMessage = 8_000;
/** Lines between two entries of one table: the longest message, and rules. */
const maxGap = maxMessageLines + 10;

export const summarySigns: Sign[] = [
  { pattern: /^\s*rank\s+: (?<rank>\d+) \(local_rank: (?<local>\d+)\)/, read: readEntry },
];

function readEntry({ groups = {} }: RegExpExecArray, place: SignPlace): void {
  const { index, reports } = place;
  const before = (name: string) => fieldNear(place, name, -1);
  const status = /^(-?\d+) +\(pid: (\d+)\)/.exec(fieldNear(place, 'exitcode', 1)?.value ?? '');
  const said = readMessage(place);
  const failure: RankFailure = {
    rank: Number(groups.rank),
    localRank: numberIn(groups.local),
    host: before('host')?.value ?? null,
    pid: numberIn(status?.[2]),
    ...(status ? readStatus(Number(status[1])) : { exitCode: null, signal: null }),
    time: before('time')?.value ?? null,
    message: said.message,
  };
  const first = numberAt(place, index - 3);
  const last = numberAt(place, said.last);
  const open = reports.summaries.at(-1);
  const summary = open && first - open.lines[1] <= maxGap ? open : newSummary(place, first);
  if (summary !== open) add(reports.summaries, summary);
  summary.lines[1] = last;
  if (isRoot(place)) summary.failures.unshift(failure);
  else add(summary.failures, failure);
}

function newSummary(place: SignPlace, first: number): LauncherSummary {
  let program: string | null = null;
  for (let step = 1; step <= 10 && program === null; step += 1)
    program = /^\s*(\S.*) FAILED\s*$/.exec(textAt(place, place.index - step) ?? '')?.[1] ?? null;
  return { program, failures: [], lines: [first, first] };
}

/** "name : value" at most four lines before (-1) or after (1) the rank's line. */
function fieldNear(place: SignPlace, name: string, direction: 1 | -1): { value: string; index: number } | null {
  for (let step = 1; step <= maxEntryLines; step += 1) {
    const index = place.index + step * direction;
    const [, key, value] = /^\s*(\w+)\s*: ?(.*)$/.exec(textAt(place, index) ?? '') ?? [];
    if (key === name) return { value: (value ?? '').trim(), index };
    if (key === undefined) return null;
  }
  return null;
}

function isRoot(place: SignPlace): boolean {
  for (let step = 1; step <= 5; step += 1) if (/Root Cause/.test(textAt(place, place.index - step) ?? '')) return true;
  return false;
}

/** The error file's text goes on until the next entry, a rule or an empty line. */
function readMessage(place: SignPlace): { message: string | null; last: number } {
  const field = fieldNear(place, 'traceback', 1);
  if (!field) return { message: null, last: place.index };
  const lines = [field.value];
  let last = field.index;
  while (lines.length < maxMessageLines) {
    const text = textAt(place, last + 1);
    if (text === null || text.trim() === '' || /^\s*(?:\[\d+\]:|[-=]{10,})\s*$/.test(text)) break;
    lines.push(text);
    last += 1;
  }
  const message = lines.join('\n').slice(0, maxMessage);
  return { message: /^To enable traceback see/.test(message) ? null : message, last };
}
