// Errors that native code reports. Paddle: paddle/common/enforce.h (summary with hint, place, operator; short form in brackets). torch:
// c10/util/Exception.cpp ("Exception raised from"), and what an uncaught C++ exception prints. glog: failed CHECKs.
import type { NativeError } from '../types.ts';
import { add, numberAt, rankAt, type Sign, type SignPlace, textAt } from './sign.ts';

const maxMessage = 8_000;
const maxMessageLines = 100;
const maxStack = 100;
const kinds =
  'InvalidArgument|NotFound|OutOfRange|AlreadyExists|ResourceExhausted|PreconditionNotMet|PermissionDenied|ExecutionTimeout|Unimplemented|Unavailable|Fatal|External|InvalidType';

export const nativeErrorSigns: Sign[] = [
  { pattern: /^\s*Error Message Summary:/, read: readPaddleSummary },
  {
    pattern: new RegExp(
      `^(?:.{0,200}?\\s)?[\\w.]{1,200}(?:Error|EnforceNotMet): \\((?<kind>${kinds})\\) (?<message>.*)$`,
    ),
    read: readPaddleShort,
  },
  { pattern: /terminate called after throwing an instance of '(?<type>[^']+)'/, read: readUncaught },
  { pattern: /Exception raised from (?<fn>.{1,2000}) at (?<file>\S+):(?<line>\d+)/, read: readRaised },
  { pattern: /(?<file>[\w./\\-]+):(?<line>\d+)\] (?<message>Check failed: .*)$/, read: readCheck },
  {
    pattern: /THCudaCheck FAIL file=(?<file>.+?) line=(?<line>\d+) error=\d+ : (?<message>.*)$/,
    read: readCheck,
  },
];

type Found = Pick<NativeError, 'origin' | 'type' | 'message'> & Partial<NativeError>;

function report(place: SignPlace, last: number, found: Found): void {
  const first = numberAt(place, place.index);
  add(place.reports.nativeErrors, {
    hint: null,
    operator: null,
    place: null,
    stack: [],
    rank: rankAt(place),
    lines: [first, numberAt(place, last)],
    ...found,
  });
}

