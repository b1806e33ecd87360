// What makes two traces the same crash: the exception that ended it, where it was raised, and what it said.
import { firstLineOf } from '../parsing/first-line.ts';
import type { ParsedTrace } from '../parsing/types.ts';

/**
 * The text whose hash is a trace's signature: type, first message line and frames (file:line:function) of the final exception, or the
 * lines themselves when the text holds no exception. The console and an excepthook that report one crash give the same text: on a
 * console whatever is printed next (a shell prompt, "Terminated") cannot be told from further lines of the message.
 */
export function traceIdentity(trace: ParsedTrace | undefined, lines: string[]): string {
  const final = trace?.chain.at(-1);
  if (!final) return JSON.stringify(['text', lines.map((line) => line.trimEnd()).filter((line) => line !== '')]);
  const frames = final.frames.map((frame) => `${frame.file}:${frame.line ?? '?'}:${frame.function ?? '?'}`);
  return JSON.stringify(['exception', final.type, firstLineOf(final.message), frames]);
}

/** The rank a source is named after (`rank0.log`, `worker.rank-3`), or null. */
export function rankOfSource(source: string): number | null {
  const named = /(?:^|[^A-Za-z])rank[._-]?(\d{1,6})(?!\d)/i.exec(source);
  return named ? Number(named[1]) : null;
}
