// A sign is a line that tells of a crash outside of a Python traceback. Each kind of report has its file of signs.
import { type CleanLines, cutText } from '../clean-lines.ts';
import type { CrashReports } from '../types.ts';

export interface Sign {
  /** On one line, without flags; it should hold words that ordinary output does not (see required-literals.ts). */
  pattern: RegExp;
  /** Adds to the reports what the line, and the lines around it, tell. */
  read: (found: RegExpExecArray, place: SignPlace) => void;
}

export interface SignPlace {
  lines: CleanLines;
  /** Place of the line in `lines`. */
  index: number;
  reports: CrashReports;
}

/** Characters of a line that are looked at; no report's line is longer. */
const maxSignLength = 4_000;
/** Entries of one list. More tell nothing new. */
const maxEntries = 500;

export function textAt({ lines }: SignPlace, index: number): string | null {
  const text = lines.texts[index];
  return text === undefined ? null : cutText(text, maxSignLength);
}

/** Number of a line in its source. */
export function numberAt({ lines }: SignPlace, index: number): number {
  return lines.first + Math.min(Math.max(index, 0), lines.texts.length - 1);
}

export function rankAt({ lines, index }: SignPlace): number | null {
  return lines.ranks.get(index) ?? null;
}

export function add<T>(list: T[], entry: T): void {
  if (list.length < maxEntries) list.push(entry);
}

/** The number in a group; null when the group is not there. */
export function numberIn(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
