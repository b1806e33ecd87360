// Runs. A run's row is also its lock: whoever writes observations of a run takes it first (`touchRun`), so that points are counted in the
// order of their commits and the detectors' cursor skips nothing.
import type { Environment, Run, RunCreate, RunPatch, RunStatus } from '../../contracts/runs.ts';
import type { Tx } from './client.ts';
import { Prisma, type Run as RunRow } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';
import { ensureProject } from './projects.ts';
import type { Query } from './statements.ts';

export type { RunRow };

/** Creates the run, or merges into the one that has the id (how several ranks join). `created` false means it was there. */
export async function upsertRun(
  tx: Tx,
  run: RunCreate & { id: string; project: string },
  now: Date,
): Promise<{ row: RunRow; created: boolean }> {
  const columns = {
    name: run.name,
    framework: run.framework ?? Prisma.DbNull,
    device: run.device ?? null,
    environment: run.environment ?? Prisma.DbNull,
    config: (run.config as Prisma.InputJsonObject | undefined) ?? Prisma.DbNull,
    tags: (run.tags as Prisma.InputJsonObject | undefined) ?? Prisma.DbNull,
    worldSize: run.world_size ?? null,
  };
  await ensureProject(tx, run.project);
  const inserted = await tx.run.createMany({
    data: [{ id: run.id, project: run.project, ...columns, lastSeenAt: now, createdAt: now }],
    skipDuplicates: true,
  });
  if (inserted.count === 1) return { row: await tx.run.findUniqueOrThrow({ where: { id: run.id } }), created: true };
  await lockRun(tx, run.id);
  const before = await tx.run.findUniqueOrThrow({ where: { id: run.id } });
  if (before.project !== run.project) return { row: before, created: false };
  const row = await tx.run.update({
    where: { id: run.id },
    data: {
      framework: run.framework ?? undefined,
      device: run.device ?? undefined,
      environment: mergeJson(before.environment, run.environment),
      config: mergeJson(before.config, run.config),
      tags: mergeJson(before.tags, run.tags),
      worldSize: run.world_size ?? undefined,
      status: before.status === 'stalled' ? 'running' : undefined,
      lastSeenAt: now,
      revision: { increment: 1 },
    },
  });
  return { row, created: false };
}

/** Shallow merge, the new value of a key wins; `packages` are merged too. Undefined when nothing is given. */
function mergeJson(before: Prisma.JsonValue, given: object | undefined): Prisma.InputJsonObject | undefined {
  if (given === undefined) return undefined;
  const base = isObject(before) ? before : {};
  const merged: Record<string, unknown> = { ...base, ...given };
  if (isObject(base.packages) && isObject((given as Environment).packages))
    merged.packages = { ...base.packages, ...(given as Environment).packages };
  return merged as Prisma.InputJsonObject;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export async function findRun(tx: Tx, id: string): Promise<RunRow | null> {
  return tx.run.findUnique({ where: { id } });
}

async function lockRun(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM run WHERE id = ${id} FOR UPDATE`;
}

/**
 * What observations change in their run's row, for `UPDATE run SET ... FROM seen` with seen (at timestamptz, step bigint or null, times int). A
 * stalled run is running again; how long it was silent before is learned unless it was stalled or just begins.
 */
export const heardOf = Prisma.raw(`last_seen_at = seen.at, last_step = GREATEST(last_step, seen.step),
  status = CASE WHEN status = 'stalled' THEN 'running' ELSE status END, heard_count = heard_count + seen.times,
  longest_gap_ms = CASE WHEN status = 'running' AND heard_count > 0
    THEN GREATEST(longest_gap_ms, EXTRACT(EPOCH FROM seen.at - last_seen_at) * 1000) ELSE longest_gap_ms END`);

/**
 * Notes that a run was heard of, and locks its row until the transaction ends. `owesDiagnosis` marks that the observation may change
 * the diagnosis.
 */
export async function touchRun(
  tx: Tx,
  id: string,
  seen: { now: Date; lastStep?: number | undefined; owesDiagnosis: boolean },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE run SET ${heardOf}, revision = revision + ${seen.owesDiagnosis ? 1 : 0}
    FROM (SELECT ${seen.now}::timestamptz AS at, ${seen.lastStep ?? null}::bigint AS step, 1 AS times) AS seen WHERE id = ${id}`;
}

/** A log said that the training is done, or (`isEnded` false) that it goes on after all. What a person set stays unless it contradicts. */
export async function noteLogEnd(tx: Tx, id: string, isEnded: boolean): Promise<void> {
  const [from, to] = isEnded ? [['running', 'stalled'], 'finished'] : [['finished'], 'running'];
  await tx.run.updateMany({ where: { id, status: { in: from as string[] } }, data: { status: to as string } });
}

export async function noteHeartbeat(
  tx: Tx,
  id: string,
  beat: { now: Date; step?: number | undefined; phase?: string | undefined; expectNextAt: Date | null },
) {
  await touchRun(tx, id, { now: beat.now, lastStep: beat.step, owesDiagnosis: false });
  await tx.run.update({ where: { id }, data: { phase: beat.phase ?? undefined, expectNextAt: beat.expectNextAt } });
}

export async function patchRun(tx: Tx, id: string, patch: RunPatch, now: Date): Promise<RunRow> {
  await lockRun(tx, id);
  const before = await tx.run.findUniqueOrThrow({ where: { id } });
  return tx.run.update({
    where: { id },
    data: {
      status: patch.status,
      name: patch.name,
      tags: mergeJson(before.tags, patch.tags),
      environment: mergeJson(before.environment, patch.environment),
      lastSeenAt: now,
      revision: { increment: 1 },
    },
  });
}

export interface RunFilter {
  ids?: string[] | undefined;
  project?: string | undefined;
  status?: RunStatus | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Newest first by last observation. */
export async function listRuns(tx: Tx, filter: RunFilter) {
  const after = decodeCursor(filter.cursor, 2);
  const seenAt = after ? new Date(after[0] as number) : undefined;
  const rows = await tx.run.findMany({
    where: {
      ...(filter.ids && { id: { in: filter.ids } }),
      project: filter.project,
      status: filter.status,
      ...(filter.q
        ? {
            OR: [
              { name: { contains: filter.q, mode: 'insensitive' } },
              { id: { contains: filter.q, mode: 'insensitive' } },
            ],
          }
        : {}),
      ...(seenAt
        ? { AND: [{ OR: [{ lastSeenAt: { lt: seenAt } }, { lastSeenAt: seenAt, id: { gt: String(after?.[1]) } }] }] }
        : {}),
    },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }],
    take: filter.limit + 1,
  });
  const open = await countOpenIncidents(
    tx,
    rows.map((row) => row.id),
  );
  return toPage(
    rows,
    filter.limit,
    (row) => presentRun(row, open.get(row.id) ?? 0),
    (row) => [row.lastSeenAt.getTime(), row.id],
  );
}

