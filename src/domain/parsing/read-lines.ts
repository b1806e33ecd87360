// Reads lines one after another into points and traces. Whole texts (parse-text.ts) and logs that arrive in chunks (read-log.ts) both go
// through here, so the same lines always give the same result.
import type { FormatFile } from '../../contracts/catalog.ts';
import { type CleanLine, type CleanLines, lineAt } from './clean-lines.ts';
import { compiledFormat, type LogValues, parseLine } from './log-format.ts';
import { type LineMarks, mayBeMetrics, mayOpenReport } from './mark-lines.ts';
import { type FoundTrace, initialTracebackState, readTracebackLine, type TracebackState } from './parse-traceback.ts';
import type { ParsedPoint } from './types.ts';

/** JSON-safe, bounded. */
export interface LineState extends TracebackState {
  /** Id of the source's log format, once a line has shown it. */
  format: string | null;
  /** Step of the last metric line. */
  lastStep: number | null;
}

export interface LineResults {
  points: ParsedPoint[];
  traces: FoundTrace[];
  /** A line said that the run ended. */
  ended: boolean;
}

export function initialLineState(): LineState {
  return { ...initialTracebackState(), format: null, lastStep: null };
}

export function noResults(): LineResults {
  return { points: [], traces: [], ended: false };
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
    if (mark !== 0 || state.block.length > 0) readLine(state, lineAt(lines, index), mark, formats, results);
  }
}

function readLine(state: LineState, line: CleanLine, mark: number, formats: FormatFile[], results: LineResults): void {
  const mayBeMetric = (mark & mayBeMetrics) !== 0;
  const values = mayBeMetric ? readValues(state, line.text, formats) : null;
  if ((mark & mayOpenReport) !== 0 || state.block.length > 0)
    results.traces.push(...readTracebackLine(state, line, { isMetricLine: values !== null, step: state.lastStep }));
  if (values) {
    state.lastStep = values.step;
    results.points.push({ step: values.step, rank: line.rank ?? 0, values: values.values, line: line.number });
  }
  if (mayBeMetric && saysEnd(state, line.text, formats)) results.ended = true;
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
