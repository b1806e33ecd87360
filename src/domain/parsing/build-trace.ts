// A finished report, built from the lines that continue-block.ts recognised.
import { cutText } from './clean-lines.ts';
import { type BlockLine, countHeadLines, maxMessageLength, type OpenBlock } from './open-block.ts';
import { isInApp, leftOutNoticeFor, readFinal, readFrame } from './trace-lines.ts';
import type { ParsedException, ParsedFrame, ParsedTrace } from './types.ts';

const maxSourceLength = 1_000;

/** An exception while its lines are read; without a type it was never seen to be raised. */
interface Draft {
  type: string | null;
  message: string[];
  frames: ParsedFrame[];
  first: number;
  last: number;
}

/** The chain of a block, oldest exception first; null when the block ended before any exception's line. */
export function buildTrace(block: OpenBlock): ParsedTrace | null {
  const chain = buildChain(block.lines).map((draft) => toException(draft, block.rank));
  return chain.length === 0 ? null : { chain, rank: block.rank, lines: [block.first, block.last], echo: null };
}

/** The block's lines without other output, as one text that reads as the same report. */
export function blockText(block: OpenBlock): string {
  const lines = block.lines.map(({ text }) => text);
  if (block.leftOut > 0) lines.splice(countHeadLines(block), 0, leftOutNoticeFor(block.leftOut));
  return `${[...block.context, ...lines].join('\n')}\n`;
}

/**
 * An exception whose message holds the traceback of another one (`inner`) was raised after it: the inner ones go into the chain
 * first, and the outer message keeps the whole text, as Python has it.
 */
function buildChain(lines: BlockLine[]): Draft[] {
  const chain: Draft[] = [];
  let outers: Draft[] = [];
  let current: Draft | null = null;
  const finish = () => {
    for (const draft of [current, ...outers.toReversed()]) if (draft !== null && draft.type !== null) chain.push(draft);
    current = null;
    outers = [];
  };
  for (const line of lines) {
    const startsAnother =
      line.role === 'header' || line.role === 'link' || (line.role === 'frame' && current?.type != null);
    if (startsAnother) finish();
    if (line.role === 'link') continue;
    if (line.role === 'inner' && current !== null) {
      outers.push(current);
      current = null;
    }
    current ??= { type: null, message: [], frames: [], first: line.number, last: line.number };
    for (const outer of outers) extend(outer, line.number, line.text);
    addLine(current, line);
  }
  finish();
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
  const frame = readFrame(text);
  const file = frame?.file ?? '';
  return { file, line: frame?.line ?? null, function: frame?.function ?? null, source: null, inApp: isInApp(file) };
}

/** Python 3.13 prints several source lines under a frame. */
function addSource(frame: ParsedFrame | undefined, text: string): void {
  if (!frame) return;
  const source = frame.source === null ? text.trim() : `${frame.source}\n${text.trim()}`;
  frame.source = cutText(source, maxSourceLength);
}

function toException(draft: Draft, rank: number | null): ParsedException {
  const message = cutText(draft.message.join('\n').trim(), maxMessageLength);
  return { type: draft.type ?? '', message, frames: draft.frames, lines: [draft.first, draft.last], rank, link: null };
}
