// One pass over many lines that tells which are worth a closer look: where a report may begin, which a log format may read, which may be
// signs of a crash. The rest, nearly all of a log, is never looked at again.
import type { FormatFile } from '../../contracts/catalog.ts';
import { type Look, signs } from './crash/find-crashes.ts';
import { buildPrefilter, type Prefilter, scanLines } from './prefilter.ts';
import { opener } from './trace-lines.ts';

export const mayOpenReport = 1;
export const mayBeMetrics = 2;
export const mayBeSign = 4;

export interface LineMarks {
  /** By place of the line: the sum of `mayOpenReport`, `mayBeMetrics` and `mayBeSign`. */
  marks: Uint8Array;
  looks: Look[];
}

interface LineFilter {
  prefilter: Prefilter;
  /** A format has no literal, so that every line may be one of its lines. */
  needsAll: boolean;
}

const filters = new WeakMap<FormatFile[], LineFilter>();

function filterFor(formats: FormatFile[]): LineFilter {
  const known = filters.get(formats);
  if (known) return known;
  const ofFormats = formats.flatMap(({ line, end }) => (end === undefined ? [line] : [line, end]));
  const prefilter = buildPrefilter([...signs.map(({ pattern }) => pattern.source), opener, ...ofFormats]);
  const filter = { prefilter, needsAll: prefilter.unfiltered.length > 0 };
  filters.set(formats, filter);
  return filter;
}

/** `formats` should be one list for the life of the process: its search tables are kept with it. */
export function markLines(texts: readonly string[], formats: FormatFile[]): LineMarks {
  const { prefilter, needsAll } = filterFor(formats);
  const marks = new Uint8Array(texts.length).fill(needsAll ? mayBeMetrics : 0);
  const looks: Look[] = [];
  scanLines(prefilter, texts, (expression, index) => {
    const isSign = expression < signs.length;
    if (isSign) looks.push({ index, sign: expression });
    marks[index] =
      (marks[index] ?? 0) | (isSign ? mayBeSign : expression === signs.length ? mayOpenReport : mayBeMetrics);
  });
  return { marks, looks };
}
