// Reads a whole text at once: what a person pastes into a diagnosis, or a trace that an excepthook sends.
import type { FormatFile } from '../../contracts/catalog.ts';
import { cleanLine, splitLines } from './clean-lines.ts';
import { findCrashes } from './crash/find-crashes.ts';
import { findFirstCause } from './first-cause.ts';
import { markEchoes } from './mark-echoes.ts';
import { closeTracebacks } from './parse-traceback.ts';
import { initialLineState, noResults, readLine } from './read-lines.ts';
import type { ParsedText } from './types.ts';

/**
 * Lines (without colours and rank prefixes), traces in the order in which they ended, and the metric points of the log format that
 * the text's first metric line is in.
 */
export function parseText(text: string, formats: FormatFile[]): ParsedText {
  const state = initialLineState();
  const results = noResults();
  const lines = splitLines(text).map((raw, number) => cleanLine(raw, number));
  for (const line of lines) readLine(state, line, formats, results);
  results.traces.push(...closeTracebacks(state));
  const texts = lines.map((line) => line.text);
  const traces = results.traces.map(({ trace }) => trace);
  markEchoes(traces, texts);
  const reports = { ...findCrashes(lines), traces };
  return { ...reports, lines: texts, points: results.points, firstCause: findFirstCause(reports) };
}
