// Everything observed of a run that its diagnosis is made from.
import { captureDrift } from '../domain/dfl/capture-drift.ts';
import type { RunContext } from '../domain/diagnosis/types.ts';
import { readCaptureFacts, readCaptureTrends } from '../platform/db/captures.ts';
import type { Tx } from '../platform/db/client.ts';
import { type RuleCount, readFindings } from '../platform/db/findings.ts';
import type { RunRow } from '../platform/db/runs.ts';
import { readTraceGroups } from '../platform/db/traces.ts';

/** Kinds of traces of a run that are diagnosed; a run that raises more different errors keeps what was found before. */
const maxTraceKinds = 100;

/** Read it in one snapshot. */
export async function readEvidence(tx: Tx, runId: string) {
  const { groups, truncated } = await readTraceGroups(tx, runId, maxTraceKinds);
  const { findings, counts } = await readFindings(tx, runId);
  const drifts = captureDrift(await readCaptureTrends(tx, runId));
  return {
    groups,
    truncated,
    findings: [...findings, ...drifts],
    counts: [...counts, ...drifts.map(({ id, step }) => countOnce(id, step))],
    captures: await readCaptureFacts(tx, runId),
  };
}
export type Evidence = Awaited<ReturnType<typeof readEvidence>>;

/** A drift is told from all captures together, and once. */
function countOnce(rule: string, step: number | null): RuleCount {
  return { rule, kind: 'capture', occurrences: 1, firstStep: step, lastStep: step, lastAt: null };
}

/** What is known of the run besides its observations. */
export function contextOf(run: RunRow, evidence: Pick<Evidence, 'captures'>): RunContext {
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
