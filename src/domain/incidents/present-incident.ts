// An incident as a reader sees it: the language-neutral record with its texts written in the reader's language.
import type { Catalog } from '../../contracts/catalog.ts';
import type { Locale } from '../../contracts/common.ts';
import type { Incident, IncidentSummary } from '../../contracts/incidents.ts';
import { describeFinding, describeSignal, explainGrouping, presentDiagnosis } from '../diagnosis/present-diagnosis.ts';
import { describeTimeline } from './describe-timeline.ts';
import type { EvidenceRecord, IncidentRecord, RunPart, TimelineRecord } from './types.ts';

/** Evidence items shown over all runs. */
const maxEvidence = 100;

export function presentIncidentSummary(
  record: IncidentRecord,
  runs: string[],
  catalog: Catalog,
  locale: Locale,
): IncidentSummary {
  return summarise(record, runs, presentDiagnosis(record.diagnosis, catalog, locale));
}

export function presentIncident(
  record: IncidentRecord,
  parts: RunPart[],
  timeline: TimelineRecord[],
  catalog: Catalog,
  locale: Locale,
): Incident {
  const diagnosis = presentDiagnosis(record.diagnosis, catalog, locale);
  return {
    ...summarise(
      record,
      parts.map((part) => part.runId),
      diagnosis,
    ),
    summary: diagnosis.summary,
    causes: diagnosis.causes,
    remediations: diagnosis.remediations,
    alternatives: diagnosis.alternatives,
    rules: diagnosis.rules,
    exception: diagnosis.exception,
    matched: diagnosis.matched,
    grouped_by: explainGrouping(record.diagnosis.fingerprintParts, locale),
    evidence: parts
      .flatMap((part) => part.evidence)
      .slice(0, maxEvidence)
      .map((item) => ({
        kind: item.kind,
        text: describeEvidence(item, catalog, locale),
        data: item.data,
        ref: item.ref,
      })),
    timeline: timeline.map((entry) => ({
      at: entry.at.toISOString(),
      kind: entry.kind,
      actor: entry.actor,
      text: describeTimeline(entry, locale),
    })),
  };
}

function summarise(
  record: IncidentRecord,
  runs: string[],
  diagnosis: ReturnType<typeof presentDiagnosis>,
): IncidentSummary {
  const cause = diagnosis.causes[0];
  return {
    id: record.id,
    state: record.state,
    regressed: record.regressed,
    severity: record.severity,
    class: diagnosis.class,
    confidence: diagnosis.confidence,
    title: diagnosis.title,
    cause: cause ? { id: cause.id, confidence: cause.confidence, title: cause.title } : null,
    runs,
    project: record.project,
    first_seen_at: record.firstSeenAt.toISOString(),
    last_seen_at: record.lastSeenAt.toISOString(),
    first_step: record.firstStep,
    last_step: record.lastStep,
    occurrences: record.occurrences,
    fingerprint: record.fingerprint,
    assignee: record.assignee,
    muted_until: record.mutedUntil?.toISOString() ?? null,
  };
}

function describeEvidence(item: EvidenceRecord, catalog: Catalog, locale: Locale): string {
  switch (item.text.from) {
    case 'finding':
      return describeFinding({ id: item.text.id, data: item.data }, catalog, locale);
    case 'signal':
      return describeSignal({ id: item.text.id, data: item.data }, catalog, locale);
    case 'exception':
      return `${item.data.type ?? ''}: ${item.data.message ?? ''}`.replace(/^: /, '');
  }
}
