// Reads console output that arrives in chunks, cut anywhere. The state that goes from chunk to chunk is JSON-safe and bounded; the results
// of all chunks together do not depend on where the cuts are.
import type { FormatFile } from '../../contracts/log-format.ts';
import { cleanLine, cleanLines, cutText, maxLineLength } from './clean-lines.ts';
import { markLines, readySearch } from './mark-lines.ts';
import { closeReported, closeTracebacks, type FoundTrace } from './parse-traceback.ts';
import { endCrash, type FoundCrash, isSign } from './read-crash.ts';
import { initialLineState, type LineResults, type LineState, noResults, readLines } from './read-lines.ts';
import { readBareError, readFinal } from './trace-lines.ts';
import type { ParsedPoint } from './types.ts';

export interface LogState extends LineState {
  /** Complete lines read so far: the number of the next one. */
  lines: number;
  /** The line under way, at most maxLineLength characters; what it holds beyond is dropped. */
  partial: string;
  /** `partial` is full: the rest of its line is being dropped. */
  isPartialFull: boolean;
  /** The line under way ended in \r, and a \n that belongs to it may still come. */
  endsInReturn: boolean;
}

export interface LogReading {
  state: LogState;
  /** The lines that this chunk completed, as they came, each with its line break; a line that is too long is cut. */
  text: string;
  /** Number of the first of them in the source, 0-based. */
  firstLine: number;
  /** How many they are. */
  lines: number;
  points: ParsedPoint[];
  /** Reports that ended in this chunk. */
  traces: FoundTrace[];
  /** Crashes that ended in this chunk and that no traceback tells of. */
  crashes: FoundCrash[];
  /** Number of `traces` and `crashes`. */
  events: number;
  /** Numbers of the lines that a log format or a report took, ascending. */
  read: number[];
}

export function initialLogState(): LogState {
  return { ...initialLineState(), lines: 0, partial: '', isPartialFull: false, endsInReturn: false };
}

/**
 * Reads the next chunk. Traces are given out when a following line shows that they are over; with `final`, by flushLog() when the run
 * has ended, or by readLastWords() when the source has fallen silent, the one at the end comes too.
 */
export function readLog(
  before: LogState,
  chunk: string,
  formats: FormatFile[],
  options: { final?: boolean } = {},
): LogReading {
  const state = structuredClone({ ...initialLogState(), ...before });
  const completed = takeLines(state, chunk);
  if (options.final && hasPartial(state)) completed.push(endPartial(state, '\n'));
  const results = noResults();
  const reading = readCompleted(state, completed, formats, results);
  if (options.final) {
    const crash = endCrash(state);
    if (crash) results.crashes.push(crash);
    results.traces.push(...closeTracebacks(state));
  }
  return { ...reading, ...results, events: countEvents(results) };
}

function countEvents({ traces, crashes }: LineResults): number {
  return traces.length + crashes.length;
}

/**
 * What a source that has fallen silent would have to say still: `report` a report whose exception's line is complete, or that holds a sign of
 * a crash, `line` such a line that lacks only its line break (a process died before writing it), null when nothing can be made of what is
 * held. The beginning of a metric line is never an end: the rest of it may come after any pause.
 */
export type LastWords = 'report' | 'line' | null;

export function lastWordsOf(state: LogState): LastWords {
  const isReported = state.crash !== null || state.block.some((block) => block.phase === 'message');
  if (!hasPartial(state)) return isReported ? 'report' : null;
  if (isReported) return 'line';
  const { text } = cleanLine(state.partial, state.lines);
  const isException = state.block.length > 0 ? readFinal(text, true) : readBareError(text);
  return isException || isSign(text) ? 'line' : null;
}

/** Ends what lastWordsOf() names; lines and reports that are merely unfinished stay. */
export function readLastWords(before: LogState, formats: FormatFile[]): LogReading {
  const state = structuredClone({ ...initialLogState(), ...before });
  const completed = lastWordsOf(state) === 'line' ? [endPartial(state, '\n')] : [];
  const results = noResults();
  const reading = readCompleted(state, completed, formats, results);
  const crash = endCrash(state);
  if (crash) results.crashes.push(crash);
  results.traces.push(...closeReported(state));
  return { ...reading, ...results, events: countEvents(results) };
}

/** Ends the line and the reports under way, as if the source had ended. The state may be read on from: a new line starts then. */
export function flushLog(state: LogState, formats: FormatFile[]): LogReading {
  return readLog(state, '', formats, { final: true });
}

/** A line or a report is under way, whose rest may come. */
export function isUnfinished(state: LogState): boolean {
  return hasPartial(state) || state.block.length > 0 || state.crash !== null;
}

function hasPartial(state: LogState): boolean {
  return state.partial !== '' || state.endsInReturn;
}

/** Moves `chunk` into the state and takes out the lines that are complete, each with its break. */
function takeLines(state: LogState, chunk: string): string[] {
  const completed: string[] = [];
  let rest = chunk;
  if (state.endsInReturn && rest !== '') {
    const isPair = rest.startsWith('\n');
    completed.push(endPartial(state, isPair ? '\r\n' : '\r'));
    rest = isPair ? rest.slice(1) : rest;
  }
  const breaks = /\r\n|\r(?!$)|\n/g;
  let start = 0;
  for (let found = breaks.exec(rest); found; found = breaks.exec(rest)) {
    addToPartial(state, rest.slice(start, found.index));
    completed.push(endPartial(state, found[0]));
    start = breaks.lastIndex;
  }
  state.endsInReturn ||= rest.endsWith('\r');
  addToPartial(state, state.endsInReturn ? rest.slice(start, -1) : rest.slice(start));
  return completed;
}

function addToPartial(state: LogState, text: string): void {
  if (state.isPartialFull) return;
  const whole = state.partial + text;
  state.partial = cutText(whole, maxLineLength);
  state.isPartialFull = whole.length > maxLineLength;
}

function endPartial(state: LogState, lineBreak: string): string {
  const line = state.partial + lineBreak;
  state.partial = '';
  state.isPartialFull = false;
  state.endsInReturn = false;
  return line;
}

function withoutBreak(line: string): string {
  return line.endsWith('\r\n') ? line.slice(0, -2) : line.slice(0, -1);
}

function readCompleted(state: LogState, completed: string[], formats: FormatFile[], results: LineResults) {
  const firstLine = state.lines;
  const lines = cleanLines(completed.map(withoutBreak), firstLine);
  const ready = readySearch(formats);
  readLines(state, lines, markLines(lines.texts, ready), ready.reader, results);
  state.lines += completed.length;
  return { state, text: completed.join(''), firstLine, lines: completed.length };
}
