// Turns everything observed of a run into diagnoses, and those into incidents. The evidence is read anew from the rows every time, so
// running twice, late or out of order ends in the same incidents. It is read at one moment, with the revision that it stands for: of two
// workers at one run the later moment wins, whoever commits first.
import { createHash } from 'node:crypto';
import type { JobPayload } from '../contracts/jobs.ts';
import { readText } from '../domain/classification/search-lines.ts';
import { diagnoseRun as diagnoseEvidence, type RunDiagnosis } from '../domain/diagnosis/diagnose-run.ts';
import { collectEvidence } from '../domain/incidents/collect-evidence.ts';
import { readScope, type ScopedRun } from '../domain/incidents/run-scope.ts';
import { searchWords } from '../domain/incidents/search-words.ts';
import { isOver, storeLastOutput } from '../flows/last-output.ts';
import { contextOf, type Evidence, readEvidence } from '../flows/run-evidence.ts';
import { hasPendingCaptures } from '../platform/db/captures.ts';
import type { Tx } from '../platform/db/client.ts';
import type { RuleCount } from '../platform/db/findings.ts';
import { lockProjectIncidents } from '../platform/db/incidents.ts';
import { readOwnership } from '../platform/db/projects.ts';
import { findRun, findRunForUpdate, noteWaiting, type RunRow, saveDiagnosedRevision } from '../platform/db/runs.ts';
import type { TraceGroup } from '../platform/db/traces.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { type NewPart, placeRunParts } from './place-run-parts.ts';

/**
 * How long a diagnosis waits for analyses that are under way, so that it is made once, with all the evidence. Counted from when it was first
 * put off: beside a stream that never pauses something is always under way.
 */
const patienceMs = 5_000;

export async function diagnoseRun(deps: WorkerDependencies, { runId }: JobPayload<'diagnose-run'>): Promise<void> {
  const readNow = () => deps.database.snapshot((tx) => readRun(tx, deps, runId));
  let read = await readNow();
  if (read && read !== 'waits' && isUntold(read)) {
    const { clock, newId, catalog } = deps;
    const last = { runId, now: clock.now(), newId, catalog };
    if (await deps.database.transaction((tx) => storeLastOutput(tx, last))) read = await readNow();
  }
  if (!read) return;
  if (read === 'waits') return noteWaiting(deps.database.client, runId, deps.clock.now());
  const { run, evidence } = read;
  const diagnoses = diagnoseEvidence(
    evidence.groups.map(({ id, text, origin, step, rank }) => ({
      id,
      parsed: readText(text, deps.catalog),
      origin,
      step,
      rank,
    })),
    evidence.findings,
    evidence.captures,
    contextOf(run, evidence),
    deps.catalog,
  );
  const parts = diagnoses.map((diagnosis) => toPart(run, diagnosis, evidence));
  const deliveryIds = await deps.database.transaction((tx) => commit(tx, deps, run, parts, evidence.truncated));
  for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
}

interface ReadRun {
  run: RunRow;
  evidence: Evidence;
}

/** It is over, and no trace tells why. */
function isUntold({ run, evidence }: ReadRun): boolean {
  return isOver(run) && evidence.groups.length === 0;
}

/** The run with its evidence; null when no diagnosis is owed, `waits` when not yet. */
async function readRun(tx: Tx, deps: WorkerDependencies, runId: string): Promise<ReadRun | 'waits' | null> {
  const run = await findRun(tx, runId);
  if (!run || run.diagnosedRevision >= run.revision) return null;
  if (await isBeingAnalysed(tx, deps, run)) return 'waits';
  return { run, evidence: await readEvidence(tx, run.id) };
}

/** Analyses and detections under way nudge this job when they end; the sweeper does if they never do. */
async function isBeingAnalysed(tx: Tx, deps: WorkerDependencies, run: RunRow): Promise<boolean> {
  const since = new Date(deps.clock.now().getTime() - patienceMs);
  if (run.diagnosisWaitsSince && run.diagnosisWaitsSince <= since) return false;
  if (run.pointsUpTo > run.detectedUpTo && run.lastSeenAt > since) return true;
  return hasPendingCaptures(tx, run.id, since);
}

function toPart(run: RunRow, { diagnosis, traceIds, findings }: RunDiagnosis, evidence: Evidence): NewPart {
  const rules = new Set(findings.map((finding) => finding.id));
  const counts = evidence.counts.filter((count) => rules.has(count.rule));
  const groups = evidence.groups.filter((group) => traceIds.includes(group.id));
  const steps = stepsOf(counts, groups);
  const lastStep = run.lastStep === null ? null : Number(run.lastStep);
  return {
    runId: run.id,
    diagnosis,
    evidence: collectEvidence(
      run.id,
      diagnosis,
      findings,
      (rule) => counts.find((count) => count.rule === rule)?.occurrences ?? 1,
      groups,
    ),
    captures: most(counts.filter((count) => count.kind === 'capture')),
    metrics: most(counts.filter((count) => count.kind === 'metric')),
    traces: groups.reduce((sum, group) => sum + group.occurrences, 0),
    firstStep: steps.length > 0 ? Math.min(...steps) : lastStep,
    lastStep: steps.length > 0 ? Math.max(...steps) : lastStep,
    observedAt: latest([...counts, ...groups].map(({ lastAt }) => lastAt)) ?? run.lastSeenAt,
    scope: readScope(run as unknown as ScopedRun, hashOf(run.config)),
    words: searchWords([run.id, run.name, ...groups.map(({ text }) => text)]),
  };
}

function latest(times: (Date | null)[]): Date | null {
  return times.reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null);
}

/** Objects of a jsonb column have one order of keys. */
function hashOf(config: unknown): string | null {
  return config === null ? null : createHash('sha256').update(JSON.stringify(config)).digest('hex');
}

function most(counts: RuleCount[]): number {
  return counts.reduce((largest, count) => Math.max(largest, count.occurrences), 0);
}

function stepsOf(counts: RuleCount[], groups: TraceGroup[]): number[] {
  return [...counts, ...groups]
    .flatMap((source) => [source.firstStep, source.lastStep])
    .filter((step) => step !== null);
}

async function commit(
  tx: Tx,
  deps: WorkerDependencies,
  run: RunRow,
  parts: NewPart[],
  truncated: boolean,
): Promise<string[]> {
  await lockProjectIncidents(tx, run.project);
  const current = await findRunForUpdate(tx, run.id);
  if (!current || current.diagnosedRevision >= run.revision) return [];
  const context = { catalog: deps.catalog, now: deps.clock.now(), newId: deps.newId, publicUrl: deps.publicUrl() };
  const placed = {
    ...run,
    tags: run.tags as Record<string, unknown> | null,
    ownership: await readOwnership(tx, run.project),
  };
  const deliveryIds = await placeRunParts(tx, placed, parts, { mayRefine: !truncated, context });
  await saveDiagnosedRevision(tx, run.id, run.revision);
  return deliveryIds;
}
