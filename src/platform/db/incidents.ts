// Incidents: rows in and out of the shapes that the pure functions of domain/incidents work on. Whoever changes incidents of a project
// first takes the project's lock, so that two workers cannot open twins and no change is lost.
import type { Severity } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { IncidentState, TimelineKind } from '../../contracts/incidents.ts';
import type { Tx } from './client.ts';
import type { Incident as IncidentRow, Prisma } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

export type { IncidentRow };

/** Serialises changes to a project's incidents until the transaction ends. */
export async function lockProjectIncidents(tx: Tx, project: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('losswatch-incidents/' || ${project}, 0))`;
}

export interface StoredPart {
  incidentId: string;
  fingerprint: string;
  class: string;
  runs: number;
}

/** The parts a run has in incidents that still stand. */
export async function findPartsOfRun(tx: Tx, runId: string): Promise<StoredPart[]> {
  return tx.$queryRaw`
    SELECT ir.incident_id AS "incidentId", ir.fingerprint, ir.class,
      (SELECT count(*)::int FROM incident_run o WHERE o.incident_id = ir.incident_id) AS runs
    FROM incident_run ir JOIN incident i ON i.id = ir.incident_id WHERE ir.run_id = ${runId} AND i.merged_into IS NULL ORDER BY ir.joined_at, ir.incident_id`;
}

/** The incident a fingerprint leads to in a project, merges followed. */
export async function findIncidentByFingerprint(tx: Tx, project: string, fingerprint: string): Promise<string | null> {
  const known = await tx.incidentFingerprint.findUnique({ where: { project_fingerprint: { project, fingerprint } } });
  return known ? resolveMerged(tx, known.incidentId) : null;
}

/** The incident an id stands for today: itself, or the one it was merged into. Null when there is none. */
export async function resolveMerged(tx: Tx, id: string): Promise<string | null> {
  let current = id;
  for (let hops = 0; hops < 32; hops += 1) {
    const row = await tx.incident.findUnique({ where: { id: current }, select: { mergedInto: true } });
    if (!row) return null;
    if (row.mergedInto === null) return current;
    current = row.mergedInto;
  }
  return null;
}

export async function rememberFingerprint(
  tx: Tx,
  project: string,
  fingerprint: string,
  incidentId: string,
): Promise<void> {
  await tx.incidentFingerprint.upsert({
    where: { project_fingerprint: { project, fingerprint } },
    create: { project, fingerprint, incidentId },
    update: { incidentId },
  });
}

export async function forgetFingerprint(tx: Tx, project: string, fingerprint: string): Promise<void> {
  await tx.incidentFingerprint.deleteMany({ where: { project, fingerprint } });
}

/** Stored form of domain/incidents/types.ts IncidentRecord; `diagnosis` is the language-neutral diagnosis. */
export interface StoredIncident {
  id: string;
  project: string;
  state: IncidentState;
  regressed: boolean;
  severity: Severity;
  severitySetBy: string | null;
  fingerprint: string;
  diagnosis: unknown;
  firstSeenAt: Date;
  lastSeenAt: Date;
  firstStep: number | null;
  lastStep: number | null;
  occurrences: number;
  assignee: string | null;
  mutedUntil: Date | null;
  resolvedAt: Date | null;
}

/** Columns that are searched and filtered by, taken from the diagnosis by the caller. */
export interface IncidentIndex {
  class: string;
  causeId: string | null;
  confidence: number;
  title: string;
}

export async function findIncident(tx: Tx, id: string): Promise<IncidentRow | null> {
  return tx.incident.findUnique({ where: { id } });
}

export function toStoredIncident(row: IncidentRow): StoredIncident {
  return {
    ...row,
    state: row.state as IncidentState,
    severity: row.severity as Severity,
    firstStep: row.firstStep === null ? null : Number(row.firstStep),
    lastStep: row.lastStep === null ? null : Number(row.lastStep),
  };
}

export async function saveIncident(tx: Tx, incident: StoredIncident, index: IncidentIndex): Promise<void> {
  const data = {
    project: incident.project,
    state: incident.state,
    regressed: incident.regressed,
    severity: incident.severity,
    severitySetBy: incident.severitySetBy,
    fingerprint: incident.fingerprint,
    diagnosis: incident.diagnosis as Prisma.InputJsonObject,
    firstSeenAt: incident.firstSeenAt,
    lastSeenAt: incident.lastSeenAt,
    firstStep: incident.firstStep === null ? null : BigInt(incident.firstStep),
    lastStep: incident.lastStep === null ? null : BigInt(incident.lastStep),
    occurrences: incident.occurrences,
    assignee: incident.assignee,
    mutedUntil: incident.mutedUntil,
    resolvedAt: incident.resolvedAt,
    ...index,
  };
  await tx.incident.upsert({ where: { id: incident.id }, create: { id: incident.id, ...data }, update: data });
}

/** Stored form of domain/incidents/types.ts RunPart. */
export interface StoredRunPart {
  runId: string;
  fingerprint: string;
  class: string;
  diagnosis: unknown;
  evidence: unknown[];
  captures: number;
  metrics: number;
  traces: number;
  firstStep: number | null;
  lastStep: number | null;
}

export async function savePart(tx: Tx, incidentId: string, part: StoredRunPart): Promise<void> {
  const data = {
    fingerprint: part.fingerprint,
    class: part.class,
    diagnosis: part.diagnosis as Prisma.InputJsonObject,
    evidence: part.evidence as Prisma.InputJsonArray,
    captures: part.captures,
    metrics: part.metrics,
    traces: part.traces,
    firstStep: part.firstStep === null ? null : BigInt(part.firstStep),
    lastStep: part.lastStep === null ? null : BigInt(part.lastStep),
  };
  await tx.incidentRun.upsert({
    where: { incidentId_runId: { incidentId, runId: part.runId } },
    create: { incidentId, runId: part.runId, ...data },
    update: data,
  });
}

export async function removePart(tx: Tx, incidentId: string, runId: string): Promise<void> {
  await tx.incidentRun.deleteMany({ where: { incidentId, runId } });
}

/** Parts of an incident in order of joining. */
export async function readParts(tx: Tx, incidentId: string): Promise<(StoredRunPart & { joinedAt: Date })[]> {
  const rows = await tx.incidentRun.findMany({
    where: { incidentId },
    orderBy: [{ joinedAt: 'asc' }, { runId: 'asc' }],
    take: 1000,
  });
  return rows.map((row) => ({
    ...row,
    evidence: row.evidence as unknown[],
    firstStep: row.firstStep === null ? null : Number(row.firstStep),
    lastStep: row.lastStep === null ? null : Number(row.lastStep),
  }));
}

export interface StoredTimelineEntry {
  at: Date;
  kind: TimelineKind;
  actor: string;
  data: FindingData;
}

export async function addTimeline(tx: Tx, incidentId: string, entries: StoredTimelineEntry[]): Promise<void> {
  if (entries.length > 0)
    await tx.timelineEntry.createMany({ data: entries.map((entry) => ({ incidentId, ...entry })) });
}

/** The last 500 entries, oldest first. */
export async function readTimeline(tx: Tx, incidentId: string): Promise<StoredTimelineEntry[]> {
  const rows = await tx.timelineEntry.findMany({ where: { incidentId }, orderBy: { id: 'desc' }, take: 500 });
  return rows
    .reverse()
    .map((row) => ({ at: row.at, kind: row.kind as TimelineKind, actor: row.actor, data: row.data as FindingData }));
}

/** Ends an incident in another: its timeline goes over, its id goes on leading there. */
export async function markMerged(tx: Tx, id: string, into: string): Promise<void> {
  await tx.incident.update({ where: { id }, data: { mergedInto: into, state: 'resolved' } });
  await tx.timelineEntry.updateMany({ where: { incidentId: id }, data: { incidentId: into } });
  await tx.incidentFingerprint.updateMany({ where: { incidentId: id }, data: { incidentId: into } });
}

export interface IncidentFilter {
  project?: string | undefined;
  state?: string | undefined;
  class?: string | undefined;
  severity?: string | undefined;
  run?: string | undefined;
  q?: string | undefined;
  sort: string;
  cursor?: string | undefined;
  limit: number;
}

const sortColumns: Record<string, { column: 'lastSeenAt' | 'firstSeenAt' | 'occurrences'; direction: 'asc' | 'desc' }> =
  {
    '-last_seen_at': { column: 'lastSeenAt', direction: 'desc' },
    last_seen_at: { column: 'lastSeenAt', direction: 'asc' },
    '-first_seen_at': { column: 'firstSeenAt', direction: 'desc' },
    first_seen_at: { column: 'firstSeenAt', direction: 'asc' },
    '-occurrences': { column: 'occurrences', direction: 'desc' },
  };

export type IncidentListRow = IncidentRow & { runs: { runId: string }[] };

/** A page of incidents that still stand, each with its runs (first 100). */
export async function listIncidents<Item>(tx: Tx, filter: IncidentFilter, present: (row: IncidentListRow) => Item) {
  const { column, direction } = sortColumns[filter.sort] ?? { column: 'lastSeenAt', direction: 'desc' };
  const after = decodeCursor(filter.cursor, 2);
  const value = after ? (column === 'occurrences' ? Number(after[0]) : new Date(after[0] as number)) : undefined;
  const beyond = direction === 'desc' ? 'lt' : 'gt';
  const rows = await tx.incident.findMany({
    where: {
      mergedInto: null,
      project: filter.project,
      state: filter.state,
      class: filter.class,
      severity: filter.severity,
      ...(filter.run ? { runs: { some: { runId: filter.run } } } : {}),
      ...(filter.q
        ? {
            OR: (['title', 'class', 'causeId', 'id'] as const).map((field) => ({
              [field]: { contains: filter.q, mode: 'insensitive' as const },
            })),
          }
        : {}),
      ...(after
        ? { AND: [{ OR: [{ [column]: { [beyond]: value } }, { [column]: value, id: { gt: String(after[1]) } }] }] }
        : {}),
    },
    orderBy: [{ [column]: direction }, { id: 'asc' }],
    take: filter.limit + 1,
    include: { runs: { select: { runId: true }, orderBy: { joinedAt: 'asc' }, take: 100 } },
  });
  return toPage(rows, filter.limit, present, (row) => [
    column === 'occurrences' ? row.occurrences : row[column].getTime(),
    row.id,
  ]);
}
