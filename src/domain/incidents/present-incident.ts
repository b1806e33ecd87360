// An incident as a reader sees it: the language-neutral record with its texts written in the reader's language.
import type { Catalog } from '../../contracts/catalog.ts';
import type { Locale } from '../../contracts/common.ts';
import type { Incident, IncidentSummary } from '../../contracts/incidents.ts';
import { describeFinding, describeSignal, explainGrouping, presentDiagnosis } from '../diagnosis/present-diagnosis.ts';
import { noOutcomes, type Outcomes } from '../remedies/outcomes.ts';
import { describeTimeline } from './describe-timeline.ts';
import type { EvidenceRecord, IncidentRecord, Mute, PlacedPart, TimelineRecord } from './types.ts';

/** Evidence items shown over all runs. */
const maxEvidence = 100;

export function presentIncidentSummary(
  record: IncidentRecord,
  runs: string[],
  catalog: Catalog,
  locale: Locale,
): IncidentSummary {
  return summarise(record, runs, presentDiagnosis(record.diagnosis, catalog, locale, noOutcomes));
}

/** Everything that an incident is shown from. */
export interface IncidentView {
  record: IncidentRecord;
  /** In order of joining. */
  parts: PlacedPart[];
  /** Oldest first. */
  timeline: TimelineRecord[];
  /** Incidents that were merged into this one. */
  mergedFrom: string[];
  /** What people said of the remediations of its class. */
  outcomes: Outcomes;
}

export function presentIncident(view: IncidentView, catalog: Catalog, locale: Locale): Incident {
  const { record, parts, timeline } = view;
  const diagnosis = presentDiagnosis(record.diagnosis, catalog, locale, view.outcomes);
  const runs = [...new Set(parts.map((part) => part.runId))];
  return {
    ...summarise(record, runs, diagnosis),
    summary: diagnosis.summary,
    causes: diagnosis.causes,
    remediations: diagnosis.remediations,
    alternatives: diagnosis.alternatives,
    rules: diagnosis.rules,
    exception: diagnosis.exception,
    matched: diagnosis.matched,
    grouped_by: explainIncidentGrouping(view, locale),
    merged_from: mergedFromOf(view),
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
      reason: entry.reason,
      actor: entry.actor,
      text: describeTimeline(entry, locale),
    })),
  };
}

/** Merged incidents that have something of their own to take out again. */
function mergedFromOf({ parts, mergedFrom }: IncidentView): string[] {
  return mergedFrom.filter((id) => parts.some((part) => part.home === id));
}

function explainIncidentGrouping(view: IncidentView, locale: Locale): string {
  const own = explainGrouping(view.record.diagnosis.fingerprintParts, locale);
  const merged = mergedFromOf(view);
  if (merged.length === 0) return own;
  const list = merged.join(', ');
  return locale === 'zh'
    ? `${own}另外，${list} 由人工合并到本事件；今后指纹与之相同的失败也归入本事件。`
    : `${own} A person merged ${list} into it; later failures with their fingerprints join it, too.`;
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
    muted_until: record.mute?.kind === 'until' ? record.mute.until.toISOString() : null,
    mute: record.mute && presentMute(record.mute),
    resolved_by: record.resolution?.by ?? null,
  };
}

function presentMute(mute: Mute): NonNullable<Incident['mute']> {
  const limits = mute.kind === 'until-worse' ? mute.limits : null;
  return {
    kind: mute.kind,
    until: mute.kind === 'until' ? mute.until.toISOString() : null,
    by: mute.by,
    at: mute.at.toISOString(),
    limits: limits && { per_hour: limits.perHour, per_1000_steps: limits.perKilostep },
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
