// How often failures occurred, by hour and by thousand steps of a run.
import type { Tx } from './client.ts';

const hourMs = 3_600_000;
const stepsPerBucket = 1000;
/** In place of a step that is not known. */
const noStep = -1n;

export interface NewOccurrences {
  home: string;
  runId: string;
  at: Date;
  step: number | null;
  count: number;
}

function bucketOf({ at, step }: Pick<NewOccurrences, 'at' | 'step'>) {
  return {
    hour: new Date(Math.floor(at.getTime() / hourMs) * hourMs),
    kilostep: step === null ? noStep : BigInt(Math.floor(step / stepsPerBucket)),
  };
}

/** The caller holds the project's lock. */
export async function addOccurrences(tx: Tx, { home, runId, count, ...when }: NewOccurrences): Promise<void> {
  if (count <= 0) return;
  const bucket = bucketOf(when);
  await tx.occurrenceVolume.upsert({
    where: { incidentId_runId_hour_kilostep: { incidentId: home, runId, ...bucket } },
    create: { incidentId: home, runId, ...bucket, count },
    update: { count: { increment: count } },
  });
}

/** Volumes of a standing incident since a time, oldest first. */
export async function readVolumes(tx: Tx, standingId: string, since: Date) {
  const rows = await tx.occurrenceVolume.findMany({
    where: { incident: { standingId }, hour: { gte: since } },
    orderBy: { hour: 'asc' },
    take: 100_000,
  });
  return rows.map(({ hour, runId, kilostep, count }) => ({
    hour,
    runId,
    kilostep: kilostep === noStep ? null : Number(kilostep),
    count,
  }));
}

/** Occurrences of a standing incident in the hour of `at`, and in the thousand steps of the run around `step`. */
export async function readCurrentVolume(
  tx: Tx,
  standingId: string,
  when: { runId: string; at: Date; step: number | null },
): Promise<{ hour: number; kilostep: number | null }> {
  const { hour, kilostep } = bucketOf(when);
  const rows = await tx.$queryRaw<{ hour: number; kilostep: number }[]>`
    SELECT COALESCE(sum(v.count) FILTER (WHERE v.hour = ${hour}), 0)::int AS hour,
      COALESCE(sum(v.count) FILTER (WHERE v.run_id = ${when.runId} AND v.kilostep = ${kilostep}), 0)::int AS kilostep
    FROM occurrence_volume v JOIN incident h ON h.id = v.incident_id
    WHERE h.standing_id = ${standingId} AND (v.hour = ${hour} OR v.run_id = ${when.runId})`;
  return { hour: rows[0]?.hour ?? 0, kilostep: when.step === null ? null : (rows[0]?.kilostep ?? 0) };
}

/** Removes what no limit is told from any more; answers how many. */
export async function removeVolumes(tx: Tx, before: Date): Promise<number> {
  return (await tx.occurrenceVolume.deleteMany({ where: { hour: { lt: before } } })).count;
}
