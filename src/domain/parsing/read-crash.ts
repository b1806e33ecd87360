// Follows what a log tells of a crash outside of tracebacks: "Killed", an abort's stack, a kernel's or launcher's line, a table of failed
// ranks. Lines that stand near to each other are one report; it is given out when the log has gone on without more of it.
import { type CleanLine, cutText } from './clean-lines.ts';
import { findCrashes, signs } from './crash/find-crashes.ts';
import { findFirstCause } from './first-cause.ts';
import { markLines, readySearch } from './mark-lines.ts';
import { isDeviceAssertion, isSourceCode } from './trace-lines.ts';
import type { CrashReports } from './types.ts';

/** Lines of a crash under way. Small, bounded and JSON-safe. */
export interface OpenCrash {
  lines: string[];
  /** Characters in `lines`. */
  size: number;
  /** Number of the first sign's line, and of the newest line that clearly belongs to the report. */
  first: number;
  last: number;
  /** Nothing but failed assertions of a device so far: the error that they cause may be long in coming. */
  onlyAssertions: boolean;
  /** A traceback stands shortly above, so that this only says how its process ended. */
  followsTrace: boolean;
  rank: number | null;
  step: number | null;
}

/** What must be remembered between two lines; JSON-safe. */
export interface CrashState {
  crash: OpenCrash | null;
  /** The newest lines, at most `linesBefore`, oldest first. */
  recent: string[];
  /** Number of the newest line that a traceback took, and whether metrics were printed after it; null when there was none. */
  traced: { last: number; wentOn: boolean } | null;
}

/** A crash that no traceback tells of. */
export interface FoundCrash {
  /** The report's lines and a few before it; parseText() reads the same crash from it. */
  text: string;
  step: number | null;
  rank: number | null;
  /** 0-based numbers of the first sign's line and of the report's last. */
  lines: [number, number];
}

/** A table's entry names host and time above the line that is its sign, and a progress bar tells how far it came. */
export const linesBefore = 6;
const maxRecentLength = 500;
const maxLineLength = 2_000;
const most = { lines: 200, size: 16 * 1024 };
/** Lines kept from the start of a report that is too long; the rest are its newest. */
const headLines = 100;
/** Lines without a sign after which a report is over; a device's assertions wait longer for the error that they cause. */
const reach = 20;
const assertionReach = 200;
/** A device prints one assertion per thread, thousands of them: the first few that differ say it all. */
const maxAssertions = 4;
/** After a traceback, words on how its process ended stand within so many lines. */
const echoReach = 60;

export function initialCrashState(): CrashState {
  return { crash: null, recent: [], traced: null };
}

/** The line is a sign of a crash (crash/find-crashes.ts). */
export function isSign(text: string): boolean {
  const start = cutText(text, maxLineLength);
  return signs.some(({ pattern }) => pattern.test(start)) && !isSourceCode(start);
}

/** Ends the report under way if `number` is too far from it, else null. */
export function endPassedCrash(state: CrashState, number: number): FoundCrash | null {
  const { crash } = state;
  if (!crash) return null;
  return number - crash.last > (crash.onlyAssertions ? assertionReach : reach) ? endCrash(state) : null;
}

/** Ends the report under way. Null when there is none, when it tells of no failure, or of one that a traceback has told already. */
export function endCrash(state: CrashState): FoundCrash | null {
  const { crash } = state;
  state.crash = null;
  if (!crash) return null;
  const reports = readReports(crash.lines);
  if (findFirstCause(reports) === null) return null;
  if (crash.followsTrace && !reports.deaths.some(({ outOfMemory }) => outOfMemory)) return null;
  const { rank, step, first, last } = crash;
  return { text: `${crash.lines.join('\n')}\n`, rank, step, lines: [first, last] };
}

/** The lines of the report under way, for the traceback that follows it; the report ends. */
export function takeCrash(state: CrashState): string[] {
  const lines = state.crash?.lines ?? [];
  state.crash = null;
  return lines;
}