const signalText = /is detected by the operating system|A serious error \(|Termination signal/;

/** The message begins after a rule, and ends at an empty line that nothing indented follows. A signal's summary is an abort. */
function readPaddleSummary(_found: RegExpExecArray, place: SignPlace): void {
  let index = place.index + 1;
  while (index <= place.index + 4 && /^[\s-]*$/.test(textAt(place, index) ?? 'end')) index += 1;
  const { text, last } = readMessage(place, index);
  if (text === '' || signalText.test(text)) return;
  const [, type = null, message = text] = /^([A-Za-z]\w*): ?([\s\S]*)$/.exec(text) ?? [];
  report(place, last, { origin: 'paddle', type, ...takeApart(message), stack: paddleStackBefore(place) });
}

function readPaddleShort({ groups = {} }: RegExpExecArray, place: SignPlace): void {
  const rest = readMessage(place, place.index + 1, true);
  const message = [groups.message, rest.text].filter((part) => part !== '').join('\n');
  report(place, rest.last, { origin: 'paddle', type: `${groups.kind}Error`, ...takeApart(message) });
}

/** Lines from `index` on that belong to a message; with `onlyIndented` those that Paddle indents. */
function readMessage(place: SignPlace, index: number, onlyIndented = false): { text: string; last: number } {
  const lines: string[] = [];
  while (lines.length < maxMessageLines) {
    const text = textAt(place, index + lines.length);
    if (text === null || text.trim() === '' || (onlyIndented && !/^\s+\[/.test(text))) break;
    lines.push(text);
  }
  return { text: lines.join('\n').slice(0, maxMessage), last: index + Math.max(0, lines.length - 1) };
}

/** Separates Paddle's message from hint, place and operator, which stand at its end in this order. */
function takeApart(text: string): Pick<NativeError, 'message' | 'hint' | 'place' | 'operator'> {
  const operator = /\[(?:operator|GradNode) < ([^>]{1,200}?) > error\]/.exec(text);
  const at = /(?:\(at |\bat \[|\bat \()([^\s()[\]]{1,500}):(\d{1,9})[)\]]/.exec(text);
  const hint = /\[(?:Hint|Advise): ((?:[^[\]]|\[[^[\]]*\])*)\]?/.exec(text);
  const end = Math.min(...[operator, at, hint].map((found) => found?.index ?? text.length));
  return {
    message: text.slice(0, end).trim(),
    hint: hint?.[1]?.trim() ?? null,
    place: at ? { file: at[1] ?? '', line: Number(at[2]) } : null,
    operator: operator?.[1] ?? null,
  };
}

/** The native stack stands above the summary; its head says "C++ Traceback" or, in 1.x, "C++ Call Stacks". */
function paddleStackBefore(place: SignPlace): string[] {
  const stack: string[] = [];
  for (let index = place.index - 1; index >= 0 && place.index - index < 400; index -= 1) {
    const text = textAt(place, index) ?? '';
    if (/C\+\+ (?:Traceback|Call Stacks)/.test(text)) return stack.reverse().slice(-maxStack);
    const symbol = /^\s*\d+\s+(\S.*)$/.exec(text)?.[1];
    if (symbol) stack.push(symbol);
  }
  return [];
}

const maxWhatDistance = 6;

/** `what():` follows, sometimes after lines of other threads. */
function readUncaught({ groups = {} }: RegExpExecArray, place: SignPlace): void {
  let index = place.index + 1;
  const isWhat = () => /^\s*what\(\):/.test(textAt(place, index) ?? '');
  while (index < place.index + maxWhatDistance && !isWhat()) index += 1;
  const lines: string[] = [];
  if (isWhat()) {
    lines.push((textAt(place, index) ?? '').replace(/^\s*what\(\):\s*/, ''));
    while (lines.length < maxMessageLines) {
      const text = textAt(place, index + lines.length);
      if (text === null || text.trim() === '' || isStackPart(text)) break;
      lines.push(text);
    }
  }
  const message = lines.join('\n').slice(0, maxMessage);
  const last = lines.length === 0 ? place.index : index + lines.length - 1;
  report(place, last, { origin: 'torch', type: groups.type ?? null, message });
}

function isStackPart(text: string): boolean {
  return /^(?:Exception raised from |frame #\d+: |C\+\+ CapturedTraceback:|#\d+ )/.test(text);
}

/** Adds place and stack to the exception that the lines above printed, or reports one of its own. */
function readRaised({ groups = {} }: RegExpExecArray, place: SignPlace): void {
  const stack: string[] = [];
  let last = place.index;
  while (stack.length < maxStack) {
    const text = textAt(place, last + 1) ?? '';
    const [, old, recent] = /^frame #\d+: (.*?)(?: \+ 0x|$)|^#\d+ (.*?)(?: from .*)?$/.exec(text) ?? [];
    const symbol = old ?? recent;
    if (symbol === undefined && !/^C\+\+ CapturedTraceback:/.test(text)) break;
    if (symbol !== undefined) stack.push(symbol);
    last += 1;
  }
  const at = { file: groups.file ?? '', line: Number(groups.line) };
  const own = numberAt(place, place.index);
  const before = place.reports.nativeErrors.at(-1);
  if (before && before.origin === 'torch' && own - before.lines[1] <= 3 && before.rank === rankAt(place)) {
    before.place ??= at;
    before.stack = stack.reverse();
    before.lines[1] = numberAt(place, last);
    return;
  }
  const [, type = null, message = ''] = /^(?:([\w.]+): )?(.*)$/.exec(firstLineAbove(place)) ?? [];
  report(place, last, { origin: 'torch', type, message, place: at, stack: stack.reverse() });
}

/** The message stands above, at times over an empty line, and begins after an empty line or with its type. */
function firstLineAbove(place: SignPlace): string {
  let best = '';
  for (let step = 1; step <= 12; step += 1) {
    const text = textAt(place, place.index - step);
    if (text === null || (text.trim() === '' && step > 1) || /^\s*File "/.test(text)) break;
    best = text.replace(/^\s*what\(\):\s*/, '');
    if (/^[\w.]+(?:Error|Exception): /.test(text)) break;
  }
  return best;
}

function readCheck({ groups = {} }: RegExpExecArray, place: SignPlace): void {
  const stack: string[] = [];
  let last = place.index;
  for (let index = place.index + 1; index <= place.index + maxStack; index += 1) {
    const text = textAt(place, index);
    const symbol = text === null ? null : /^\s*@\s+(?:0x[0-9a-f]+)?\s*(.*)$/.exec(text)?.[1];
    if (symbol == null && !/^\*\*\* Check failure stack trace|^\S.*[^:]$/.test(text ?? '')) break;
    if (symbol == null && stack.length > 0) break;
    if (symbol != null) {
      stack.push(symbol);
      last = index;
    }
  }
  const message = (groups.message ?? '').slice(0, maxMessage).trim();
  const at = { file: groups.file ?? '', line: Number(groups.line) };
  report(place, last, { origin: 'check', type: null, message, place: at, stack: stack.reverse() });
}
