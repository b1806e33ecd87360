// In which order formats are asked for a line. Nobody keeps the order by hand: a format that would read another one's samples otherwise
// than they say comes after it.
import type { FormatFile } from '../../../contracts/log-format.ts';
import { type CompiledFormat, compileFormat } from './compile-format.ts';
import { describePoints, readSample } from './read-sample.ts';

export interface OrderedFormats {
  /** Files and their compiled forms, in the order in which they are asked. */
  files: FormatFile[];
  compiled: CompiledFormat[];
  /** Pairs of formats of which each misreads the other's samples: no order serves both. */
  conflicts: [string, string][];
}

/**
 * Formats that nothing must come before are taken in the order of their ids.
 * @throws SyntaxError when an expression does not compile; checkFormats() reports it instead.
 */
export function orderFormats(formats: readonly FormatFile[]): OrderedFormats {
  const waiting = [...formats].sort((a, b) => (a.id < b.id ? -1 : 1));
  const compiled = new Map(waiting.map((file) => [file, compileFormat(file)]));
  const misreads = new Map(
    waiting.map((file) => [file, waiting.filter((other) => other !== file && isMisread(compiled.get(file), other))]),
  );
  const files: FormatFile[] = [];
  const conflicts: [string, string][] = [];
  while (waiting.length > 0) {
    const isFree = (file: FormatFile) => !misreads.get(file)?.some((other) => waiting.includes(other));
    const next = waiting.find(isFree) ?? waiting[0];
    if (!next) break;
    const before = isFree(next) ? undefined : misreads.get(next)?.find((other) => waiting.includes(other));
    if (before) conflicts.push([next.id, before.id]);
    waiting.splice(waiting.indexOf(next), 1);
    files.push(next);
  }
  return { files, compiled: files.flatMap((file) => compiled.get(file) ?? []), conflicts };
}

/** Whether a format alone makes other points than expected of a sample that is not its own. */
function isMisread(format: CompiledFormat | undefined, owner: FormatFile): boolean {
  if (!format) return false;
  return owner.samples.some(({ text, points }) => {
    const expected = new Set((points ?? []).map((point) => describePoints([point])));
    return readSample([format], text).some((point) => !expected.has(describePoints([point])));
  });
}
