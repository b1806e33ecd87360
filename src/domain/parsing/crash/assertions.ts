// Failed assertions of device kernels: one line per thread, thousands of them, folded into one. CUDA prints "file:line: kernel: block:
// [..], thread: [..] Assertion `c` failed."; Paddle's PADDLE_ENFORCE prints "Error: file:line Assertion `c` failed. value"; HIP quotes 'c'.
import type { AssertionFlood } from '../types.ts';
import { add, numberAt, rankAt, type Sign, type SignPlace, textAt } from './sign.ts';

export const assertionSigns: Sign[] = [
  {
    pattern:
      /^(?<file>.{1,400}?):(?<line>\d+): (?:(?<kernel>.{1,3000}?): )?block: \[\d+,\d+,\d+\], thread: \[\d+,\d+,\d+\] Assertion `(?<condition>.*)` failed\.(?<message>.*)$/,
    read: readAssertion,
  },
  {
    pattern: /^(?:.{0,400}?Error: )?(?<file>\S+):(?<line>\d+) Assertion `(?<condition>.*)` failed\.(?<message>.*)$/,
    read: readAssertion,
  },
  {
    pattern:
      /^(?<file>\S+):(?<line>\d+): (?<kernel>.{1,3000}?): Device-side assertion `(?<condition>.*)' failed\.(?<message>.*)$/,
    read: readAssertion,
  },
];

function readAssertion({ groups = {} }: RegExpExecArray, place: SignPlace): void {
  const { condition = '', line = '', message = '', kernel = null } = groups;
  // A progress bar may stand before the file on the same line.
  const file = /[^\s\]|]+$/.exec(groups.file ?? '')?.[0] ?? '';
  const rank = rankAt(place);
  const number = numberAt(place, place.index);
  const same = (other: AssertionFlood) =>
    other.condition === condition && other.file === file && other.line === Number(line) && other.rank === rank;
  const known = place.reports.assertions.find(same);
  if (known) {
    known.count += 1;
    known.lines[1] = number;
    return;
  }
  const text = (textAt(place, place.index) ?? '').slice(0, 1_000);
  const flood = { text, condition, message: message.trim(), file, line: Number(line), kernel, count: 1, rank };
  add(place.reports.assertions, { ...flood, lines: [number, number] });
}