/** Incidents of each run that are not resolved. */
export async function countOpenIncidents(tx: Tx, runIds: string[]): Promise<Map<string, number>> {
  if (runIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ run_id: string; open: number }[]>`
    SELECT ir.run_id, count(DISTINCT i.id)::int AS open FROM incident_run ir JOIN incident h ON h.id = ir.incident_id
      JOIN incident i ON i.id = h.standing_id
    WHERE ir.run_id = ANY(${runIds}) AND i.state <> 'resolved' GROUP BY ir.run_id`;
  return new Map(rows.map((row) => [row.run_id, row.open]));
}

export function presentRun(row: RunRow, openIncidents: number): Run {
  return {
    id: row.id,
    name: row.name,
    project: row.project,
    status: row.status as RunStatus,
    last_step: row.lastStep === null ? null : Number(row.lastStep),
    last_seen_at: row.lastSeenAt.toISOString(),
    created_at: row.createdAt.toISOString(),
    open_incidents: openIncidents,
    framework: row.framework as Run['framework'],
    device: row.device,
    environment: row.environment as Run['environment'],
    config: row.config as Run['config'],
    tags: row.tags as Run['tags'],
    world_size: row.worldSize,
  };
}

/** Runs whose rows say that work is owed, oldest first: what the sweeper enqueues again. */
export async function findUnfinishedRuns(
  tx: Tx,
  limit: number,
): Promise<{ id: string; owesDetection: boolean; owesDiagnosis: boolean }[]> {
  return tx.$queryRaw`
    SELECT id, points_up_to > detected_up_to AS "owesDetection", revision > diagnosed_revision AS "owesDiagnosis" FROM run
    WHERE points_up_to > detected_up_to OR revision > diagnosed_revision ORDER BY last_seen_at LIMIT ${limit}`;
}

/** Notes that the run's diagnosis is put off, unless that was noted before. */
export async function noteWaiting(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.run.updateMany({ where: { id, diagnosisWaitsSince: null }, data: { diagnosisWaitsSince: now } });
}

/** Marks a run as diagnosed up to the revision that was read before diagnosing. */
export async function saveDiagnosedRevision(tx: Tx, id: string, revision: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE run SET diagnosed_revision = GREATEST(diagnosed_revision, ${revision}), diagnosis_waits_since = NULL WHERE id = ${id}`;
}

/** Locks the run's row and answers it; null when it is gone. */
export async function findRunForUpdate(tx: Tx, id: string): Promise<RunRow | null> {
  await lockRun(tx, id);
  return findRun(tx, id);
}

/** Runs with at least `points` points that may be moved into chunks, or with some and silent since before `idleSince`. */
export async function findRunsToCompact(query: Query, points: number, idleSince: Date): Promise<string[]> {
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT id FROM run WHERE detected_up_to > compacted_up_to
      AND (detected_up_to - compacted_up_to >= ${points}::bigint OR last_seen_at < ${idleSince.toISOString()}::timestamptz)
    ORDER BY detected_up_to - compacted_up_to DESC`);
  return rows.map(({ id }) => id);
}

/** Which points of a run may be moved into chunks: those from `compactedUpTo` to `detectedUpTo`. */
export interface CompactionBounds {
  compactedUpTo: number;
  detectedUpTo: number;
}

/** Null when the run is gone, or when another transaction is moving its points. Nobody else gets it until this one ends. */
export async function claimCompaction(query: Query, runId: string): Promise<CompactionBounds | null> {
  const lock = Prisma.sql`SELECT pg_try_advisory_xact_lock(hashtextextended('losswatch-compact/' || ${runId}, 0)) AS "isMine"`;
  const [claim] = await query<{ isMine: boolean }>(lock);
  if (!claim?.isMine) return null;
  // A statement of its own, which sees what the last holder of the lock has written.
  const [run] = await query<CompactionBounds>(Prisma.sql`
    SELECT compacted_up_to AS "compactedUpTo", detected_up_to AS "detectedUpTo" FROM run WHERE id = ${runId}`);
  return run ?? null;
}

export async function saveCompaction(query: Query, runId: string, upTo: number): Promise<void> {
  await query(Prisma.sql`UPDATE run SET compacted_up_to = ${upTo}::bigint WHERE id = ${runId}`);
}
