// Reads a whole text at once: what a person pastes into a diagnosis, or a trace that an excepthook sends.
import type { FormatFile } from '../../contracts/log-format.ts';
import { cleanLines, splitLines } from './clean-lines.ts';
import { findCrashes } from './crash/find-crashes.ts';
import { findFirstCause } from './first-cause.ts';
import { markEchoes } from './mark-echoes.ts';
import { type LineMarks, markLines, mayOpenReport, readySearch } from './mark-lines.ts';
import { closeTracebacks } from './parse-traceback.ts';
import { initialLineState, noResults, readLines } from './read-lines.ts';
import type { ParsedText } from './types.ts';

/**
 * Lines (without colours and rank prefixes), traces in the order in which they ended, and metric points, each line's in its own log
 * format. `expressions` are looked for in the same pass (`candidates`).
 */
export function parseText(text: string, formats: FormatFile[], expressions?: readonly string[]): ParsedText {
  const state = initialLineState();
  const results = noResults();
  const lines = cleanLines(splitLines(text), 0);
  const ready = readySearch(formats, expressions);
  const marks = markLines(lines.texts, ready);
  readLines(state, lines, marks, ready.reader, results);
  const traces = [...results.traces, ...closeTracebacks(state)].map(({ trace }) => trace);
  markEchoes(traces, lines.texts);
  const reports = { ...findCrashes(lines, marks.looks), traces };
  const { texts } = lines;
  const frameLines = findFrameLines(texts, marks);
  const { candidates } = marks;
  const firstCause = findFirstCause(reports);
  return { ...reports, lines: texts, frameLines, candidates, points: results.points, firstCause };
}

function findFrameLines(texts: readonly string[], { marks }: LineMarks): number[] {
  const found: number[] = [];
  for (const [index, mark] of marks.entries())
    if ((mark & mayOpenReport) !== 0 && /^\s*File "/.test(texts[index] ?? '')) found.push(index);
  return found;
}
