// What the review of standing incidents looks at: mutes whose time has passed, and how the runs of incidents went on.
import type { Tx } from './client.ts';

/** Standing incidents whose mute ended until `now`, the longest ago first. */
export async function findDueMutes(tx: Tx, now: Date, limit: number): Promise<{ id: string; project: string }[]> {
  return tx.incident.findMany({
    where: { mergedInto: null, mutedUntil: { lte: now } },
    orderBy: { mutedUntil: 'asc' },
    take: limit,
    select: { id: true, project: true },
  });
}

export interface RecoverableIncident {
  id: string;
  project: string;
  class: string;
}

/** Standing, unresolved incidents of these classes in the order of their ids, after `after`. */
export async function findRecoverable(
  tx: Tx,
  classes: string[],
  after: string,
  limit: number,
): Promise<RecoverableIncident[]> {
  return tx.incident.findMany({
    where: { mergedInto: null, state: { not: 'resolved' }, class: { in: classes }, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true, project: true, class: true },
  });
}

export interface RunProgress {
  incidentId: string;
  home: string;
  runId: string;
  status: string;
  lastStep: number | null;
  failedAt: number | null;
  clearStep: number | null;
  /** Findings in the evidence of the part. */
  rules: string[];
  /** Detectors of the run whose condition holds. */
  ongoingRules: string[];
  /** Nothing observed waits for detection or diagnosis. */
  isSettled: boolean;
}

/** How the runs of standing incidents stand now. */
export async function readProgress(tx: Tx, standingIds: string[]): Promise<RunProgress[]> {
  const rows = await tx.$queryRaw<
    (Omit<RunProgress, 'lastStep' | 'failedAt' | 'clearStep'> &
      Record<'lastStep' | 'failedAt' | 'clearStep', bigint | null>)[]
  >`
    SELECT h.standing_id AS "incidentId", ir.incident_id AS home, ir.run_id AS "runId", r.status, r.last_step AS "lastStep",
      ir.last_step AS "failedAt", ir.clear_step AS "clearStep", r.ongoing_rules AS "ongoingRules",
      r.revision = r.diagnosed_revision AND r.points_up_to = r.detected_up_to AS "isSettled",
      ARRAY(SELECT DISTINCT e -> 'text' ->> 'id' FROM jsonb_array_elements(ir.evidence) e WHERE e -> 'text' ->> 'from' = 'finding') AS rules
    FROM incident_run ir JOIN incident h ON h.id = ir.incident_id JOIN run r ON r.id = ir.run_id
    WHERE h.standing_id = ANY(${standingIds}) ORDER BY ir.joined_at, ir.run_id`;
  const toNumber = (value: bigint | null) => (value === null ? null : Number(value));
  return rows.map((row) => ({
    ...row,
    lastStep: toNumber(row.lastStep),
    failedAt: toNumber(row.failedAt),
    clearStep: toNumber(row.clearStep),
  }));
}

export async function saveClearStep(
  tx: Tx,
  { home, runId, clearStep }: { home: string; runId: string; clearStep: number | null },
): Promise<void> {
  await tx.incidentRun.updateMany({
    where: { incidentId: home, runId },
    data: { clearStep: clearStep === null ? null : BigInt(clearStep) },
  });
}
