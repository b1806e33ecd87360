// The lines of one report while it is being read. Small, bounded and JSON-safe, so that a report may be cut by chunks anywhere.
import { type CleanLine, cutText } from './clean-lines.ts';

/** What a kept line is. `member` is the rule above a member of an exception group; `other` is kept for people only. */
export type LineRole = 'header' | 'inner' | 'member' | 'frame' | 'source' | 'final' | 'message' | 'link' | 'other';

export interface BlockLine {
  role: LineRole;
  text: string;
  number: number;
}

export interface OpenBlock {
  rank: number | null;
  /** frames: no final line yet. message: after it. linked: after a chain's link. */
  phase: 'frames' | 'message' | 'linked';
  /** `dressed`: an IPython or boxed traceback. `tree`: an exception group, whose lines keep their tree. */
  style: 'python' | 'dressed' | 'tree';
  /** What a collector of logs puts before each of the block's lines; `isSure` once a second line has had it. Null when there is none. */
  prefix: { shape: string; isSure: boolean } | null;
  /** Opened by an exception's line alone: only lines that clearly go on with it are taken. */
  bare: boolean;
  /** Columns by which the whole report is indented. */
  indent: number;
  /** A frame stood at column 0: the text lost its indentation, and source lines do too. */
  flat: boolean;
  lines: BlockLine[];
  /** Lines that told of a crash shortly before, such as a device's failed assertions: they name the cause of what surfaces later. */
  context: string[];
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
  /** Characters and lines of the current message; what goes beyond the limits is not kept. */
  messageSize: number;
  messageLines: number;
  /** The message holds a user stack, so frames may follow in it. */
  userStack: boolean;
  /** Last step that the source's log lines named before the report. */
  step: number | null;
}

export const maxMessageLength = 8_000;
const maxMessageLines = 200;
/** Longest frame and source line that is kept. */
export const maxFrameLine = 1_000;
const maxBlock = { lines: 500, size: 64 * 1024 };
/** A report that is too long is shortened to this, so that it need not be done again for each further line. */
const shortBlock = { lines: 400, size: 56 * 1024 };
/** What is kept from the start of a report that is too long; the rest are its newest lines. */
const maxHeadLines = 100;
const maxHeadSize = 16 * 1024;
/** Room for the line that says how many were left out. */
const noticeSize = 40;

/** Adds a line; what is beyond the limits of its message, or in the middle of a very long report, is left out. */
export function keepLine(block: OpenBlock, line: CleanLine, role: LineRole): void {
  block.last = line.number;
  if (role === 'message' && isMessageFull(block, line.text)) return;
  const text = cutText(line.text, role === 'frame' || role === 'source' ? maxFrameLine : maxMessageLength);
  block.lines.push({ role, text, number: line.number });
  block.size += text.length + 1;
  if (exceeds(block, maxBlock)) shorten(block);
}

/** The line that reaches the limit is still kept; the message is cut when the report is built. */
function isMessageFull(block: OpenBlock, text: string): boolean {
  const full = block.messageSize >= maxMessageLength || block.messageLines >= maxMessageLines;
  block.messageSize += text.length + 1;
  block.messageLines += 1;
  return full;
}

function exceeds(block: OpenBlock, most: { lines: number; size: number }): boolean {
  const notice = block.leftOut > 0 ? 1 : 0;
  return block.lines.length + notice > most.lines || block.size + notice * noticeSize > most.size;
}

/** Leaves out the oldest lines after the head, up to a line that can stand after the notice. */
function shorten(block: OpenBlock): void {
  const head = countHeadLines(block);
  const canFollow = () => ['frame', 'header', 'inner', 'final', 'link'].includes(block.lines[head]?.role ?? 'frame');
  while (head < block.lines.length && (exceeds(block, shortBlock) || !canFollow())) {
    const [removed] = block.lines.splice(head, 1);
    block.size -= (removed?.text.length ?? 0) + 1;
    block.leftOut += 1;
  }
}

/** How many lines stand before the notice of left-out lines. */
export function countHeadLines(block: OpenBlock): number {
  let size = 0;
  const end = block.lines.findIndex(({ text }, index) => {
    size += text.length + 1;
    return index >= maxHeadLines || size > maxHeadSize;
  });
  return end === -1 ? block.lines.length : end;
}
