// Reads a whole text at once: what a person pastes into a diagnosis, or a trace that an excepthook sends.
import type { FormatFile } from '../../contracts/catalog.ts';
import { cleanLine, splitLines } from './clean-lines.ts';
import { emptyText } from './crash-reports.ts';
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
  return {
    ...emptyText(),
    lines: lines.map((line) => line.text),
    traces: results.traces.map(({ trace }) => trace),
    points: results.points,
  };
}
