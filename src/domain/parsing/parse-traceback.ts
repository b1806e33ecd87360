// Finds the exceptions that a stream of lines reports. Ranks that share a console are read apart by their prefixes, each as its own
// stream, so interleaved tracebacks come out whole.
import { blockText, buildTrace } from './build-trace.ts';
import { type CleanLine, cutText } from './clean-lines.ts';
import { continueBlock, maxForeignLines, openBlock } from './continue-block.ts';
import { withoutPrefix } from './line-prefix.ts';
import { maxMessageLength, type OpenBlock } from './open-block.ts';
import { isDeviceAssertion, readFrame } from './trace-lines.ts';
import type { ParsedTrace } from './types.ts';

/** What must be remembered between two lines; JSON-safe. */
export interface TracebackState {
  /** Reports under way, at most one per rank prefix. */
  block: OpenBlock[];
  /** Reports given out in the current window of lines. */
  given: { window: number; count: number };
}

export interface FoundTrace {
  trace: ParsedTrace;
  /** The report's lines alone; parseText() reads the same chain from it. */
  text: string;
  /** Last step that log lines named before the report began; null when none did. */
  step: number | null;
}

/**
 * A program that prints errors in a loop reports nothing new: of this many lines, at most so many reports are given out. The report
 * at the end of the source always is.
 */
const windowLines = 10_000;
const maxReportsPerWindow = 200;
/** More ranks than this failing at once on one console: the report begun first is closed early. */
const maxOpenBlocks = 64;

export function initialTracebackState(): TracebackState {
  return { block: [], given: { window: 0, count: 0 } };
}

/** What a line did: `found` are the reports that it ended, `taken` says whether one took it, or it opened one. */
interface LineOutcome {
  found: FoundTrace[];
  taken: 'continued' | 'opened' | null;
}

/**
 * Reads one line into `state` (which it changes). A report ends at a line that cannot
 * belong to it, never merely because its last line looks complete: messages may go on, and a further exception of the chain may
 * follow, so one crash is one trace however the text was cut. The report at the end of a text comes from closeTracebacks(). `context`: lines
 * that told of a crash shortly before, which a report that opens here takes along.
 */
export function readTracebackLine(
  state: TracebackState,
  full: CleanLine,
  known: { isMetricLine: boolean; step: number | null; context: string[] },
): LineOutcome {
  if (full.text === '' && state.block.length === 0) return { found: [], taken: null };
  const line = { ...full, text: cutText(full.text, maxMessageLength) };
  if (isDeviceAssertion(line.text)) return { found: [], taken: null };
  const found: FoundTrace[] = [];
  const owner = findBlock(state.block, line);
  for (const left of leftBehind(state.block, line, owner?.block)) {
    state.block = state.block.filter((other) => other !== left);
    found.push(...giveOut(state, left, line.number));
  }
  if (owner) {
    const { block, text } = owner;
    if (continueBlock(block, { ...line, text }, known.isMetricLine) === 'taken') return { found, taken: 'continued' };
    state.block = state.block.filter((other) => other !== block);
    found.push(...giveOut(state, block, line.number));
  }
  const opened = openBlock(line, known);
  if (!opened) return { found, taken: null };
  state.block.push(opened);
  const oldest = state.block.length > maxOpenBlocks ? state.block.shift() : undefined;
  if (oldest) found.push(...giveOut(state, oldest, line.number));
  return { found, taken: 'opened' };
}

/** The report that a line may belong to, and the line as it stands in it: without the prefix that the report's lines have. */
function findBlock(blocks: OpenBlock[], line: CleanLine): { block: OpenBlock; text: string } | null {
  const own = blocks.filter((open) => open.rank === line.rank);
  for (const block of own) {
    if (!block.prefix) continue;
    const text = withoutPrefix(line.text, block.prefix.shape);
    const isDenied = text === null ? readFrame(line.text) !== null : !goesOnAfterHeader(block, text);
    if (!block.prefix.isSure && isDenied) block.prefix = null;
    else if (text !== null) {
      block.prefix.isSure = true;
      return { block, text };
    }
  }
  const block = own.find((open) => !open.prefix);
  return block ? { block, text: line.text } : null;
}

/** Reports with a prefix that no line has had for a while. */
function leftBehind(blocks: OpenBlock[], line: CleanLine, owner: OpenBlock | undefined): OpenBlock[] {
  return blocks.filter((open) => {
    if (!open.prefix || open === owner || open.rank !== line.rank) return false;
    open.foreign += 1;
    return open.foreign > maxForeignLines;
  });
}

/** After a header's prefix comes a frame; another line with it is just the logger's next line. */
function goesOnAfterHeader(block: OpenBlock, text: string): boolean {
  return block.lines.at(-1)?.role !== 'header' || readFrame(text) !== null;
}

/** Ends all reports under way, in the order in which they began. */
export function closeTracebacks(state: TracebackState): FoundTrace[] {
  const found = close(state.block);
  state.block = [];
  return found;
}

/** Ends the reports whose exception's line has come; the others stay under way. */
export function closeReported(state: TracebackState): FoundTrace[] {
  const found = close(state.block.filter((block) => block.phase === 'message'));
  state.block = state.block.filter((block) => block.phase !== 'message');
  return found;
}

function close(blocks: OpenBlock[]): FoundTrace[] {
  return blocks.flatMap((block) => {
    const trace = buildTrace(block);
    return trace ? [{ trace, text: blockText(block), step: block.step }] : [];
  });
}

function giveOut(state: TracebackState, block: OpenBlock, number: number): FoundTrace[] {
  return withinWindow(state, number, () => close([block]));
}

/** What `find` finds, unless this window of lines has given out its share already. */
export function withinWindow<T>(state: TracebackState, number: number, find: () => T[]): T[] {
  const window = Math.floor(number / windowLines);
  if (window !== state.given.window) state.given = { window, count: 0 };
  if (state.given.count >= maxReportsPerWindow) return [];
  const found = find();
  state.given.count += found.length;
  return found;
}
