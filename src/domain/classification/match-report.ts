// What rules may ask of a crash report, whatever its kind: who reports, which signal or exit status, and its words.
import type { ReportPattern } from '../../contracts/failure-rule.ts';
import type { ParsedText } from '../parsing/types.ts';
import { captureGroups } from './expressions.ts';

/** A report of any kind, in the terms of ReportPattern. */
interface Report {
  reporter: string | null;
  signal: string | null;
  exitCode: number | null;
  text: string;
  outOfMemory: boolean;
  isStopped: boolean;
  isConsequence: boolean;
  /** 0-based [first, last] line. */
  lines: [number, number];
}

const plain = {
  reporter: null,
  signal: null,
  exitCode: null,
  outOfMemory: false,
  isStopped: false,
  isConsequence: false,
};

const readers: Record<ReportPattern['kind'], (text: ParsedText) => Report[]> = {
  assertion: ({ assertions }) =>
    assertions.map(({ condition, kernel, message, file, lines }) => ({
      ...plain,
      text: [condition, message, kernel, file].filter(Boolean).join('\n'),
      lines,
    })),
  'native-error': ({ nativeErrors }) =>
    nativeErrors.map(({ origin, type, message, hint, operator, lines }) => ({
      ...plain,
      reporter: origin,
      text: [`${type ?? ''}: ${message}`, hint, operator].filter(Boolean).join('\n'),
      lines,
    })),
  abort: ({ aborts }) =>
    aborts.map(({ reporter, signal, message, lines }) => ({ ...plain, reporter, signal, text: message, lines })),
  death: ({ deaths }) =>
    deaths.map(({ line, process, ...death }) => ({ ...death, text: process ?? '', lines: [line, line] })),
  summary: ({ summaries }) =>
    summaries.map(({ failures, lines }) => ({
      ...plain,
      signal: failures[0]?.signal ?? null,
      exitCode: failures[0]?.exitCode ?? null,
      text: failures.flatMap(({ message }) => message ?? []).join('\n'),
      lines,
    })),
  watchdog: ({ watchdogs }) =>
    watchdogs.map(({ kind, operation, message, lines }) => ({
      ...plain,
      reporter: kind,
      text: `${operation ?? ''} ${message}`,
      lines,
    })),
};

/** Every report of the wanted kind that holds, with the named groups of `text`. */
export function matchReports(
  pattern: ReportPattern,
  text: ParsedText,
): { captures: Record<string, string>; lines: [number, number] }[] {
  return readers[pattern.kind](text).flatMap((report) => {
    const captures = captureGroups(pattern.text, report.text);
    return captures && holds(pattern, report) ? [{ captures, lines: report.lines }] : [];
  });
}

function holds(pattern: ReportPattern, report: Report): boolean {
  return (
    isAmong(report.reporter, pattern.reporter) &&
    isAmong(report.signal, pattern.signal) &&
    isAmong(report.exitCode, pattern.exit_code) &&
    (pattern.out_of_memory ?? report.outOfMemory) === report.outOfMemory &&
    (pattern.stopped ?? report.isStopped) === report.isStopped &&
    (pattern.consequence ?? false) === report.isConsequence
  );
}

function isAmong<T>(value: T | null, wanted: readonly T[] | undefined): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}
