// One report being read, line by line: which of the coming lines belong to it, as what, and when it is over.
import { type CleanLine, cutText } from './clean-lines.ts';
import { prefixBefore, shapeOf } from './line-prefix.ts';
import { keepLine, type LineRole, maxFrameLine, type OpenBlock } from './open-block.ts';
import {
  isDressedHeader,
  isGroupHeader,
  isTreeLine,
  readArrow,
  readDressedFrame,
  readSeparator,
  withoutTree,
} from './other-stacks.ts';
import {
  announcesInner,
  type FrameLine,
  isFrameOrnament,
  isLeftOutNotice,
  isLink,
  isMessagePart,
  isValueDrawing,
  opensUserStack,
  readBareError,
  readFinal,
  readFrame,
  readHeader,
  startsOtherOutput,
} from './trace-lines.ts';

/** Lines of other output that may stand between two lines of a report. */
export const maxForeignLines = 50;
const maxBlanks = 5;

type Verdict = 'taken' | 'over';

/** What the reader knows besides the line itself. */
export interface LineSetting {
  /** The line was recognised as a metric line. */
  isMetricLine: boolean;
  /** Last step known before the line. */
  step: number | null;
  context: string[];
}

/** Opens a report at a header, at a frame (its head was cut off) or at an exception's line alone; null when the line is none of these. */
export function openBlock(line: CleanLine, setting: LineSetting): OpenBlock | null {
  const dressed = openDressed(line, setting);
  if (dressed) return dressed;
  const header = readHeader(line.text);
  const frame = header ? null : readFrameLine(line.text);
  if (header || frame) {
    const indent = header ? header.indent : Math.max(0, (frame?.indent ?? 0) - 2);
    const block = emptyBlock(line, setting, { phase: 'frames', bare: false, indent });
    if (frame) block.flat = frame.indent === 0;
    const prefix = header ? prefixBefore(line.text, 'Traceback (') : null;
    if (prefix !== null) block.prefix = { shape: shapeOf(prefix), isSure: false };
    keep(block, { ...line, text: withoutIndent(line.text, indent) }, header ? 'header' : 'frame');
    return block;
  }
  const late = openAtPrefixedFrame(line, setting);
  if (late) return late;
  if (setting.isMetricLine || !line.text.includes(': ')) return null;
  if (!readBareError(line.text) || startsOtherOutput(line.text)) return null;
  const block = emptyBlock(line, setting, { phase: 'message', bare: true, indent: 0 });
  keep(block, line, 'final');
  return block;
}

function openDressed(line: CleanLine, setting: LineSetting): OpenBlock | null {
  const isTree = isGroupHeader(line.text);
  if (!isTree && !isDressedHeader(line.text)) return null;
  const block = emptyBlock(line, setting, { phase: 'frames', bare: false, indent: 0 });
  block.style = isTree ? 'tree' : 'dressed';
  keep(block, line, 'header');
  return block;
}

/** A frame whose traceback's head was cut off, behind a collector's prefix. */
function openAtPrefixedFrame(line: CleanLine, setting: LineSetting): OpenBlock | null {
  const prefix = line.text.includes('File "') ? prefixBefore(line.text, 'File "') : null;
  if (prefix === null || !readFrameLine(line.text.slice(prefix.length))) return null;
  const [, own = '', spaces = ''] = /^(.*?\S ?)( *)$/.exec(prefix) ?? [];
  const block = emptyBlock(line, setting, { phase: 'frames', bare: false, indent: 0 });
  block.flat = spaces.length === 0;
  block.prefix = { shape: shapeOf(own), isSure: false };
  keep(block, { ...line, text: line.text.slice(own.length) }, 'frame');
  return block;
}

