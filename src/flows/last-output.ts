// Why did it end? A usage error, a kernel's Xid line or a tool's complaint is no traceback and no crash report: while a training goes on such
// lines mean little. When a run has failed or fallen silent and nothing else tells of it, they are what there is to read.
import type { Catalog } from '../contracts/catalog.ts';
import { unknownClass } from '../domain/classification/classify.ts';
import { readText } from '../domain/classification/search-lines.ts';
import { diagnose } from '../domain/diagnosis/diagnose.ts';
import type { Tx } from '../platform/db/client.ts';
import { readLogSources } from '../platform/db/logs.ts';
import { findRunForUpdate, type RunRow } from '../platform/db/runs.ts';
import { hasTraces } from '../platform/db/traces.ts';
import { readSourceLines } from './log-excerpt.ts';
import { storeLastLines } from './observations.ts';
import { contextOf } from './run-evidence.ts';

/** Sources looked at, and lines at the end of each. */
const maxSources = 64;
const lastLines = 80;
const maxCharacters = 16 * 1024;

interface LastOutput {
  runId: string;
  now: Date;
  newId: (prefix: string) => string;
  catalog: Catalog;
}

/**
 * Stores as traces the last lines of those sources in which the catalog knows a failure; nothing when the run has traces, or is well. Answers
 * whether there were any.
 */
export async function storeLastOutput(tx: Tx, { runId, now, newId, catalog }: LastOutput): Promise<boolean> {
  const run = await findRunForUpdate(tx, runId);
  if (run === null || !isOver(run) || (await hasTraces(tx, runId))) return false;
  let isNew = false;
  const context = contextOf(run, { captures: null });
  const step = run.lastStep === null ? null : Number(run.lastStep);
  for (const { source, lines } of (await readLogSources(tx, runId)).slice(0, maxSources)) {
    const place = { runId, source, from: Math.max(0, lines - lastLines), to: lines };
    const text = endOf(await readSourceLines(tx, place));
    const diagnosis = diagnose({ text: readText(text, catalog), findings: [], captures: null, context, step }, catalog);
    if (!diagnosis || diagnosis.class === unknownClass) continue;
    if (await storeLastLines(tx, { runId, source, now, newId }, text, step)) isNew = true;
  }
  return isNew;
}

/** It failed, or fell silent. */
export function isOver({ status }: RunRow): boolean {
  return status === 'failed' || status === 'stalled';
}

/** Whole lines at the end of a text. */
function endOf(text: string): string {
  return text.length <= maxCharacters ? text : text.slice(text.indexOf('\n', text.length - maxCharacters) + 1);
}
