// Turns everything observed of a run into diagnoses, and those into incidents. The evidence is read anew from the rows every time, so
// running twice, late or out of order ends in the same incidents.
import type { JobPayload } from '../contracts/jobs.ts';
import { captureDrift } from '../domain/dfl/capture-drift.ts';
import { diagnoseRun as diagnoseEvidence, type RunDiagnosis } from '../domain/diagnosis/diagnose-run.ts';
import type { RunContext } from '../domain/diagnosis/types.ts';
import { collectEvidence } from '../domain/incidents/collect-evidence.ts';
import type { RunPart } from '../domain/incidents/types.ts';
import { parseText } from '../domain/parsing/parse-text.ts';
import { hasPendingCaptures, readCaptureFacts, readCaptureTrends } from '../platform/db/captures.ts';
import type { Tx } from '../platform/db/client.ts';
import { type RuleCount, readFindings } from '../platform/db/findings.ts';
import { lockProjectIncidents } from '../platform/db/incidents.ts';
import { findRun, findRunForUpdate, type RunRow, saveDiagnosedRevision } from '../platform/db/runs.ts';
import { readTraceGroups, type TraceGroup } from '../platform/db/traces.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { placeRunParts } from './place-run-parts.ts';

/** Distinct traces of a run that are diagnosed; a run that raises more different errors keeps what was found before. */
const maxTraceGroups = 100;
/** How long a diagnosis waits for analyses that are under way, so that it is made once, with all the evidence. */
const patienceMs = 5_000;

export async function diagnoseRun(deps: WorkerDependencies, { runId }: JobPayload<'diagnose-run'>): Promise<void> {
  const run = await findRun(deps.database.client, runId);
  if (!run || run.diagnosedRevision >= run.revision) return;
  if (await isBeingAnalysed(deps, run)) return;
  const evidence = await readEvidence(deps, run);
  const diagnoses = diagnoseEvidence(
    evidence.traces,
    evidence.findings,
    evidence.captures,
    contextOf(run, evidence),
    deps.catalog,
  );
  const parts = diagnoses.map((diagnosis) => toPart(run.id, diagnosis, evidence));
  const deliveryIds = await deps.database.transaction((tx) => commit(tx, deps, run, parts, evidence.truncated));
  for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
}

/** Analyses and detections under way nudge this job when they end; the sweeper does if they never do. */
async function isBeingAnalysed(deps: WorkerDependencies, run: RunRow): Promise<boolean> {
  const since = new Date(deps.clock.now().getTime() - patienceMs);
  if (run.pointsUpTo > run.detectedUpTo && run.lastSeenAt > since) return true;
  return hasPendingCaptures(deps.database.client, run.id, since);
}

async function readEvidence(deps: WorkerDependencies, run: RunRow) {
  const { client } = deps.database;
  const { groups, truncated } = await readTraceGroups(client, run.id, maxTraceGroups);
  const { findings, counts } = await readFindings(client, run.id);
  const drifts = captureDrift(await readCaptureTrends(client, run.id));
  return {
    groups,
    truncated,
    traces: groups.map((group) => ({
      id: group.id,
      parsed: parseText(group.text, deps.catalog.formats),
      origin: group.origin,
      step: group.step,
      rank: group.rank,
    })),
    findings: [...findings, ...drifts],
    counts: [...counts, ...drifts.map(({ id, step }) => countOnce(id, step))],
    captures: await readCaptureFacts(client, run.id),
    lastStep: run.lastStep === null ? null : Number(run.lastStep),
  };
}

/** A drift is told from all captures together, and once. */
function countOnce(rule: string, step: number | null): RuleCount {
  return { rule, kind: 'capture', occurrences: 1, firstStep: step, lastStep: step };
}
type Evidence = Awaited<ReturnType<typeof readEvidence>>;

function contextOf(run: RunRow, evidence: Evidence): RunContext {
  return {
    framework: run.framework as RunContext['framework'],
    device: run.device,
    environment: run.environment as RunContext['environment'],
    config: run.config as RunContext['config'],
    worldSize: run.worldSize,
    regRange: evidence.captures?.regRange ?? null,
    numClasses: null,
  };
}

function toPart(runId: string, { diagnosis, traceIds, findings }: RunDiagnosis, evidence: Evidence): RunPart {
  const rules = new Set(findings.map((finding) => finding.id));
  const counts = evidence.counts.filter((count) => rules.has(count.rule));
  const groups = evidence.groups.filter((group) => traceIds.includes(group.id));
  const steps = stepsOf(counts, groups);
  return {
    runId,
    diagnosis,
    evidence: collectEvidence(
      runId,
      diagnosis,
      findings,
      (rule) => counts.find((count) => count.rule === rule)?.occurrences ?? 1,
      groups,
    ),
    captures: most(counts.filter((count) => count.kind === 'capture')),
    metrics: most(counts.filter((count) => count.kind === 'metric')),
    traces: groups.reduce((sum, group) => sum + group.occurrences, 0),
    firstStep: steps.length > 0 ? Math.min(...steps) : evidence.lastStep,
    lastStep: steps.length > 0 ? Math.max(...steps) : evidence.lastStep,
  };
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
  parts: RunPart[],
  truncated: boolean,
): Promise<string[]> {
  await lockProjectIncidents(tx, run.project);
  const current = await findRunForUpdate(tx, run.id);
  if (!current || current.diagnosedRevision >= run.revision) return [];
  const context = { catalog: deps.catalog, now: deps.clock.now(), newId: deps.newId, publicUrl: deps.publicUrl() };
  const deliveryIds = await placeRunParts(tx, run, parts, { mayRefine: !truncated, context });
  await saveDiagnosedRevision(tx, run.id, run.revision);
  return deliveryIds;
}
