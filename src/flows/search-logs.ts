// Searching the console output of a run, line by line in the order of arrival.

import type { FormatFile } from '../contracts/log-format.ts';
import type { LogFormatFact, LogLine } from '../contracts/runs.ts';
import { isUnparsed } from '../domain/observations/unparsed-lines.ts';
import { cleanLine, cutText, splitLines } from '../domain/parsing/clean-lines.ts';
import type { Tx } from '../platform/db/client.ts';
import { type LogSourceRow, readLogChunk } from '../platform/db/logs.ts';

export interface LogSearch {
  runId: string;
  source: string | null;
  /** Part of the line, in any case. */
  q: string | null;
  onlyUnparsed: boolean;
  limit: number;
}

/** Where a search goes on: a chunk, and a line in it. */
export interface LogPlace {
  chunk: number;
  line: number;
}

/** Characters that one request looks through, beyond which the caller has to ask on. */
const reach = 8 * 1024 * 1024;
/** Characters of a line that are answered. */
const longest = 2_000;

/** At most `limit` lines from `from` on; `next` is null at the end of the output. There may be a next place although no line was found. */
export async function searchLogs(
  tx: Tx,
  search: LogSearch,
  from: LogPlace | null,
): Promise<{ items: LogLine[]; next: LogPlace | null }> {
  const items: LogLine[] = [];
  const wanted = search.q?.toLowerCase() ?? null;
  let place: LogPlace | null = from ?? { chunk: 0, line: 0 };
  for (let seen = 0; seen < reach; ) {
    const chunk = await readLogChunk(tx, search, place.chunk);
    if (!chunk) return { items, next: null };
    seen += chunk.text.length;
    const texts = splitLines(chunk.text);
    for (let index = chunk.id === place.chunk ? place.line : 0; index < texts.length; index += 1) {
      const unparsed = isUnparsed(chunk.unparsedLines, index);
      if (search.onlyUnparsed && !unparsed) continue;
      const { text, rank } = cleanLine(texts[index] ?? '', index);
      if (wanted !== null && !text.toLowerCase().includes(wanted)) continue;
      if (items.length === search.limit) return { items, next: { chunk: chunk.id, line: index } };
      const line = chunk.firstLine + index;
      items.push({ source: chunk.source, line, rank, text: cutText(text, longest), unparsed });
    }
    place = { chunk: chunk.id + 1, line: 0 };
  }
  return { items, next: place };
}

/** What is known of each source: which trainer's lines it holds, and how many lines nothing was read from. */
export function describeSources(rows: LogSourceRow[], formats: FormatFile[]): LogFormatFact[] {
  return rows.map(({ source, lines, unparsed, format }) => ({
    source,
    lines,
    unparsed,
    format,
    window: formats.find(({ id }) => id === format)?.window ?? null,
  }));
}
