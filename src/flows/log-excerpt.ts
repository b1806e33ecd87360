// The console output around a failure.
import { splitLines } from '../domain/parsing/clean-lines.ts';
import type { Tx } from '../platform/db/client.ts';
import { findChunkOfLine, findChunkWith, readLogChunk, readLogSources } from '../platform/db/logs.ts';

export interface LogExcerpt {
  source: string;
  /** Number of the first line in its source, 0-based. */
  firstLine: number;
  text: string;
}

const maxSources = 16;
const before = 300;
const after = 60;
const maxCharacters = 1_000_000;

/** Of every source the lines around the last one that holds one of the words, or its last lines. */
export async function readLogExcerpts(tx: Tx, runId: string, words: readonly string[]): Promise<LogExcerpt[]> {
  const sources = (await readLogSources(tx, runId)).slice(0, maxSources);
  const excerpts: LogExcerpt[] = [];
  for (const { source, lines } of sources) {
    const line = (await findLine(tx, runId, source, words)) ?? lines;
    const from = Math.max(0, line - before);
    const text = await readSourceLines(tx, { runId, source, from, to: line + after });
    if (text !== '') excerpts.push({ source, firstLine: from, text });
  }
  return excerpts;
}

async function findLine(tx: Tx, runId: string, source: string, words: readonly string[]): Promise<number | null> {
  for (const word of words) {
    const chunk = await findChunkWith(tx, { runId, source, text: word });
    if (!chunk) continue;
    const index = splitLines(chunk.text).findLastIndex((line) => line.includes(word));
    if (index >= 0) return chunk.firstLine + index;
  }
  return null;
}

/** Lines from `from` to before `to`, each with its break; at most a million characters. */
export async function readSourceLines(
  tx: Tx,
  { runId, source, from, to }: { runId: string; source: string; from: number; to: number },
): Promise<string> {
  const start = await findChunkOfLine(tx, { runId, source, line: from });
  const lines: string[] = [];
  let size = 0;
  for (let id = start?.id ?? 0; size < maxCharacters; ) {
    const chunk = await readLogChunk(tx, { runId, source, onlyUnparsed: false }, id);
    if (!chunk || chunk.firstLine >= to) break;
    for (const [index, text] of splitLines(chunk.text).entries()) {
      const line = chunk.firstLine + index;
      if (line < from || line >= to || size > maxCharacters) continue;
      size += text.length;
      lines.push(text);
    }
    id = chunk.id + 1;
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
