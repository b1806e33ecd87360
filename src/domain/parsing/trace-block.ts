// One report being read, line by line: which of the coming lines belong to it, as what, and when it is over. The state is small, bounded
// and JSON-safe, so that a report may be cut by chunks anywhere.
import { type CleanLine, cutText } from './clean-lines.ts';
import {
  isFrameOrnament,
  isLink,
  isMessagePart,
  opensUserStack,
  readBareError,
  readFinal,
  readFrame,
  readHeader,
  startsOtherOutput,
} from './trace-lines.ts';

/** What a kept line is. `other` is kept for people only. */
export type LineRole = 'context' | 'header' | 'inner' | 'frame' | 'source' | 'final' | 'message' | 'link' | 'other';

export interface BlockLine {
  role: LineRole;
  text: string;
  number: number;
}

export interface OpenBlock {
  rank: number | null;
  /** frames: no final line yet. message: after it. linked: after a chain's link. */
  phase: 'frames' | 'message' | 'linked';
  /** Opened by an exception's line alone: only lines that clearly go on with it are taken. */
  bare: boolean;
  /** Columns by which the whole report is indented. */
  indent: number;
  /** A frame stood at column 0: the text lost its indentation, and source lines do too. */
  flat: boolean;
  lines: BlockLine[];
  /** Characters in `lines`. */
  size: number;
  /** Lines left out of the middle of a very long report. */
  leftOut: number;
  /** Number of the first and last line. */
  first: number;
  last: number;
  /** Empty lines that may still turn out to belong to the message. */
  blanks: number;
  /** Foreign lines met between the frames of the current exception. */
  foreign: number;
  /** Characters of the current message; what goes beyond the limit is not kept. */
  messageSize: number;
  /** The message holds a user stack, so frames may follow in it. */
  userStack: boolean;
  /** Last step that the source's log lines named before the report. */
  step: number | null;
}

export const maxMessageLength = 8_000;
const maxBlockLines = 500;
const maxBlockSize = 64 * 1024;
/** Lines kept from the start of a report that is too long; the others are its newest. */
const keptHead = 100;
/** Room for the line that says how many were left out. */
const noticeSize = 40;
const maxForeignLines = 50;
const maxBlanks = 5;

type Verdict = 'taken' | 'over';

/** Opens a report at a header, at a frame (its head was cut off) or at an exception's line alone; null when the line is none of these. */
export function openBlock(line: CleanLine, otherOutput: boolean, step: number | null): OpenBlock | null {
  const header = readHeader(line.text);
  const frame = header ? null : readFrame(line.text);
  if (header || frame) {
    const indent = header ? header.indent : Math.max(0, (frame?.indent ?? 0) - 2);
    const block = emptyBlock(line, step, { phase: 'frames', bare: false, indent });
    if (frame) block.flat = frame.indent === 0;
    keep(block, line, header ? 'header' : 'frame');
    return block;
  }
  if (otherOutput || startsOtherOutput(line.text) || !readBareError(line.text)) return null;
  const block = emptyBlock(line, step, { phase: 'message', bare: true, indent: 0 });
  keep(block, line, 'final');
  return block;
}

function emptyBlock(line: CleanLine, step: number | null, start: Pick<OpenBlock, 'phase' | 'bare' | 'indent'>): OpenBlock {
  const counts = { size: 0, leftOut: 0, blanks: 0, foreign: 0, messageSize: 0 };
  return { rank: line.rank, ...start, ...counts, flat: false, lines: [], first: line.number, last: line.number, userStack: false, step };
}

/** Offers the next line of the block's stream. `over`: the block ended before this line, which has not been looked at otherwise. */
export function continueBlock(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const own = { ...line, text: withoutIndent(line.text, block.indent) };
  if (block.phase === 'frames') return continueFrames(block, own, otherOutput);
  if (block.phase === 'linked') return continueLinked(block, own, otherOutput);
  return continueMessage(block, own, otherOutput);
}

function withoutIndent(text: string, indent: number): string {
  return indent > 0 && text.slice(0, indent).trim() === '' ? text.slice(indent) : text;
}

/** Other output may stand between frames (stdout and stderr share the console); a new header ends a block that got no final line. */
function continueFrames(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const { text } = line;
  if (readHeader(text)) return 'over';
  const frame = readFrame(text);
  if (frame) {
    block.flat = frame.indent === 0;
    return keep(block, line, 'frame');
  }
  if (text.trim() === '') return 'taken';
  if (otherOutput || startsOtherOutput(text)) return meetForeign(block);
  const hasFrame = block.lines.some(({ role }) => role === 'frame');
  if (/^\s/.test(text)) return hasFrame ? keep(block, line, isFrameOrnament(text) ? 'other' : 'source') : meetForeign(block);
  if (readFinal(text, block.flat || block.foreign > 0 || block.lines[0]?.role === 'frame')) return keepFinal(block, line);
  if (block.flat && block.lines.at(-1)?.role === 'frame') return keep(block, line, 'source');
  return meetForeign(block);
}

