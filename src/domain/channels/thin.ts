// An incident small enough for a message; the link leads to the rest.
import type { Incident } from '../../contracts/incidents.ts';
import type { Alert } from './channel.ts';
import { cut } from './cut.ts';

interface Bounds {
  /** Texts that evidence, logs and people bring. */
  text: number;
  /** Texts of the catalog. */
  prose: number;
  evidence: number;
  causes: number;
  remediations: number;
  steps: number;
  timeline: number;
  frames: number;
  runs: number;
  patches: boolean;
}

/** Tried in turn: an ordinary incident passes the first whole, but for its long lists. */
const bounds: [Bounds, ...Bounds[]] = [
  {
    text: 240,
    prose: 2_000,
    evidence: 8,
    causes: 3,
    remediations: 5,
    steps: 20,
    timeline: 5,
    frames: 8,
    runs: 20,
    patches: true,
  },
  {
    text: 200,
    prose: 400,
    evidence: 5,
    causes: 3,
    remediations: 3,
    steps: 5,
    timeline: 3,
    frames: 5,
    runs: 10,
    patches: false,
  },
  {
    text: 80,
    prose: 150,
    evidence: 2,
    causes: 1,
    remediations: 1,
    steps: 3,
    timeline: 1,
    frames: 3,
    runs: 5,
    patches: false,
  },
];

/** The fullest form of which `fits` holds; the barest one when none does. */
export function thinIncident(incident: Incident, fits: (thin: Incident) => boolean): Incident {
  let thin = incident;
  for (const bound of bounds) {
    thin = thinTo(incident, bound);
    if (fits(thin)) break;
  }
  return thin;
}

function thinTo(incident: Incident, bound: Bounds): Incident {
  const text = (value: string) => cut(value, bound.text);
  const prose = (value: string) => cut(value, bound.prose);
  const cause = incident.cause && { ...incident.cause, title: prose(incident.cause.title) };
  return {
    ...incident,
    title: prose(incident.title),
    summary: prose(incident.summary),
    cause,
    runs: incident.runs.slice(0, bound.runs),
    causes: incident.causes.slice(0, bound.causes).map((each) => ({
      ...each,
      title: prose(each.title),
      evidence: each.evidence.slice(0, bound.evidence).map(text),
      weights: each.weights.slice(0, bound.evidence),
    })),
    remediations: incident.remediations.slice(0, bound.remediations).map((remediation) => ({
      ...remediation,
      title: prose(remediation.title),
      steps: remediation.steps.slice(0, bound.steps).map(prose),
      patch:
        bound.patches && remediation.patch !== null && remediation.patch.length <= bound.prose
          ? remediation.patch
          : null,
      why: prose(remediation.why),
      sources: remediation.sources.slice(0, bound.steps),
    })),
    alternatives: incident.alternatives.slice(0, bound.causes).map((each) => ({ ...each, why: text(each.why) })),
    rules: incident.rules.slice(0, bound.causes).map((rule) => ({ ...rule, why: text(rule.why) })),
    grouped_by: prose(incident.grouped_by),
    matched: incident.matched.slice(0, bound.timeline).map((line) => ({ ...line, text: text(line.text) })),
    exception: incident.exception && {
      ...incident.exception,
      type: text(incident.exception.type),
      message: text(incident.exception.message),
      frames: incident.exception.frames.slice(-bound.frames),
    },
    evidence: incident.evidence.slice(0, bound.evidence).map((item) => ({ ...item, text: text(item.text), data: {} })),
    timeline: incident.timeline.slice(-bound.timeline).map((entry) => ({ ...entry, text: text(entry.text) })),
  };
}

/** What is kept of an alert so that it can be told together with others later: what every message says, and no more. */
export function compactAlert(alert: Alert): Alert {
  const { subject } = alert;
  if (subject.kind !== 'incident') return alert;
  const thin = thinTo(subject.incident, bounds[0]);
  const incident: Incident = {
    ...thin,
    causes: thin.causes.slice(0, 1).map((cause) => ({ ...cause, evidence: [], weights: [] })),
    remediations: thin.remediations.slice(0, 1).map((remediation) => ({ ...remediation, patch: null, sources: [] })),
    alternatives: [],
    rules: [],
    exception: null,
    matched: [],
    evidence: [],
    timeline: [],
  };
  return { ...alert, subject: { ...subject, incident } };
}