/** Goes on with a line that no traceback took. `before`: the lines above it that no traceback took either, at most `linesBefore`. */
export function readCrashLine(
  state: CrashState,
  line: CleanLine,
  { sign, step, before }: { sign: boolean; step: number | null; before: () => string[] },
): void {
  const isAssertion = sign && isDeviceAssertion(line.text);
  if (!state.crash) {
    if (!sign) return;
    const lines = isAssertion ? [] : before();
    state.crash = {
      lines,
      size: lines.reduce((sum, text) => sum + text.length + 1, 0),
      first: line.number,
      last: line.number,
      onlyAssertions: true,
      followsTrace: isEcho(state, line.number),
      rank: line.rank,
      step,
    };
  }
  const { crash } = state;
  if (sign && !isAssertion) crash.onlyAssertions = false;
  if (sign || isStackLine(line.text)) crash.last = line.number;
  if (!isAssertion || isNewAssertion(crash, line.text)) keep(crash, line.text);
}

/** A traceback took the line. */
export function noteTraced(state: CrashState, number: number): void {
  state.traced = { last: number, wentOn: false };
}

/** Training went on: an earlier traceback was not its end. */
export function noteMetrics(state: CrashState): void {
  if (state.traced) state.traced.wentOn = true;
}

/** Keeps the end of the lines read for the reports of lines to come. */
export function rememberLines(state: CrashState, texts: readonly string[]): void {
  const newest = texts.slice(-linesBefore).map((text) => cutText(text, maxRecentLength));
  state.recent = [...state.recent, ...newest].slice(-linesBefore);
}

/** The lines above `texts[index]`, as rememberLines() keeps them, without those that a traceback took; `first` is the number of texts[0]. */
export function linesAbove(state: CrashState, texts: readonly string[], index: number, first: number): string[] {
  const inside = texts.slice(Math.max(0, index - linesBefore), index).map((text) => cutText(text, maxRecentLength));
  const above = [...state.recent, ...inside].slice(-linesBefore);
  const firstAbove = first + index - above.length;
  const traced = state.traced?.last ?? -1;
  return above.filter((_, place) => firstAbove + place > traced);
}

function isEcho({ traced }: CrashState, number: number): boolean {
  return traced !== null && !traced.wentOn && number - traced.last <= echoReach;
}

function keep(crash: OpenCrash, text: string): void {
  const kept = cutText(text, maxLineLength);
  crash.lines.push(kept);
  crash.size += kept.length + 1;
  while (crash.lines.length > most.lines || crash.size > most.size) {
    const [left] = crash.lines.splice(Math.min(headLines, crash.lines.length >> 1), 1);
    crash.size -= (left?.length ?? 0) + 1;
  }
}

function isNewAssertion({ lines }: OpenCrash, text: string): boolean {
  const known = lines.filter(isDeviceAssertion);
  return known.length < maxAssertions && !known.some((other) => withoutThread(other) === withoutThread(text));
}

function withoutThread(text: string): string {
  return cutText(text, maxLineLength).replace(/(?:block|thread): \[[\d,]+\]/g, '');
}

/** Lines of stacks and tables, which may be many between two signs. */
const stackLine =
  /^(?:Current thread|Thread 0x| {2}File "|Extension modules: |frame #\d+: |#\d+ |\d+ {2,3}\S| +@ +0x|[-=]{10,}\s*$|\s*(?:time|host|rank|exitcode|error_file|traceback)\s*: | {2}(?:what\(\): |\[(?:Hint|TimeInfo|SignalInfo|operator)\b))/;

function isStackLine(text: string): boolean {
  return stackLine.test(text);
}

const noFormats = readySearch([]);

function readReports(texts: string[]): CrashReports {
  return findCrashes({ texts, ranks: new Map(), first: 0 }, markLines(texts, noFormats).looks);
}
