// A text that says nothing yet.
import type { CrashReports, ParsedText } from './types.ts';

export function noReports(): CrashReports {
  return { traces: [], assertions: [], nativeErrors: [], aborts: [], deaths: [], summaries: [], watchdogs: [] };
}

export function emptyText(): ParsedText {
  return { ...noReports(), lines: [], frameLines: [], candidates: new Map(), points: [], firstCause: null };
}
