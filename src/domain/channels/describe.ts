// What a message says, apart from how a service wants it laid out: one line that tells what happened, and the facts that are in every
// message (severity, class, cause with its confidence, the first remediation, the step).
import type { Locale, Severity } from '../../contracts/common.ts';
import { severities } from '../../contracts/common.ts';
import type { Incident } from '../../contracts/incidents.ts';
import type { Alert, FailingEndpoint, Message, NoticeReason } from './channel.ts';
import { cut, oneLine } from './cut.ts';
import { words } from './words.ts';

export type Tone = 'critical' | 'warning' | 'info' | 'good' | 'neutral';

export interface AlertText {
  tone: Tone;
  /** What happened to what, in one line. */
  headline: string;
  facts: { label: string; value: string }[];
  /** What the failure is, in a sentence or two; may be empty. */
  summary: string;
  link: { text: string; url: string };
  /** Something critical broke: people are to be mentioned. */
  calls: boolean;
}

const shownRuns = 3;

/** `room` bounds each free text, in UTF-16 units; the summary gets three times as much. */
export function describeAlert(alert: Alert, locale: Locale, room: number): AlertText {
  const { subject } = alert;
  const text =
    subject.kind === 'incident'
      ? describeIncident(alert, subject.incident, subject.url, locale)
      : subject.kind === 'endpoint'
        ? describeEndpoint(alert, subject.endpoint, subject.url, locale)
        : describeTest(alert, subject.message, subject.url, locale);
  return {
    ...text,
    headline: trim(text.headline, room),
    facts: text.facts.map(({ label, value }) => ({ label, value: trim(value, room) })),
    summary: trim(text.summary, 3 * room),
  };
}

/** What a user wrote may be very long: most of it is not even looked at. */
function trim(text: string, room: number): string {
  return cut(oneLine(text.slice(0, 8 * room)), room);
}

function describeIncident(alert: Alert, incident: Incident, url: string, locale: Locale): AlertText {
  const w = words[locale];
  const { labels } = w;
  const [cause] = incident.causes;
  const [remediation] = incident.remediations;
  const step = incident.last_step ?? incident.first_step;
  const opens = alert.event === 'incident.opened' || alert.event === 'incident.regressed';
  return {
    tone: toneOf(alert, incident),
    headline: w.withBrackets(w.severities[incident.severity], `${w.events[alert.event]}${w.colon}${incident.title}`),
    facts: [
      { label: labels.severity, value: w.severities[incident.severity] },
      { label: labels.class, value: incident.class },
      { label: labels.cause, value: cause ? `${cause.title} (${w.percent(cause.confidence)})` : w.noCause },
      { label: labels.remediation, value: remediation ? remediationText(remediation, w.colon) : w.noRemediation },
      { label: labels.step, value: step === null ? w.noStep : String(step) },
      { label: labels.runs, value: listRuns(incident.runs, locale) },
      { label: labels.project, value: incident.project },
      { label: labels.occurrences, value: String(incident.occurrences) },
      { label: labels.state, value: w.states[incident.state] },
      ...(alert.reason ? [{ label: labels.why, value: explainReason(alert.reason, locale) }] : []),
    ],
    summary: incident.summary,
    link: { text: w.open, url },
    calls: incident.severity === 'critical' && incident.state === 'open' && (opens || alert.reason !== undefined),
  };
}

function remediationText({ title, steps }: Incident['remediations'][number], colon: string): string {
  const [first] = steps;
  return first === undefined ? title : `${title}${colon}${first}`;
}

function listRuns(runs: string[], locale: Locale): string {
  const rest = runs.length - shownRuns;
  const shown = runs.slice(0, shownRuns).join(', ');
  return rest > 0 ? `${shown} ${words[locale].andMore(rest)}` : shown;
}

export function explainReason(reason: NoticeReason, locale: Locale): string {
  const w = words[locale];
  switch (reason.kind) {
    case 'repeat':
      return w.repeated(w.duration(reason.after_s));
    case 'escalation':
      return w.escalated(w.duration(reason.after_s));
    case 'digest':
      return w.digest;
  }
}

function describeEndpoint(alert: Alert, endpoint: FailingEndpoint, url: string, locale: Locale): AlertText {
  const w = words[locale];
  return {
    tone: 'critical',
    headline: `${w.events[alert.event]}${w.colon}${endpoint.format} (${endpoint.host})`,
    facts: [
      { label: w.labels.endpoint, value: `${endpoint.id} (${endpoint.format}, ${endpoint.host})` },
      { label: w.labels.problem, value: endpoint.status === 'disabled' ? w.disabled : w.failing },
      { label: w.labels.since, value: endpoint.failing_since },
      { label: w.labels.reason, value: endpoint.reason },
    ],
    summary: '',
    link: { text: w.openEndpoint, url },
    calls: true,
  };
}

function describeTest(alert: Alert, message: string, url: string, locale: Locale): AlertText {
  const w = words[locale];
  return {
    tone: 'neutral',
    headline: `${w.events[alert.event]}${w.colon}Losswatch`,
    facts: [],
    summary: message,
    link: { text: w.openLosswatch, url },
    calls: false,
  };
}

function toneOf(alert: Alert, incident: Incident): Tone {
  if (incident.state === 'resolved') return 'good';
  return alert.event === 'incident.acknowledged' ? 'neutral' : incident.severity;
}

/** The line above several alerts: how many there are of each severity. */
export function describeMany({ alerts, locale }: Pick<Message, 'alerts' | 'locale'>): string {
  const w = words[locale];
  const counts = new Map<Severity, number>();
  for (const alert of alerts) {
    const severity = severityOf(alert);
    counts.set(severity, (counts.get(severity) ?? 0) + 1);
  }
  const bySeverity = [...severities]
    .reverse()
    .flatMap((severity) => (counts.has(severity) ? w.ofSeverity[severity](counts.get(severity) ?? 0) : []));
  return w.incidents(alerts.length, bySeverity);
}

export function severityOf({ subject }: Alert): Severity {
  if (subject.kind === 'incident') return subject.incident.severity;
  return subject.kind === 'endpoint' ? 'critical' : 'info';
}

/** The tone of several alerts: the worst of theirs. */
export function worstTone(tones: Tone[]): Tone {
  const order: Tone[] = ['critical', 'warning', 'info', 'neutral', 'good'];
  return order.find((tone) => tones.includes(tone)) ?? 'neutral';
}