function emptyBlock(
  line: CleanLine,
  setting: LineSetting,
  start: Pick<OpenBlock, 'phase' | 'bare' | 'indent'>,
): OpenBlock {
  const counts = { size: 0, leftOut: 0, blanks: 0, foreign: 0, messageSize: 0, messageLines: 0 };
  const place = { first: line.number, last: line.number, step: setting.step, context: setting.context };
  const kind = { style: 'python', prefix: null, flat: false, userStack: false } as const;
  return { rank: line.rank, ...start, ...counts, ...place, ...kind, lines: [] };
}

/** Offers the next line of the block's stream. `over`: the block ended before this line, which has not been looked at otherwise. */
export function continueBlock(block: OpenBlock, line: CleanLine, isMetricLine: boolean): Verdict {
  const otherOutput = isMetricLine || startsOtherOutput(line.text);
  if (block.style === 'tree' && isTreeLine(line.text)) return continueTree(block, line);
  const own = { ...line, text: withoutIndent(line.text, block.indent) };
  if (block.style === 'dressed' && block.phase === 'frames') return continueDressed(block, own, otherOutput);
  if (block.phase === 'frames') return continueFrames(block, own, otherOutput);
  if (block.phase === 'linked') return continueLinked(block, own, otherOutput);
  return continueMessage(block, own, otherOutput);
}

/** A line of a group's tree: a rule begins the next member, anything else means what it means without the tree. */
function continueTree(block: OpenBlock, line: CleanLine): Verdict {
  const separator = readSeparator(line.text);
  if (separator) {
    block.phase = separator.closesGroup ? 'message' : 'frames';
    block.foreign = 0;
    return keep(block, line, 'member');
  }
  const text = withoutTree(line.text);
  if (text.trim() === '') return keep(block, line, 'other');
  if (isLink(text)) return openLinked(block, line);
  if (readHeader(text)) {
    block.phase = 'frames';
    return keep(block, line, 'header');
  }
  if (block.phase === 'message') return keep(block, line, 'message');
  if (readFrameLine(text)) return keep(block, line, 'frame');
  if (/^\s/.test(text)) return keep(block, line, isFrameOrnament(text) ? 'other' : 'source');
  return readFinal(text, false) ? keepFinal(block, line) : keep(block, line, 'other');
}

/** Between frames stand numbered source lines, of which the arrow's is the one that ran. */
function continueDressed(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const { text } = line;
  if (isDressedHeader(text) || readHeader(text)) return 'over';
  if (readDressedFrame(text) ?? readFrameLine(text)) return keep(block, line, 'frame');
  if (readArrow(text)) return keep(block, line, 'source');
  if (text.trim() === '') return 'taken';
  if (otherOutput) return meetForeign(block);
  if (/^[\s│|╭╰]/.test(text)) return keep(block, line, 'other');
  return readFinal(text, false) ? keepFinal(block, line) : meetForeign(block);
}

function readFrameLine(text: string): FrameLine | null {
  return readFrame(cutText(text, maxFrameLine));
}

function withoutIndent(text: string, indent: number): string {
  return indent > 0 && text.slice(0, indent).trim() === '' ? text.slice(indent) : text;
}

/** Other output may stand between frames (stdout and stderr share the console); a new header ends a block that got no final line. */
function continueFrames(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const { text } = line;
  if (readHeader(text)) return 'over';
  const frame = readFrameLine(text);
  if (frame) return keepFrame(block, line, frame);
  if (text.trim() === '' || isValueDrawing(text)) return 'taken';
  if (otherOutput) return meetForeign(block);
  const hasFrame = block.lines.some(({ role }) => role === 'frame');
  if (/^\s/.test(text))
    return hasFrame ? keep(block, line, isFrameOrnament(text) ? 'other' : 'source') : meetForeign(block);
  if (readFinal(text, block.flat || block.foreign > 0 || block.lines[0]?.role === 'frame'))
    return keepFinal(block, line);
  if (block.flat && block.lines.at(-1)?.role === 'frame') return keep(block, line, 'source');
  return meetForeign(block);
}

