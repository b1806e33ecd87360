// Storing what a trainer pushes: console output, traces (metric points: points/store-points.ts). Used by the routes and by the worker that closes silent log
// sources. Every function runs in its caller's transaction and takes the run's row first, then the log source's.
import { createHash } from 'node:crypto';
import { limits } from '../contracts/limits.ts';
import type { FormatFile } from '../contracts/log-format.ts';
import { decodeUtf8Chunk } from '../domain/observations/decode-utf8.ts';
import { invalidUtf8, refuseNul, refuseTooManyLines } from '../domain/observations/text-problems.ts';
import { rankOfSource, traceIdentity, traceLikeness } from '../domain/observations/trace-identity.ts';
import { findUnparsed } from '../domain/observations/unparsed-lines.ts';
import { isWindowed } from '../domain/parsing/formats/windowed.ts';
import { parseText } from '../domain/parsing/parse-text.ts';
import {
  flushLog,
  initialLogState,
  isUnfinished,
  type LastWords,
  type LogReading,
  type LogState,
  lastWordsOf,
  readLastWords,
  readLog,
} from '../domain/parsing/read-log.ts';
import type { ParsedPoint, ParsedTrace } from '../domain/parsing/types.ts';
import type { PointRow } from '../kernels/points/batch.ts';
import type { Tx } from '../platform/db/client.ts';
import { insertLogChunk, lockLogSource, saveLogSource } from '../platform/db/logs.ts';
import { findRunForUpdate, noteLogEnd, touchRun } from '../platform/db/runs.ts';
import { findLogSignatures, insertTraces } from '../platform/db/traces.ts';
import { appendPoints } from './points/store-points.ts';

const noBytes = new Uint8Array(0);
const utf8Advice =
  'start the training with PYTHONIOENCODING=utf-8 (or PYTHONUTF8=1), or replace the bytes before sending';

export interface PushedTrace {
  id: string;
  runId: string;
  text: string;
  step: number | null;
  rank: number | null;
  host: string | null;
  occurredAt: Date | null;
  now: Date;
  formats: FormatFile[];
}

/** Stores a trace that the caller pushed. */
export async function storeTrace(tx: Tx, pushed: PushedTrace): Promise<void> {
  const { id, runId, text, step, host, now } = pushed;
  const parsed = parseText(text, pushed.formats);
  const last = parsed.traces.at(-1);
  await touchRun(tx, runId, { now, lastStep: step ?? undefined, owesDiagnosis: true });
  await insertTraces(tx, [
    {
      id,
      runId,
      origin: 'pushed',
      source: null,
      signature: sha256(traceIdentity(last, parsed.lines)),
      likeness: sha256(traceLikeness(last, parsed.lines)),
      text,
      step,
      rank: pushed.rank ?? last?.rank ?? null,
      host,
      occurredAt: pushed.occurredAt ?? now,
      receivedAt: now,
    },
  ]);
}

/** What is kept between two chunks of a source. */
interface SourceState {
  reader: LogState;
  /** Bytes of a character that the chunk's end cut, base64. */
  utf8Tail: string;
  /** What to read when the source falls silent: findSilentLogSources looks for it. */
  lastWords: LastWords;
  /** When the source was last heard of, Unix milliseconds. */
  heardAt: number;
}

export interface LogSource {
  runId: string;
  source: string;
  now: Date;
  newId: (prefix: string) => string;
  formats: FormatFile[];
}

export interface LogOutcome {
  lines: number;
  /** Points read, one for each step of a line; those that the run had already among them. */
  points: number;
  /** Tracebacks and other crash reports that ended. */
  events: number;
  owesDiagnosis: boolean;
  /** What is to be read when nothing more comes: nudge `read-last-words` after lastWordsDelayMs. */
  lastWords: LastWords;
}

/**
 * How long a source must be silent before it has said all: after a complete exception's line a moment is enough, a line without its break
 * may only have been cut.
 */
export const lastWordsDelayMs = { report: 1_000, line: 10_000 };

/**
 * Stores one chunk of console output and what was read in it; chunks may cut the text at any byte.
 * @throws PublicError `invalid_text` naming the byte when the chunk is not UTF-8 or holds a NUL.
 */
export async function storeLogChunk(tx: Tx, chunk: LogSource & { bytes: Uint8Array }): Promise<LogOutcome> {
  const { runId, source, now, bytes } = chunk;
  refuseNul(bytes);
  refuseTooManyLines(bytes, limits.textLines);
  await touchRun(tx, runId, { now, owesDiagnosis: false });
  const before = await lockLogSource<SourceState>(tx, runId, source);
  const decoded = decodeUtf8Chunk(Buffer.from(before?.utf8Tail ?? '', 'base64'), bytes);
  if (decoded.kind === 'invalid') throw invalidUtf8(decoded.offset, utf8Advice);
  const reading = readLog(before?.reader ?? initialLogState(), decoded.text, chunk.formats);
  return storeReading(tx, chunk, {
    reading,
    tail: decoded.tail,
    seenAt: now,
    wasEnded: before?.reader.isEnded === true,
  });
}

const nothingRead: LogOutcome = { lines: 0, points: 0, events: 0, owesDiagnosis: false, lastWords: null };

/** Reads the report that a source ended with if it has been silent long enough; lines and reports that are merely unfinished wait for their rest. */
export async function readSilentLogSource(tx: Tx, log: LogSource): Promise<LogOutcome> {
  const run = await findRunForUpdate(tx, log.runId);
  const before = await lockLogSource<SourceState>(tx, log.runId, log.source);
  if (!run || !before?.lastWords) return nothingRead;
  if (log.now.getTime() - before.heardAt < lastWordsDelayMs[before.lastWords]) return nothingRead;
  const tail = Buffer.from(before.utf8Tail, 'base64');
  return storeReading(tx, log, {
    reading: readLastWords(before.reader, log.formats),
    tail,
    seenAt: run.lastSeenAt,
    wasEnded: before.reader.isEnded,
  });
}

