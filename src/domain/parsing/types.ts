/** One frame of a stack, oldest call first in `frames` arrays. */
export interface ParsedFrame {
  file: string;
  line: number | null;
  function: string | null;
  /** Source text shown under the frame, trimmed; null when the traceback shows none. */
  source: string | null;
  /** false for frames of installed packages and the interpreter (site-packages, dist-packages, lib/python3.x, paddle/, torch/, <frozen ...>). */
  inApp: boolean;
}

/** One exception of a traceback. */
export interface ParsedException {
  /** As printed, with module path ("torch.cuda.OutOfMemoryError"). */
  type: string;
  /** Whole message, may hold newlines; at most 8,000 characters. */
  message: string;
  frames: ParsedFrame[];
  /** 0-based line numbers of the block in the text it was read from: [first, last]. */
  lines: [number, number];
  /** Rank named by a line prefix or by the caller; null when unknown. */
  rank: number | null;
}

/** A chain of exceptions as one report: `chain` oldest (original) first; the last was raised finally. */
export interface ParsedTrace {
  chain: ParsedException[];
  rank: number | null;
  /** 0-based line numbers [first, last] of the whole report. */
  lines: [number, number];
}

/** A metric point read from a log line. Non-finite values are real NaN and Infinity. */
export interface ParsedPoint {
  step: number;
  rank: number;
  values: Record<string, number>;
  line: number;
}

/** What was read from a text: its lines (ANSI stripped, carriage returns split), traces and points. */
export interface ParsedText {
  lines: string[];
  traces: ParsedTrace[];
  points: ParsedPoint[];
}
