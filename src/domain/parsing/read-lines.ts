// Reads lines one after another into points, traces and other crash reports. Whole texts (parse-text.ts) and logs that arrive in chunks (read-log.ts) both go
// through here, so the same lines always give the same result.
import type { FormatFile } from '../../contracts/catalog.ts';
import { type CleanLine, type CleanLines, lineAt } from './clean-lines.ts';
import { compiledFormat, type LogValues, parseLine } from './log-format.ts';
import { type LineMarks, mayBeMetrics, mayBeSign, mayOpenReport } from './mark-lines.ts';
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
export interface LineState extends TracebackState, CrashState {
  /** Id of the source's log format, once a line has shown it. */
  format: string | null;
  /** Step of the last metric line. */
  lastStep: number | null;
}

export interface LineResults {
  points: ParsedPoint[];
  traces: FoundTrace[];
  crashes: FoundCrash[];
  /** A line said that the run ended. */
  ended: boolean;
}

export function initialLineState(): LineState {
  return { ...initialTracebackState(), ...initialCrashState(), format: null, lastStep: null };
}

export function noResults(): LineResults {
  return { points: [], traces: [], crashes: [], ended: false };
}

/** Reads lines; `state` and `results` are changed. A line without a mark matters only to a report under way. */
export function readLines(
  state: LineState,
  lines: CleanLines,
  { marks }: LineMarks,
  formats: FormatFile[],
  results: LineResults,
): void {
  for (let index = 0; index < lines.texts.length; index += 1) {
    const mark = marks[index] ?? 0;
    if (mark !== 0 || state.block.length > 0 || state.crash) readLine(state, { lines, index, mark }, formats, results);
  }
  rememberLines(state, lines.texts);
}

interface LinePlace {
  lines: CleanLines;
  index: number;
  mark: number;
}

function readLine(state: LineState, place: LinePlace, formats: FormatFile[], results: LineResults): void {
  const line = lineAt(place.lines, place.index);
  const mayBeMetric = (place.mark & mayBeMetrics) !== 0;
  const values = mayBeMetric ? readValues(state, line.text, formats) : null;
  readReports(state, place, line, values !== null, results);
  if (values) {
    noteMetrics(state);
    state.lastStep = values.step;
    results.points.push({ step: values.step, rank: line.rank ?? 0, values: values.values, line: line.number });
  }
  if (mayBeMetric && saysEnd(state, line.text, formats)) results.ended = true;
}

/** A line belongs to a traceback, or else it may tell of a crash by itself. */
function readReports(
  state: LineState,
  { lines, index, mark }: LinePlace,
  line: CleanLine,
  isMetricLine: boolean,
  results: LineResults,
): void {
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
    if (taken) return;
  }
  const sign = (mark & mayBeSign) !== 0 && isSign(line.text);
  if (!sign && (isMetricLine || !state.crash)) return;
  const before = () => linesAbove(state, lines.texts, index, lines.first);
  readCrashLine(state, line, { sign, step: state.lastStep, before });
}

/** The first format that reads a line is the source's format from then on. */
function readValues(state: LineState, text: string, formats: FormatFile[]): LogValues | null {
  if (text === '') return null;
  for (const format of formats) {
    if (state.format !== null && state.format !== format.id) continue;
    const values = parseLine(compiledFormat(format), text);
    if (!values) continue;
    state.format = format.id;
    return values;
  }
  return null;
}

function saysEnd(state: LineState, text: string, formats: FormatFile[]): boolean {
  const format = formats.find(({ id }) => id === state.format);
  return format !== undefined && compiledFormat(format).end?.test(text) === true;
}