function meetForeign(block: OpenBlock): Verdict {
  block.foreign += 1;
  return block.foreign > maxForeignLines ? 'over' : 'taken';
}

/** A link promises another exception: its traceback, or its line alone when it was never raised. */
function continueLinked(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const { text } = line;
  if (text.trim() === '') return keep(block, line, 'other');
  const header = readHeader(text);
  if (header || readFrame(text)) {
    block.phase = 'frames';
    block.foreign = 0;
    return keep(block, line, header ? 'header' : 'frame');
  }
  if (otherOutput || startsOtherOutput(text)) return meetForeign(block);
  return readFinal(text, true) ? keepFinal(block, line) : 'over';
}

/**
 * str(exception) is printed raw and may hold anything, even empty lines: a message goes on until something else is recognised, or
 * until an empty line that nothing known to continue a message follows.
 */
function continueMessage(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const { text } = line;
  if (text.trim() === '') {
    block.blanks += 1;
    return block.blanks > maxBlanks ? 'over' : 'taken';
  }
  if (isLink(text)) {
    keepBlanks(block, line.number, 'other');
    block.phase = 'linked';
    block.bare = false;
    block.foreign = 0;
    return keep(block, line, 'link');
  }
  const header = readHeader(text);
  if (header?.kind === 'inner') return openInner(block, line);
  if (header && isRemoteWrapper(block)) return restart(block, line);
  if (header || otherOutput || startsOtherOutput(text)) return 'over';
  if (text.trim() === '"""') return keep(block, line, 'other');
  if (!goesOn(block, text)) return 'over';
  keepBlanks(block, line.number, 'message');
  if (opensUserStack(text)) block.userStack = true;
  return keep(block, line, 'message');
}

function goesOn(block: OpenBlock, text: string): boolean {
  if (isMessagePart(text)) return true;
  const indented = /^\s/.test(text);
  if (readFrame(text)) return block.userStack || (block.blanks === 0 && !block.bare);
  if (block.bare) return indented && block.blanks === 0;
  return block.blanks === 0 || indented;
}

/** The rest of the message is itself a traceback: the exception as it was raised in another process. */
function openInner(block: OpenBlock, line: CleanLine): Verdict {
  keepBlanks(block, line.number, 'message');
  block.phase = 'frames';
  block.bare = false;
  block.foreign = 0;
  return keep(block, line, 'inner');
}

/** multiprocessing and concurrent.futures wrap the original traceback: `...RemoteTraceback:`, a line of quotes, the traceback. */
function isRemoteWrapper(block: OpenBlock): boolean {
  return block.bare && /RemoteTraceback:?\s*$/.test(block.lines.find(({ role }) => role === 'final')?.text ?? '');
}

function restart(block: OpenBlock, line: CleanLine): Verdict {
  for (const kept of block.lines) if (kept.role === 'final') kept.role = 'other';
  block.phase = 'frames';
  block.bare = false;
  block.blanks = 0;
  return keep(block, line, 'header');
}

function keepFinal(block: OpenBlock, line: CleanLine): Verdict {
  block.phase = 'message';
  block.messageSize = 0;
  block.userStack = false;
  return keep(block, line, 'final');
}

function keepBlanks(block: OpenBlock, before: number, role: LineRole): void {
  for (let i = block.blanks; i > 0; i -= 1) keep(block, { text: '', number: before - i, rank: block.rank }, role);
  block.blanks = 0;
}

function keep(block: OpenBlock, line: CleanLine, role: LineRole): Verdict {
  block.last = line.number;
  if (role === 'message') block.messageSize += line.text.length + 1;
  if (role === 'message' && block.messageSize > maxMessageLength + line.text.length + 1) return 'taken';
  const text = cutText(line.text, maxMessageLength);
  block.lines.push({ role, text, number: line.number });
  block.size += text.length + 1;
  shorten(block);
  return 'taken';
}

function shorten(block: OpenBlock): void {
  const isTooLong = () => {
    const notice = block.leftOut > 0 ? 1 : 0;
    return block.lines.length + notice > maxBlockLines || block.size + notice * noticeSize > maxBlockSize;
  };
  while (isTooLong() && block.lines.length > 2) {
    const [removed] = block.lines.splice(Math.min(keptHead, block.lines.length - 2), 1);
    block.size -= (removed?.text.length ?? 0) + 1;
    block.leftOut += 1;
  }
}
