// Incidents: rows in and out of the shapes that the pure functions of domain/incidents work on. Whoever changes incidents of a project
// first takes the project's lock, so that two workers cannot open twins and no change is lost. Parts of runs, timeline and fingerprints
// stay with the incident they came to; what a standing incident shows is gathered over all incidents that were merged into it.
import type { Severity } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { ChangeReason, IncidentState, TimelineKind } from '../../contracts/incidents.ts';
import type { Tx } from './client.ts';
import type { Incident as IncidentRow } from './generated/client.ts';

export type { IncidentRow };

/** Serialises changes to a project's incidents until the transaction ends. */
export async function lockProjectIncidents(tx: Tx, project: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('losswatch-incidents/' || ${project}, 0))`;
}

/** Stored form of domain/incidents/types.ts IncidentRecord; times within `mute` and `resolution` are RFC 3339 texts. */
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
  assigneeSetBy: string | null;
  mute: unknown;
  resolution: unknown;
}

/** Columns that are searched, filtered and sorted by, told by the caller. */
export interface IncidentIndex {
  severityRank: number;
  class: string;
  causeId: string | null;
  confidence: number;
  title: string;
  mutedUntil: Date | null;
  resolvedAt: Date | null;
  /** Lower-case words, each once. */
  words: string[];
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

/** One statement, which leaves a row alone that says all of it already: the live feed tells of every update. */
export async function saveIncident(tx: Tx, incident: StoredIncident, index: IncidentIndex): Promise<void> {
  const { id, firstStep, lastStep } = incident;
  await tx.$executeRaw`
    INSERT INTO incident AS i (id, standing_id, project, state, regressed, severity, severity_rank, severity_set_by, class, cause_id,
      confidence, title, fingerprint, diagnosis, first_seen_at, last_seen_at, first_step, last_step, occurrences, assignee, assignee_set_by,
      mute, muted_until, resolution, resolved_at, search, updated_at)
    VALUES (${id}, ${id}, ${incident.project}, ${incident.state}, ${incident.regressed}, ${incident.severity}, ${index.severityRank},
      ${incident.severitySetBy}, ${index.class}, ${index.causeId}, ${index.confidence}, ${index.title}, ${incident.fingerprint},
      ${toJson(incident.diagnosis)}::jsonb, ${incident.firstSeenAt}, ${incident.lastSeenAt}, ${firstStep}::bigint, ${lastStep}::bigint,
      ${incident.occurrences}, ${incident.assignee}, ${incident.assigneeSetBy}, ${toJson(incident.mute)}::jsonb, ${index.mutedUntil},
      ${toJson(incident.resolution)}::jsonb, ${index.resolvedAt}, array_to_tsvector(${index.words}::text[]), now())
    ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, regressed = EXCLUDED.regressed, severity = EXCLUDED.severity,
      severity_rank = EXCLUDED.severity_rank, severity_set_by = EXCLUDED.severity_set_by, class = EXCLUDED.class, cause_id = EXCLUDED.cause_id,
      confidence = EXCLUDED.confidence, title = EXCLUDED.title, fingerprint = EXCLUDED.fingerprint, diagnosis = EXCLUDED.diagnosis,
      first_seen_at = EXCLUDED.first_seen_at, last_seen_at = EXCLUDED.last_seen_at, first_step = EXCLUDED.first_step,
      last_step = EXCLUDED.last_step, occurrences = EXCLUDED.occurrences, assignee = EXCLUDED.assignee,
      assignee_set_by = EXCLUDED.assignee_set_by, mute = EXCLUDED.mute, muted_until = EXCLUDED.muted_until,
      resolution = EXCLUDED.resolution, resolved_at = EXCLUDED.resolved_at, search = EXCLUDED.search, updated_at = EXCLUDED.updated_at
    WHERE (i.state, i.regressed, i.severity, i.severity_set_by, i.title, i.diagnosis, i.first_seen_at, i.last_seen_at, i.first_step,
      i.last_step, i.occurrences, i.assignee, i.assignee_set_by, i.mute, i.resolution, i.search)
      IS DISTINCT FROM (EXCLUDED.state, EXCLUDED.regressed, EXCLUDED.severity, EXCLUDED.severity_set_by, EXCLUDED.title, EXCLUDED.diagnosis,
      EXCLUDED.first_seen_at, EXCLUDED.last_seen_at, EXCLUDED.first_step, EXCLUDED.last_step, EXCLUDED.occurrences, EXCLUDED.assignee,
      EXCLUDED.assignee_set_by, EXCLUDED.mute, EXCLUDED.resolution, EXCLUDED.search)`;
}

function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

export interface StoredTimelineEntry {
  at: Date;
  kind: TimelineKind;
  reason: ChangeReason;
  actor: string;
  data: FindingData;
}

export async function addTimeline(tx: Tx, incidentId: string, entries: StoredTimelineEntry[]): Promise<void> {
  if (entries.length > 0)
    await tx.timelineEntry.createMany({ data: entries.map((entry) => ({ incidentId, ...entry })) });
}

/** The last 500 entries of a standing incident and of those merged into it, oldest first. */
export async function readTimeline(tx: Tx, standingId: string): Promise<StoredTimelineEntry[]> {
  const rows = await tx.timelineEntry.findMany({
    where: { incident: { standingId } },
    orderBy: { id: 'desc' },
    take: 500,
  });
  return rows.reverse().map((row) => ({
    at: row.at,
    kind: row.kind as TimelineKind,
    reason: row.reason as ChangeReason,
    actor: row.actor,
    data: row.data as FindingData,
  }));
}