/** Ends a source's unfinished line and traceback, because its run ended; a later chunk starts a new line. */
export async function closeLogSource(tx: Tx, log: LogSource): Promise<LogOutcome> {
  const run = await findRunForUpdate(tx, log.runId);
  const before = await lockLogSource<SourceState>(tx, log.runId, log.source);
  if (!run || !before || (before.utf8Tail === '' && !isUnfinished(before.reader))) return nothingRead;
  const reader = before.utf8Tail === '' ? before.reader : readLog(before.reader, '\uFFFD', log.formats).state;
  return storeReading(tx, log, {
    reading: flushLog(reader, log.formats),
    tail: noBytes,
    seenAt: run.lastSeenAt,
    wasEnded: reader.isEnded,
  });
}

interface ReadChunk {
  reading: LogReading;
  tail: Uint8Array;
  /** When the run was last heard of, which closing a source does not change. */
  seenAt: Date;
  /** The source had said before that the training is done. */
  wasEnded: boolean;
}

async function storeReading(tx: Tx, log: LogSource, chunk: ReadChunk): Promise<LogOutcome> {
  const { reading, tail, seenAt, wasEnded } = chunk;
  const { runId, source, now } = log;
  const rank = rankOfSource(source);
  const unparsed = findUnparsed(reading);
  if (reading.text !== '') {
    const { text, firstLine } = reading;
    const lines = { firstLine, text, unparsed: unparsed.count, unparsedLines: unparsed.bits };
    await insertLogChunk(tx, { runId, source, ...lines, receivedAt: now });
  }
  await appendPoints(tx, runId, toRows(reading.points, { rank, at: now.getTime(), formats: log.formats }));
  const found = await storeLogReports(tx, log, listReports(reading), rank);
  const lastStep = lastStepOf(reading.points);
  const owesDiagnosis = found > 0;
  if (lastStep !== undefined || owesDiagnosis) await touchRun(tx, runId, { now: seenAt, lastStep, owesDiagnosis });
  if (reading.state.isEnded !== wasEnded) await noteLogEnd(tx, runId, reading.state.isEnded);
  const lastWords = lastWordsOf(reading.state);
  const state: SourceState = {
    reader: reading.state,
    utf8Tail: Buffer.from(tail).toString('base64'),
    lastWords,
    heardAt: now.getTime(),
  };
  await saveLogSource(tx, { runId, source, state, newLines: reading.lines, newUnparsed: unparsed.count, now });
  return {
    lines: reading.lines,
    points: reading.points.length,
    events: reading.events,
    owesDiagnosis,
    lastWords,
  };
}

/** Output of a file named after its rank is that rank's, unless its lines say another. */
function toRows(points: ParsedPoint[], source: { rank: number | null; at: number; formats: FormatFile[] }): PointRow[] {
  return points.map(({ step, rank, names, values, format }) => ({
    step,
    rank: rank === 0 ? (source.rank ?? 0) : rank,
    at: source.at,
    names,
    values: names.map((_, place) => values[place] ?? Number.NaN),
    windowed: names.map((name) => isWindowed(source.formats, format, name)),
  }));
}

/** What is kept of a traceback, or of a crash without one. */
interface LogReport {
  identity: string;
  likeness: string;
  text: string;
  step: number | null;
  rank: number | null;
}

function listReports({ traces, crashes }: LogReading): LogReport[] {
  return [
    ...traces.map(({ trace, text, step }) => ({ ...identityOf(trace, text), text, step, rank: trace.rank })),
    ...crashes.map(({ text, step, rank }) => ({ ...identityOf(undefined, text), text, step, rank })),
  ];
}

function identityOf(trace: ParsedTrace | undefined, text: string): Pick<LogReport, 'identity' | 'likeness'> {
  const lines = text.split('\n');
  return { identity: traceIdentity(trace, lines), likeness: traceLikeness(trace, lines) };
}

/**
 * The last lines of a source as a report of their own: a run that failed or fell silent without a traceback has often said why in words
 * that only the catalog knows. Answers whether they were new.
 */
export async function storeLastLines(
  tx: Tx,
  log: Omit<LogSource, 'formats'>,
  text: string,
  step: number | null,
): Promise<boolean> {
  const rank = rankOfSource(log.source);
  return (await storeLogReports(tx, log, [{ ...identityOf(undefined, text), text, step, rank }], rank)) > 0;
}

/** Console output sent twice counts once. Answers how many reports were new. */
async function storeLogReports(
  tx: Tx,
  log: Omit<LogSource, 'formats'>,
  reports: LogReport[],
  rank: number | null,
): Promise<number> {
  const { runId, source, now } = log;
  const bySignature = new Map<string, LogReport>();
  for (const report of reports) {
    const signature = sha256(report.identity);
    if (!bySignature.has(signature)) bySignature.set(signature, report);
  }
  for (const known of await findLogSignatures(tx, runId, source, [...bySignature.keys()])) bySignature.delete(known);
  const traces = [...bySignature].map(([signature, { likeness, text, step, rank: ownRank }]) => ({
    ...{
      id: log.newId('trc'),
      runId,
      origin: 'log' as const,
      source,
      signature,
      likeness: sha256(likeness),
      text,
      step,
    },
    ...{ rank: ownRank ?? rank, host: null, occurredAt: now, receivedAt: now },
  }));
  await insertTraces(tx, traces);
  return traces.length;
}

function lastStepOf(points: { step: number }[]): number | undefined {
  return points.length === 0 ? undefined : points.reduce((last, { step }) => Math.max(last, step), 0);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
