// Captures: the tensors lie in a blob named by their sha256; the row holds the validated header and, when done, the analysis.
import type { CaptureAnalysis, CaptureDetail } from '../../contracts/analysis.ts';
import {
  type CaptureListItem,
  type CaptureMeasures,
  type CaptureShape,
  type CaptureStatus,
  type CaptureSummary,
  usualRounding,
} from '../../contracts/capture.ts';
import type { Tx } from './client.ts';
import type { Capture as CaptureRow } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export type { CaptureRow };

/** What rows stored by older versions do not say. */
type LaterFields = 'rounding' | 'normalizerGiven' | 'reportedRounding' | 'precision' | 'unusedTensors';
type StoredShape = Omit<CaptureShape, LaterFields> & Partial<Pick<CaptureShape, LaterFields>>;

/** The validated header of a stored capture. */
export function readCaptureShape(row: { shape: unknown }): CaptureShape {
  const shape = row.shape as StoredShape;
  return {
    rounding: usualRounding[shape.formulation],
    normalizerGiven: shape.normalizer !== 1,
    reportedRounding: 0,
    precision: 'F32',
    unusedTensors: [],
    ...shape,
    reportedLossDfl: shape.reportedLossDfl === null ? null : Number(shape.reportedLossDfl),
  };
}

export async function findCapture(tx: Tx, id: string): Promise<CaptureRow | null> {
  return tx.capture.findUnique({ where: { id } });
}

export async function countPendingCaptures(tx: Tx): Promise<number> {
  return tx.capture.count({ where: { status: { in: ['queued', 'running'] } } });
}

/** True when a capture of the run that came after `since` still waits for its analysis. */
export async function hasPendingCaptures(tx: Tx, runId: string, since: Date): Promise<boolean> {
  return (
    (await tx.capture.count({
      where: { runId, status: { in: ['queued', 'running'] }, receivedAt: { gt: since } },
      take: 1,
    })) > 0
  );
}

/** [lo, hi) of a run's latest analysed capture; null when there is none. */
export async function readRegRange(tx: Tx, runId: string): Promise<[number, number] | null> {
  const latest = await tx.capture.findFirst({
    where: { runId, status: 'done' },
    orderBy: { receivedAt: 'desc' },
    select: { shape: true },
  });
  return regRangeOf(latest?.shape as unknown as CaptureShape | undefined);
}

export function regRangeOf(shape: CaptureShape | null | undefined): [number, number] | null {
  const range = shape?.regRange;
  return range ? [range.lo, range.hi] : null;
}

/** Sums over a run's analysed captures, without those of `except`; null when there is none. Fields as domain/diagnosis/types.ts CaptureFacts. */
export async function readCaptureFacts(tx: Tx, runId: string, except: string[] = []) {
  const rows = await tx.$queryRaw<Record<string, number | null>[]>`
    SELECT count(*)::int AS analysed, count(*) FILTER (WHERE selection_checked)::int AS "selectionChecked",
      count(*) FILTER (WHERE mismatched_rows > 0)::int AS "selectionMismatched", COALESCE(sum(mismatched_rows), 0)::float8 AS "mismatchedRows",
      count(*) FILTER (WHERE below_range + above_range > 0)::int AS "outOfRange", COALESCE(sum(below_range), 0)::float8 AS "belowRange",
      COALESCE(sum(above_range), 0)::float8 AS "aboveRange", COALESCE(sum(non_finite_targets), 0)::float8 AS "nonFiniteTargets",
      COALESCE(sum(non_finite_logits), 0)::float8 AS "nonFiniteLogits", min(target_min) AS "targetMin", max(target_max) AS "targetMax",
      min(step)::float8 AS "firstStep", max(step)::float8 AS "lastStep"
    FROM capture WHERE run_id = ${runId} AND status = 'done' AND id <> ALL(${except})`;
  const sums = rows[0];
  if (!sums?.analysed) return null;
  const regRange = await readRegRange(tx, runId);
  const count = (name: string) => sums[name] ?? 0;
  return {
    analysed: count('analysed'),
    selectionChecked: count('selectionChecked'),
    selectionMismatched: count('selectionMismatched'),
    mismatchedRows: count('mismatchedRows'),
    outOfRange: count('outOfRange'),
    belowRange: count('belowRange'),
    aboveRange: count('aboveRange'),
    nonFiniteTargets: count('nonFiniteTargets'),
    nonFiniteLogits: count('nonFiniteLogits'),
    targetMin: sums.targetMin ?? null,
    targetMax: sums.targetMax ?? null,
    regRange,
    firstStep: sums.firstStep ?? null,
    lastStep: sums.lastStep ?? null,
  };
}

