// Captures as work: workers claim several at once, renew the claim while they compute, and write what came out in one transaction. A claim
// is the row's status `running` and the time in claimed_at; when that gets old, its worker is gone and the capture is free again.
import type { CaptureAnalysis } from '../../contracts/analysis.ts';
import type { Finding } from '../../contracts/findings.ts';
import type { Tx } from './client.ts';
import { storeFindings } from './findings.ts';
import { Prisma } from './generated/client.ts';
import type { Query } from './statements.ts';

/** A claim that was not renewed for this long is its worker's no more. */
export const claimLeaseMs = 45_000;

export interface ClaimedCapture {
  id: string;
  runId: string;
  step: number | null;
  rank: number;
  sha256: string;
  bytes: number;
  shape: unknown;
  attempts: number;
  worldSize: number | null;
}

export interface ClaimOptions {
  now: Date;
  maxCaptures: number;
  /** Of their files together; a larger capture is claimed alone. */
  maxBytes: number;
}

/** Takes the oldest captures that were never tried. What another worker is about to take is passed over, not waited for. */
export async function claimFreshCaptures(
  query: Query,
  { now, maxCaptures, maxBytes }: ClaimOptions,
): Promise<ClaimedCapture[]> {
  const { text, values } = Prisma.sql`
    WITH oldest AS (
      SELECT id, bytes, received_at FROM capture WHERE status = 'queued' AND attempts = 0
      ORDER BY received_at, id LIMIT ${maxCaptures}::int FOR UPDATE SKIP LOCKED),
    summed AS (SELECT id, row_number() OVER by_age AS place, sum(bytes) OVER by_age AS bytes FROM oldest WINDOW by_age AS (ORDER BY received_at, id)),
    claimed AS (
      UPDATE capture SET status = 'running', attempts = attempts + 1, claimed_at = ${now.toISOString()}::timestamptz
      FROM summed WHERE capture.id = summed.id AND (place = 1 OR summed.bytes <= ${maxBytes}::bigint)
      RETURNING capture.id, run_id, step, rank, sha256, capture.bytes, shape, attempts, received_at)
    SELECT claimed.id, run_id AS "runId", step, rank, sha256, bytes, shape, attempts, world_size AS "worldSize"
    FROM claimed JOIN run ON run.id = run_id ORDER BY received_at, claimed.id`;
  return query({ name: 'claim-fresh-captures', text, values });
}

/**
 * Takes one capture that was tried before and is due, or whose worker is gone. One only: the worker may have died of it, and must not take
 * others along again.
 */
export async function claimCaptureAgain(query: Query, now: Date): Promise<ClaimedCapture[]> {
  const { text, values } = Prisma.sql`
    WITH due AS (
      SELECT id FROM capture WHERE (status = 'queued' AND retry_at <= ${now.toISOString()}::timestamptz)
        OR (status = 'running' AND claimed_at < ${leaseEnd(now).toISOString()}::timestamptz)
      ORDER BY received_at, id LIMIT 1 FOR UPDATE SKIP LOCKED),
    claimed AS (
      UPDATE capture SET status = 'running', attempts = attempts + 1, claimed_at = ${now.toISOString()}::timestamptz FROM due WHERE capture.id = due.id
      RETURNING capture.id, run_id, step, rank, sha256, bytes, shape, attempts)
    SELECT claimed.id, run_id AS "runId", step, rank, sha256, bytes, shape, attempts, world_size AS "worldSize" FROM claimed JOIN run ON run.id = run_id`;
  return query({ name: 'claim-capture-again', text, values });
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() - claimLeaseMs);
}

/** True when one of the claims would find something. */
export async function hasClaimableCaptures(tx: Tx, now: Date): Promise<boolean> {
  const rows = await tx.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (SELECT FROM capture WHERE status = 'queued' AND (retry_at IS NULL OR retry_at <= ${now}))
      OR EXISTS (SELECT FROM capture WHERE status = 'running' AND claimed_at < ${leaseEnd(now)}) AS found`;
  return rows[0]?.found ?? false;
}

/** Says that these are still being worked on. */
export async function renewClaims(tx: Tx, ids: string[], now: Date): Promise<void> {
  await tx.$executeRaw`UPDATE capture SET claimed_at = ${now} WHERE id = ANY(${ids}) AND status = 'running'`;
}

/** Frees every claim: for the sole owner of a database, at start, when no worker can be alive. Answers how many. */
export async function releaseClaims(tx: Tx): Promise<number> {
  return tx.$executeRaw`UPDATE capture SET claimed_at = 'epoch' WHERE status = 'running'`;
}

export interface FinishedCapture {
  id: string;
  runId: string;
  analysis: CaptureAnalysis;
  findings: Finding[];
}

/**
 * Stores analyses with their findings and marks that the runs owe a diagnosis, in one statement; twice is the same as once. Runs are locked in
 * the order of their ids, as everywhere.
 */
export async function finishCaptures(query: Query, finished: FinishedCapture[], now: Date): Promise<void> {
  const captures = finished.map(({ id, runId, analysis }) => ({
    id,
    run_id: runId,
    analysis,
    selection_checked: analysis.selection !== null,
    mismatched_rows: analysis.selection?.mismatched_rows ?? 0,
    below_range: analysis.below_range,
    above_range: analysis.above_range,
    non_finite_targets: analysis.non_finite_targets,
    non_finite_logits: analysis.non_finite_logits,
    target_min: analysis.target_min,
    target_max: analysis.target_max,
  }));
  const findings = finished.flatMap(({ runId, findings }) => findings.map((finding) => ({ runId, finding })));
  const { text, values } = Prisma.sql`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(captures)}::text::jsonb) AS g(
        id text, run_id text, analysis jsonb, selection_checked boolean, mismatched_rows int, below_range int, above_range int,
        non_finite_targets int, non_finite_logits int, target_min float8, target_max float8)),
    locked AS (SELECT id FROM run WHERE id IN (SELECT run_id FROM given) ORDER BY id FOR NO KEY UPDATE),
    owed AS (UPDATE run SET revision = revision + 1 FROM locked WHERE run.id = locked.id RETURNING run.id),
    found AS (${storeFindings(findings, now, Prisma.sql`owed`)})
    UPDATE capture SET status = 'done', error = NULL, claimed_at = NULL, retry_at = NULL, analysed_at = ${now.toISOString()}::timestamptz, analysis = g.analysis,
      selection_checked = g.selection_checked, mismatched_rows = g.mismatched_rows, below_range = g.below_range, above_range = g.above_range,
      non_finite_targets = g.non_finite_targets, non_finite_logits = g.non_finite_logits, target_min = g.target_min, target_max = g.target_max
    FROM given AS g JOIN owed ON owed.id = g.run_id WHERE capture.id = g.id AND status <> 'done'`;
  await query({ name: 'finish-captures', text, values });
}

/** Puts a capture back for another attempt at `retryAt`, or fails it for good when that is null; nothing when another worker has it by now. */
export async function failAttempt(
  tx: Tx,
  capture: Pick<ClaimedCapture, 'id' | 'attempts'>,
  error: string,
  retryAt: Date | null,
): Promise<void> {
  await tx.capture.updateMany({
    where: { id: capture.id, status: 'running', attempts: capture.attempts },
    data: { status: retryAt === null ? 'failed' : 'queued', error, retryAt, claimedAt: null },
  });
}
