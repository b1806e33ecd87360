// Incidents between their rows and the records that the pure functions of domain/incidents work on.
import type { Catalog } from '../contracts/catalog.ts';
import { presentDiagnosis } from '../domain/diagnosis/present-diagnosis.ts';
import type { Diagnosis } from '../domain/diagnosis/types.ts';
import type { IncidentView } from '../domain/incidents/present-incident.ts';
import type { RunScope } from '../domain/incidents/run-scope.ts';
import { wordsOfIncident } from '../domain/incidents/search-words.ts';
import { severityRank } from '../domain/incidents/severity.ts';
import type { EvidenceRecord, IncidentRecord, Mute, PlacedPart, Resolution } from '../domain/incidents/types.ts';
import { noOutcomes, type Outcomes, outcomeKey } from '../domain/remedies/outcomes.ts';
import type { Tx } from '../platform/db/client.ts';
import { readMergedFrom, resolveStanding } from '../platform/db/incident-merges.ts';
import { readParts } from '../platform/db/incident-parts.ts';
import {
  findIncident,
  type IncidentRow,
  readTimeline,
  saveIncident,
  toStoredIncident,
} from '../platform/db/incidents.ts';
import { countOutcomes } from '../platform/db/remediation-feedback.ts';

export function toRecord(row: IncidentRow): IncidentRecord {
  const stored = toStoredIncident(row);
  return {
    ...stored,
    diagnosis: stored.diagnosis as Diagnosis,
    mute: reviveTimes<Mute>(stored.mute),
    resolution: reviveTimes<Resolution>(stored.resolution),
  };
}

/** Times are texts in JSON columns. */
function reviveTimes<T>(stored: unknown): T | null {
  if (stored === null || stored === undefined) return null;
  const timed = ['at', 'until'].flatMap((name) => {
    const value = (stored as Record<string, unknown>)[name];
    return typeof value === 'string' ? [[name, new Date(value)] as const] : [];
  });
  return { ...stored, ...Object.fromEntries(timed) } as T;
}

export async function saveRecord(tx: Tx, record: IncidentRecord, catalog: Catalog): Promise<void> {
  const { diagnosis, severity, mute, resolution } = record;
  await saveIncident(tx, record, {
    severityRank: severityRank(severity),
    class: diagnosis.class,
    causeId: diagnosis.causes[0]?.id ?? null,
    confidence: diagnosis.confidence,
    title: presentDiagnosis(diagnosis, catalog, 'en', noOutcomes).title,
    mutedUntil: mute?.kind === 'until' ? mute.until : null,
    resolvedAt: resolution?.at ?? null,
    words: wordsOfIncident(record, catalog),
  });
}

/** The incident's own record, merged or not; null when there is none. */
export async function loadRecord(tx: Tx, id: string): Promise<IncidentRecord | null> {
  const row = await findIncident(tx, id);
  return row && toRecord(row);
}

/** The record of the incident that an id stands for; null when there is none. */
export async function loadStanding(tx: Tx, id: string): Promise<IncidentRecord | null> {
  const standing = await resolveStanding(tx, id);
  return standing === null ? null : loadRecord(tx, standing);
}

/** Parts of a standing incident in order of joining. */
export async function loadParts(tx: Tx, standingId: string): Promise<PlacedPart[]> {
  return (await readParts(tx, standingId)).map((part) => ({
    ...part,
    diagnosis: part.diagnosis as Diagnosis,
    evidence: part.evidence as EvidenceRecord[],
    scope: part.scope as RunScope,
  }));
}

/** Everything that a standing incident is shown from. */
export async function loadView(tx: Tx, record: IncidentRecord): Promise<IncidentView> {
  return {
    record,
    parts: await loadParts(tx, record.id),
    timeline: await readTimeline(tx, record.id),
    mergedFrom: await readMergedFrom(tx, record.id),
    outcomes: await readOutcomes(tx, record.diagnosis.class),
  };
}

/** What people said of remediations, of one failure class or (null) of all. */
export async function readOutcomes(tx: Tx, failureClass: string | null): Promise<Outcomes> {
  const counts = await countOutcomes(tx, failureClass);
  return new Map(
    counts.map(({ class: name, causeId, remediationId, worked, failed }) => [
      outcomeKey(name, causeId, remediationId),
      { worked, failed },
    ]),
  );
}
