// What makes two traces the same crash: the exception that ended it, where it was raised, and what it said.
import { normaliseMessage } from '../classification/normalise-message.ts';
import { inspectTargetValue, parseInt64 } from '../dfl/value-forensics.ts';
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

/**
 * The text whose hash is a trace's likeness: as its identity, but with the kinds of numbers in place of numbers, and without paths and line
 * numbers. Crashes of one likeness are the same failure many times over: a garbage value is another one on every rank.
 */
export function traceLikeness(trace: ParsedTrace | undefined, lines: string[]): string {
  const final = trace?.chain.at(-1);
  if (!final)
    return JSON.stringify(['text', lines.map((line) => normaliseMessage(line)).filter((line) => line !== '')]);
  const frames = final.frames.map((frame) => `${frame.file.split(/[\\/]/).at(-1)}:${frame.function ?? '?'}`);
  return JSON.stringify(['exception', final.type, kindsOfNumbers(firstLineOf(final.message)), frames]);
}

/** What the diagnosis tells apart by the value of an integer stays apart. */
function kindsOfNumbers(message: string): string {
  const numbers = (message.match(/-?\d+/g) ?? []).slice(0, maxNumbers).map((text) => {
    const n = parseInt64(text);
    return n === null ? 'number' : inspectTargetValue(n).kind;
  });
  return `${normaliseMessage(message)}|${numbers.join(',')}`;
}

const maxNumbers = 20;

/** The rank a source is named after (`rank0.log`, `worker.rank-3`), or null. */
export function rankOfSource(source: string): number | null {
  const named = /(?:^|[^A-Za-z])rank[._-]?(\d{1,6})(?!\d)/i.exec(source);
  return named ? Number(named[1]) : null;
}
