// Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): body {type, timestamp, data}, any
// 2xx is success, 3xx is not followed, 410 asks never to be called again.
import type { Incident } from '../../../contracts/incidents.ts';
import type { Alert, AnswerVerdict, Channel } from '../channel.ts';

/** The specification asks for bodies below 20 kB: long lists are cut, the link leads to the rest. */
const maxEvidence = 8;
const maxCauses = 3;
const maxRemediations = 5;
const maxTimeline = 5;
const maxFrames = 8;
const maxRuns = 20;
const maxTextLength = 240;

export const standardChannel: Channel = {
  format: 'standard',
  contentType: 'application/json',
  signed: true,
  buildBody(alert: Alert): string {
    const { subject } = alert;
    const data =
      subject.kind === 'incident'
        ? { incident: thin(subject.incident), url: subject.url }
        : { message: subject.message, url: subject.url };
    return JSON.stringify({ type: alert.event, timestamp: alert.at.toISOString(), data });
  },
  classifyAnswer(status: number): AnswerVerdict {
    if (status >= 200 && status < 300) return 'delivered';
    return status === 410 ? 'disable' : 'retry';
  },
};

function thin(incident: Incident): Incident {
  return {
    ...incident,
    runs: incident.runs.slice(0, maxRuns),
    causes: incident.causes.slice(0, maxCauses),
    remediations: incident.remediations.slice(0, maxRemediations),
    matched: incident.matched.slice(0, maxTimeline).map((line) => ({ ...line, text: cut(line.text) })),
    exception: incident.exception && {
      ...incident.exception,
      message: cut(incident.exception.message),
      frames: incident.exception.frames.slice(-maxFrames),
    },
    evidence: incident.evidence.slice(0, maxEvidence).map((item) => ({ ...item, text: cut(item.text), data: {} })),
    timeline: incident.timeline.slice(-maxTimeline).map((entry) => ({ ...entry, text: cut(entry.text) })),
  };
}

/** Cuts on code points, so that no character is torn. */
function cut(text: string): string {
  const points = [...text.slice(0, 2 * maxTextLength)];
  return points.length <= maxTextLength ? points.join('') : `${points.slice(0, maxTextLength - 1).join('')}…`;
}