/** The first frame shows by how much a report is indented whose header stands behind other text. */
function keepFrame(block: OpenBlock, line: CleanLine, frame: FrameLine): Verdict {
  const { indent } = frame;
  const extra = block.lines.at(-1)?.role === 'header' && indent > 2 ? indent - 2 : 0;
  block.indent += extra;
  block.flat = indent === 0;
  return keep(block, { ...line, text: withoutIndent(line.text, extra) }, 'frame');
}

function meetForeign(block: OpenBlock): Verdict {
  block.foreign += 1;
  return block.foreign > maxForeignLines ? 'over' : 'taken';
}

/** A link promises another exception: its traceback, or its line alone when it was never raised. */
function continueLinked(block: OpenBlock, line: CleanLine, otherOutput: boolean): Verdict {
  const { text } = line;
  if (text.trim() === '' || isLink(text)) return keep(block, line, text.trim() === '' ? 'other' : 'link');
  const header = readHeader(text);
  if (header || isDressedHeader(text) || readFrameLine(text)) {
    if (isDressedHeader(text)) block.style = 'dressed';
    block.phase = 'frames';
    block.foreign = 0;
    return keep(block, line, header || isDressedHeader(text) ? 'header' : 'frame');
  }
  if (otherOutput) return meetForeign(block);
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
  if (isLink(text) || isLeftOutNotice(text)) return openLinked(block, line);
  const header = readHeader(text);
  if (header?.kind === 'inner' || (header && announcesInner(lastText(block)))) return openInner(block, line);
  if (header || isDressedHeader(text) || otherOutput) return 'over';
  if (text.trim() === '"""') return keep(block, line, 'other');
  if (!goesOn(block, text)) return 'over';
  keepBlanks(block, line.number, 'message');
  if (opensUserStack(text)) block.userStack = true;
  return keep(block, line, 'message');
}

/** Also after the notice of left-out lines, which this reader writes into the text of a report that is too long. */
function openLinked(block: OpenBlock, line: CleanLine): Verdict {
  keepBlanks(block, line.number, 'other');
  block.phase = 'linked';
  block.bare = false;
  block.foreign = 0;
  return keep(block, line, isLink(line.text) ? 'link' : 'other');
}

function goesOn(block: OpenBlock, text: string): boolean {
  if (isMessagePart(text) || hasSaidNothing(block)) return true;
  const indented = /^\s/.test(text);
  if (readFrameLine(text)) return block.userStack || (block.blanks === 0 && !block.bare);
  if (block.bare) return indented && block.blanks === 0;
  return block.blanks === 0 || indented;
}

/** Paddle's messages begin with an empty line, and so does the summary inside them after its bare `ResourceExhaustedError:`. */
function hasSaidNothing(block: OpenBlock): boolean {
  return !block.bare && /^[\w.]*(?:Error|Exception|EnforceNotMet):\s*$/.test(lastText(block));
}

/** The last line that is not empty. */
function lastText(block: OpenBlock): string {
  return block.lines.findLast(({ text }) => text.trim() !== '')?.text ?? '';
}

/** The rest of the message is itself a traceback: the exception as it was raised in another process. */
function openInner(block: OpenBlock, line: CleanLine): Verdict {
  keepBlanks(block, line.number, 'message');
  block.phase = 'frames';
  block.bare = false;
  block.foreign = 0;
  return keep(block, line, 'inner');
}

function keepFinal(block: OpenBlock, line: CleanLine): Verdict {
  block.phase = 'message';
  block.messageSize = 0;
  block.messageLines = 0;
  block.userStack = false;
  return keep(block, line, 'final');
}

function keepBlanks(block: OpenBlock, before: number, role: LineRole): void {
  for (let i = block.blanks; i > 0; i -= 1) keep(block, { text: '', number: before - i, rank: block.rank }, role);
  block.blanks = 0;
}

function keep(block: OpenBlock, line: CleanLine, role: LineRole): Verdict {
  keepLine(block, line, role);
  return 'taken';
}
