// A finished report, built from the lines that continue-block.ts recognised.
import { cutText } from './clean-lines.ts';
import { rankOfPrefix } from './line-prefix.ts';
import { type BlockLine, countHeadLines, maxMessageLength, type OpenBlock } from './open-block.ts';
import { isTreeLine, readArrow, readDressedFrame, readSeparator, withoutTree } from './other-stacks.ts';
import { isCauseLink, isInApp, leftOutNoticeFor, readFinal, readFrame } from './trace-lines.ts';
import type { ChainLink, ParsedException, ParsedFrame, ParsedTrace } from './types.ts';

const maxSourceLength = 1_000;

/** An exception while its lines are read; without a type it was never seen to be raised. */
interface Draft {
  type: string | null;
  message: string[];
  frames: ParsedFrame[];
  first: number;
  last: number;
  link: ChainLink;
}

/** An exception that was raised after those that its lines announce: a quoted traceback, or the members of a group. */
interface Outer {
  draft: Draft;
  link: 'quoted' | 'member';
  /** Column of the group's rules. */
  depth: number;
}

/** A line of the block; `inTree` when it stood in a group's tree. */
type ChainLine = BlockLine & { inTree?: boolean };

/** The chain of a block, oldest exception first; null when the block ended before any exception's line. */
export function buildTrace(block: OpenBlock): ParsedTrace | null {
  const rank = block.rank ?? (block.prefix?.isSure ? rankOfPrefix(block.prefix.shape) : null);
  const lines = block.style === 'tree' ? block.lines.map(withoutItsTree) : block.lines;
  const chain = buildChain(lines).map((draft, index) => toException(draft, rank, index === 0 ? null : draft.link));
  return chain.length === 0 ? null : { chain, rank, lines: [block.first, block.last], echo: null };
}

function withoutItsTree(line: BlockLine): ChainLine {
  const inTree = isTreeLine(line.text);
  return line.role === 'member' || !inTree ? line : { ...line, text: withoutTree(line.text), inTree };
}

/** The block's lines without other output, as one text that reads as the same report. */
export function blockText(block: OpenBlock): string {
  const lines = block.lines.map(({ text }) => text);
  if (block.leftOut > 0) lines.splice(countHeadLines(block), 0, leftOutNoticeFor(block.leftOut));
  return `${[...block.context, ...lines].join('\n')}\n`;
}

/**
 * An exception whose message holds the traceback of another one was raised after it, and so was a group after its members: the inner ones
 * go into the chain first. A quoting message keeps the whole text, as Python has it.
 */
function buildChain(lines: ChainLine[]): Draft[] {
  const chain: Draft[] = [];
  const outers: Outer[] = [];
  let current: Draft | null = null;
  let link: ChainLink = 'context';
  const finish = (depth: number) => {
    if (current?.type != null) chain.push(current);
    current = null;
    while ((outers.at(-1)?.depth ?? -1) > depth) {
      const outer = outers.pop();
      if (outer?.draft.type != null) chain.push({ ...outer.draft, link: outer.link });
    }
  };
  for (const line of lines) {
    const { role, text, number } = line;
    const separator = role === 'member' ? readSeparator(text) : null;
    if (separator?.opensGroup && current) {
      outers.push({ draft: current, link: 'member', depth: separator.depth });
      current = null;
    } else if (separator) finish(separator.depth);
    if (separator) link = 'member';
    const startsAnother = role === 'header' || role === 'link' || (role === 'frame' && current?.type != null);
    if (startsAnother) finish(line.inTree ? (outers.at(-1)?.depth ?? -1) : -1);
    if (role === 'link') link = isCauseLink(text) ? 'cause' : 'context';
    if (role === 'link' || role === 'member' || (role === 'other' && current === null)) continue;
    if (role === 'inner' && current) {
      outers.push({ draft: current, link: 'quoted', depth: Number.POSITIVE_INFINITY });
      current = null;
    }
    if (current === null) {
      current = { type: null, message: [], frames: [], first: number, last: number, link };
      link = 'context';
    }
    for (const outer of outers) if (outer.link === 'quoted') extend(outer.draft, number, text);
    addLine(current, line);
  }
  finish(-1);
  return chain;
}

function extend(draft: Draft, number: number, text: string): void {
  draft.message.push(text);
  draft.last = number;
}

function addLine(draft: Draft, { role, text, number }: BlockLine): void {
  if (role === 'frame') draft.frames.push(toFrame(text));
  if (role === 'source') addSource(draft.frames.at(-1), text);
  if (role === 'message') draft.message.push(text);
  if (role === 'final') {
    const final = readFinal(text, false) ?? { type: text, message: '' };
    draft.type = final.type;
    draft.message = [final.message];
  }
  if (role !== 'other') draft.last = number;
}

function toFrame(text: string): ParsedFrame {
  const frame = readFrame(text) ?? readDressedFrame(text);
  const file = frame?.file ?? '';
  return { file, line: frame?.line ?? null, function: frame?.function ?? null, source: null, inApp: isInApp(file) };
}

/** Python 3.13 prints several source lines under a frame. */
function addSource(frame: ParsedFrame | undefined, text: string): void {
  if (!frame) return;
  const arrow = readArrow(text);
  if (arrow) frame.line ??= arrow.line;
  const own = arrow ? arrow.source : text.trim();
  const source = frame.source === null ? own : `${frame.source}\n${own}`;
  frame.source = cutText(source, maxSourceLength);
}

function toException(draft: Draft, rank: number | null, link: ChainLink | null): ParsedException {
  const message = cutText(draft.message.join('\n').trim(), maxMessageLength);
  return { type: draft.type ?? '', message, frames: draft.frames, lines: [draft.first, draft.last], rank, link };
}
