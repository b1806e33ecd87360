// Recomputes the DFL of one capture: tensors from the blob, the engine, the interpretation; then analysis and findings in one
// transaction. Running twice stores the same analysis and no second finding.
import type { JobPayload } from '../contracts/jobs.ts';
import { interpretAnalysis } from '../domain/dfl/interpret-analysis.ts';
import { analyseCapture } from '../kernels/dfl/analyse-capture.ts';
import {
  type CaptureRow,
  failCapture,
  finishCapture,
  readCaptureShape,
  startCapture,
} from '../platform/db/captures.ts';
import { insertFindings } from '../platform/db/findings.ts';
import { findRun, oweDiagnosis } from '../platform/db/runs.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** A capture that failed this often is not tried again: the sweeper leaves it alone. */
const maxAttempts = 5;

export async function recomputeDfl(deps: WorkerDependencies, payload: JobPayload<'recompute-dfl'>): Promise<void> {
  const capture = await startCapture(deps.database.client, payload.captureId);
  if (!capture) return;
  try {
    await analyse(deps, capture);
  } catch (error) {
    if (capture.attempts < maxAttempts) throw error;
    await failCapture(
      deps.database.client,
      capture.id,
      `The tensors could not be recomputed: ${error instanceof Error ? error.message : String(error)}`,
    );
    deps.logger.error({ captureId: capture.id, err: error }, 'capture given up');
  }
  deps.nudge('diagnose-run', { runId: capture.runId });
}

async function analyse(deps: WorkerDependencies, capture: CaptureRow): Promise<void> {
  const shape = readCaptureShape(capture);
  const run = await findRun(deps.database.client, capture.runId);
  const measured = await analyseCapture(await deps.blobs.read(capture.sha256), shape, deps.dflEngine);
  const { analysis, findings } = interpretAnalysis({
    ...measured,
    shape,
    captureId: capture.id,
    rank: capture.rank,
    step: capture.step === null ? shape.step : Number(capture.step),
    worldSize: run?.worldSize ?? null,
  });
  const now = deps.clock.now();
  await deps.database.transaction(async (tx) => {
    await oweDiagnosis(tx, capture.runId);
    await finishCapture(tx, capture.id, analysis, now);
    await insertFindings(tx, capture.runId, findings, now);
  });
}
