// Recomputes the DFL of the captures that wait: claims several, reads their tensors and computes them at the same time (the engine fuses
// them), interprets, and stores analyses and findings in one transaction. One that fails, fails alone. Running twice, or two at once, stores
// the same analyses and no second finding.
import { setTimeout } from 'node:timers/promises';
import { type JobPayload, jobCatalogue } from '../contracts/jobs.ts';
import { interpretAnalysis } from '../domain/dfl/interpret-analysis.ts';
import { analyseCapture } from '../kernels/dfl/analyse-capture.ts';
import type { Loan } from '../kernels/dfl/cpu/arena.ts';
import {
  type ClaimedCapture,
  claimCaptureAgain,
  claimFreshCaptures,
  claimLeaseMs,
  type FinishedCapture,
  failAttempt,
  finishCaptures,
  renewClaims,
} from '../platform/db/capture-work.ts';
import { readCaptureShape } from '../platform/db/captures.ts';
import { isDatabaseUnavailable } from '../platform/db/client.ts';
import { backoffDelayMs } from '../platform/queue/catalogue.ts';
import type { WorkerDependencies } from './dependencies.ts';

/** Of one claim: as many as the engine computes in one dispatch. */
const maxCaptures = 128;
const maxBytes = 32 * 2 ** 20;
/** Claims of one job; what is left then is the next job's, so that a stop need not wait for a backlog. */
const maxTurns = 32;
/** Captures gather for this long after a claim that was not full: statements and dispatches cost by the piece. */
const gatherMs = 100;
const lanes = 8;
const settings = jobCatalogue['recompute-dfl'];

type Outcome = { finished: FinishedCapture } | { failed: ClaimedCapture; error: unknown };

export function createRecomputeDfl(deps: WorkerDependencies): (payload: JobPayload<'recompute-dfl'>) => Promise<void> {
  const { client, sql } = deps.database;

  return async function recomputeDfl({ lane }) {
    let mayHaveFailed = true;
    for (let turn = 0; turn < maxTurns; turn += 1) {
      const again: ClaimedCapture[] = mayHaveFailed ? await claimCaptureAgain(sql.query, deps.clock.now()) : [];
      mayHaveFailed = again.length > 0;
      await analyseClaimed(again);
      const fresh = await claimFreshCaptures(sql.query, { now: deps.clock.now(), maxCaptures, maxBytes });
      if (isFull(fresh)) deps.nudge('recompute-dfl', { lane: (lane + 1) % lanes });
      await analyseClaimed(fresh);
      if (again.length + fresh.length === 0) return;
      if (!isFull(fresh)) await setTimeout(gatherMs);
    }
    deps.nudge('recompute-dfl', { lane });
  };

  async function analyseClaimed(captures: ClaimedCapture[]): Promise<void> {
    if (captures.length === 0) return;
    const ids = captures.map(({ id }) => id);
    const renewal = setInterval(() => {
      renewClaims(client, ids, deps.clock.now()).catch((error) =>
        deps.logger.warn({ err: error }, 'the claim of captures could not be renewed'),
      );
    }, claimLeaseMs / 3);
    try {
      const outcomes = await Promise.all(captures.map((capture) => analyse(deps, capture)));
      await store(deps, captures, outcomes);
    } finally {
      clearInterval(renewal);
    }
  }
}

/** A claim that took as much as it may: more is probably waiting. */
function isFull(captures: ClaimedCapture[]): boolean {
  const bytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
  return captures.length === maxCaptures || bytes > maxBytes / 2;
}

async function analyse(deps: WorkerDependencies, capture: ClaimedCapture): Promise<Outcome> {
  const loans: Loan[] = [];
  const allocate = (bytes: number): Uint8Array => {
    const loan = deps.dflEngine.allocate(bytes);
    loans.push(loan);
    return loan.bytes;
  };
  try {
    if (capture.attempts > settings.attempts) throw new Error('the process that recomputed them ended every time');
    const shape = readCaptureShape(capture);
    const file = await deps.blobs.read(capture.sha256, allocate);
    const measured = await analyseCapture(file, shape, deps.dflEngine);
    const { analysis, findings } = interpretAnalysis({
      ...measured,
      shape,
      captureId: capture.id,
      rank: capture.rank,
      step: capture.step ?? shape.step,
      worldSize: capture.worldSize,
    });
    return { finished: { id: capture.id, runId: capture.runId, analysis, findings } };
  } catch (error) {
    return { failed: capture, error };
  } finally {
    for (const loan of loans) loan.free();
  }
}

async function store(deps: WorkerDependencies, captures: ClaimedCapture[], outcomes: Outcome[]): Promise<void> {
  const finished = outcomes.flatMap((outcome) => ('finished' in outcome ? [outcome.finished] : []));
  const refused = await finishAll(deps, finished);
  const failed = outcomes.flatMap((outcome) => ('failed' in outcome ? [outcome] : []));
  for (const { id, error } of refused) {
    failed.push({ failed: captures.find((capture) => capture.id === id) as ClaimedCapture, error });
  }
  for (const { failed: capture, error } of failed) await fail(deps, capture, error);
  for (const runId of new Set(captures.map((capture) => capture.runId))) deps.nudge('diagnose-run', { runId });
}

/** Answers those that could not be stored although the database is there: each is tried alone before. */
async function finishAll(
  deps: WorkerDependencies,
  finished: FinishedCapture[],
): Promise<{ id: string; error: unknown }[]> {
  if (finished.length === 0) return [];
  try {
    await finishCaptures(deps.database.sql.query, finished, deps.clock.now());
    return [];
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    if (finished.length === 1) return finished.map(({ id }) => ({ id, error }));
    const refused = [];
    for (const one of finished) refused.push(...(await finishAll(deps, [one])));
    return refused;
  }
}

async function fail(deps: WorkerDependencies, capture: ClaimedCapture, error: unknown): Promise<void> {
  const reason = `The tensors could not be recomputed: ${error instanceof Error ? error.message : String(error)}`;
  const isOver = capture.attempts >= settings.attempts;
  const delayMs = backoffDelayMs(settings, capture.attempts, deps.random());
  const retryAt = isOver ? null : new Date(deps.clock.now().getTime() + delayMs);
  deps.logger[isOver ? 'error' : 'warn'](
    { captureId: capture.id, attempt: capture.attempts, err: error },
    isOver ? 'capture given up' : 'capture failed; it is tried again',
  );
  await failAttempt(deps.database.client, capture, reason, retryAt);
}
