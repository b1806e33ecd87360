// Reads lines one after another into points, traces and other crash reports. Whole texts (parse-text.ts) and logs that arrive in chunks
// (read-log.ts) both go through here, so the same lines always give the same result.
import { type CleanLine, type CleanLines, lineAt } from './clean-lines.ts';
import {
  claimLine,
  type FormatReader,
  type FormatState,
  followersIn,
  initialFormatState,
} from './formats/claim-line.ts';
import { type LineMarks, mayBeSign, mayOpenReport } from './mark-lines.ts';
import {
  type FoundTrace,
  initialTracebackState,
  readTracebackLine,
  type TracebackState,
  withinWindow,
} from './parse-traceback.ts';
import {
  type CrashState,
  endPassedCrash,
  type FoundCrash,
  initialCrashState,
  isSign,
  linesAbove,
  noteMetrics,
  noteTraced,
  readCrashLine,
  rememberLines,
  takeCrash,
} from './read-crash.ts';
import type { ParsedPoint } from './types.ts';

/** JSON-safe, bounded. */
export interface LineState extends TracebackState, CrashState, FormatState {
  /** Step of the last metric line. */
  lastStep: number | null;
}

export interface LineResults {
  points: ParsedPoint[];
  traces: FoundTrace[];
  crashes: FoundCrash[];
  /** Numbers of the lines that a log format or a report took, ascending. */
  read: number[];
}

export function initialLineState(): LineState {
  return { ...initialTracebackState(), ...initialCrashState(), ...initialFormatState(), lastStep: null };
}

export function noResults(): LineResults {
  return { points: [], traces: [], crashes: [], read: [] };
}

/**
 * Reads lines; `state` and `results` are changed. A line without a mark matters only to a report under way and below a header. `reader`
 * has its formats in the order in which the marks name them.
 */
export function readLines(
  state: LineState,
  lines: CleanLines,
  { marks }: LineMarks,
  reader: FormatReader,
  results: LineResults,
): void {
  let followers = followersIn(reader.formats, state);
  for (let index = 0; index < lines.texts.length; index += 1) {
    const mark = (marks[index] ?? 0) | followers;
    if (mark === 0 && state.block.length === 0 && !state.crash) continue;
    const isRemembered = readLine(state, { lines, index, mark }, reader, results);
    if (isRemembered) followers = followersIn(reader.formats, state);
  }
  rememberLines(state, lines.texts);
}

interface LinePlace {
  lines: CleanLines;
  index: number;
  mark: number;
}

const formatBits = ~(mayOpenReport | mayBeSign);

/** Answers whether a format noted the line for those below it. */
function readLine(state: LineState, place: LinePlace, reader: FormatReader, results: LineResults): boolean {
  const line = lineAt(place.lines, place.index);
  const candidates = place.mark & formatBits;
  const claim = candidates === 0 || line.text === '' ? null : claimLine(reader, candidates, state, line);
  const read = claim?.read ?? null;
  const isReported = readReports(state, place, line, read !== null, results);
  if (claim || isReported) results.read.push(line.number);
  if (!claim || !read) return claim !== null;
  noteMetrics(state);
  state.lastStep = read.step;
  const rank = claim.rank ?? 0;
  const { step, names, values } = read;
  results.points.push({ step, rank, names, values, line: line.number, format: claim.format.id });
  return false;
}

/** A line belongs to a traceback, or else it may tell of a crash by itself. Answers whether it does. */
function readReports(
  state: LineState,
  { lines, index, mark }: LinePlace,
  line: CleanLine,
  isMetricLine: boolean,
  results: LineResults,
): boolean {
  const { number } = line;
  if (state.crash) {
    const passed = () => [endPassedCrash(state, number)].filter((crash) => crash !== null);
    results.crashes.push(...withinWindow(state, number, passed));
  }
  if ((mark & mayOpenReport) !== 0 || state.block.length > 0) {
    const context = state.crash?.lines ?? [];
    const { found, taken } = readTracebackLine(state, line, { isMetricLine, step: state.lastStep, context });
    results.traces.push(...found);
    if (taken === 'opened') takeCrash(state);
    if (taken) noteTraced(state, number);
    if (taken) return true;
  }
  const sign = (mark & mayBeSign) !== 0 && isSign(line.text);
  if (!sign && (isMetricLine || !state.crash)) return false;
  const before = () => linesAbove(state, lines.texts, index, lines.first);
  readCrashLine(state, line, { sign, step: state.lastStep, before });
  return sign;
}