/** Analysed captures whose tensors are still there: those named first, then those nearest to a step. */
export async function findKeptCaptures(
  tx: Tx,
  runId: string,
  wanted: { first: string[]; step: number | null; limit: number },
): Promise<CaptureRow[]> {
  const ids = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM capture WHERE run_id = ${runId} AND status = 'done' AND tensors_removed_at IS NULL
    ORDER BY id = ANY(${wanted.first}) DESC, abs(step - ${wanted.step}::bigint) NULLS LAST, received_at DESC, id LIMIT ${wanted.limit}`;
  const rows = new Map(
    (await tx.capture.findMany({ where: { id: { in: ids.map(({ id }) => id) } } })).map((row) => [row.id, row]),
  );
  return ids.flatMap(({ id }) => rows.get(id) ?? []);
}

export async function listCaptures(tx: Tx, runId: string, page: { cursor?: string | undefined; limit: number }) {
  const after = decodeCursor(page.cursor, 2);
  const at = after ? new Date(after[0] as number) : undefined;
  const rows = await tx.capture.findMany({
    where: {
      runId,
      ...(at ? { OR: [{ receivedAt: { lt: at } }, { receivedAt: at, id: { lt: String(after?.[1]) } }] } : {}),
    },
    orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
    omit: { analysis: true, shape: true },
  });
  const measures = await readMeasures(
    tx,
    rows.map((row) => row.id),
  );
  const present = (row: (typeof rows)[number]): CaptureListItem => {
    const measured = measures.get(row.id);
    return measured ? { ...presentSummary(row), measured } : presentSummary(row);
  };
  return toPage(rows, page.limit, present, (row) => [row.receivedAt.getTime(), row.id]);
}

/** Picks the numbers out of the analyses where they lie: an analysis may have a hundred kilobytes. */
async function readMeasures(tx: Tx, ids: string[]): Promise<Map<string, CaptureMeasures>> {
  const rows = await tx.$queryRaw<{ id: string; measured: CaptureMeasures }[]>`
    SELECT id, jsonb_build_object('loss_dfl', analysis -> 'loss_dfl', 'reported_loss_dfl', analysis -> 'reported_loss_dfl',
      'relative_difference', analysis -> 'relative_difference', 'entropy_mean', analysis -> 'entropy_mean',
      'distributions', analysis -> 'distributions', 'below_range', below_range, 'above_range', above_range,
      'at_lower_clip', analysis -> 'at_lower_clip', 'at_upper_clip', analysis -> 'at_upper_clip',
      'non_finite_targets', non_finite_targets, 'non_finite_logits', non_finite_logits,
      'mismatched_rows', analysis -> 'selection' -> 'mismatched_rows',
      'findings', jsonb_path_query_array(analysis, '$.findings[*].id')) AS measured
    FROM capture WHERE id = ANY(${ids}::text[]) AND analysis IS NOT NULL`;
  return new Map(rows.map(({ id, measured }) => [id, measured]));
}

function presentSummary(row: Omit<CaptureRow, 'analysis' | 'shape'>): CaptureSummary {
  return {
    id: row.id,
    run_id: row.runId,
    step: row.step === null ? null : Number(row.step),
    rank: row.rank,
    status: row.status as CaptureStatus,
    ...(row.error === null ? {} : { error: row.error }),
    received_at: row.receivedAt.toISOString(),
  };
}

export function presentCapture(row: CaptureRow): CaptureDetail {
  return {
    ...presentSummary(row),
    ...(row.analysis === null ? {} : { analysis: row.analysis as unknown as CaptureAnalysis }),
  };
}

/** Of these blobs, the ones that no capture stands for. */
export async function findUnknownBlobs(tx: Tx, sha256s: string[]): Promise<string[]> {
  const rows = await tx.capture.findMany({ where: { sha256: { in: sha256s } }, select: { sha256: true } });
  const known = new Set(rows.map((row) => row.sha256));
  return sha256s.filter((sha256) => !known.has(sha256));
}

export async function markTensorsRemoved(tx: Tx, sha256: string, now: Date): Promise<void> {
  await tx.capture.updateMany({ where: { sha256 }, data: { tensorsRemovedAt: now } });
}

/** Numbers of the analysed captures of a run by which a drift is told, the first and the last 128 of them by step. */
export async function readCaptureTrends(tx: Tx, runId: string) {
  const rows = await tx.$queryRaw<
    {
      id: string;
      step: bigint | null;
      rank: number;
      clip_share: number | null;
      entropy: number | null;
      histogram: number[] | null;
      difference: number | null;
    }[]
  >`
    SELECT id, step, rank, entropy, histogram, difference, clip_share FROM (
      SELECT id, step, rank, (analysis ->> 'entropy_mean')::float8 AS entropy, analysis -> 'bin_histogram' AS histogram,
        abs((analysis ->> 'relative_difference')::float8) AS difference,
        GREATEST((analysis ->> 'at_lower_clip')::float8, (analysis ->> 'at_upper_clip')::float8) / NULLIF((analysis ->> 'distributions')::float8, 0) AS clip_share,
        row_number() OVER (ORDER BY step, id) AS from_start, row_number() OVER (ORDER BY step DESC, id DESC) AS from_end
      FROM capture WHERE run_id = ${runId} AND status = 'done') c
    WHERE from_start <= 128 OR from_end <= 128`;
  return rows.map((row) => ({
    id: row.id,
    step: row.step === null ? null : Number(row.step),
    rank: row.rank,
    clipShare: row.clip_share,
    entropyMean: row.entropy,
    histogram: row.histogram ?? [],
    difference: row.difference,
  }));
}
