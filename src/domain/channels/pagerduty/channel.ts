// PagerDuty Events API v2 (developer.pagerduty.com/docs/send-alert-event). One alert per incident: dedup_key is the incident's id, so that
// acknowledge and resolve reach it. 202 is success, 400 is final. Summary 1,024, body 512 KB. EU accounts use events.eu.pagerduty.com.
import type { Severity } from '../../../contracts/common.ts';
import type { Alert, Answer, Attempt, Channel, Message, Outgoing, Verdict } from '../channel.ts';
import { cut } from '../cut.ts';
import { describeAlert, severityOf } from '../describe.ts';
import { findGivenSecretProblem, judgeStatus } from '../verdicts.ts';
import { words } from '../words.ts';

const maxSummary = 1_024;
const room = 1_000;
const routingKey = /^[A-Za-z0-9]{32}$/;

export const pagerdutyChannel: Channel = {
  format: 'pagerduty',
  title: { en: 'PagerDuty', zh: 'PagerDuty' },
  transport: 'http',
  url: {
    example: 'https://events.eu.pagerduty.com/v2/enqueue',
    default: 'https://events.pagerduty.com/v2/enqueue',
  },
  secret: {
    kind: 'given',
    required: true,
    rule: {
      en: 'The integration (routing) key of an Events API v2 integration: 32 letters and digits.',
      zh: 'Events API v2 集成的 Integration Key：32 位字母和数字。',
    },
    findProblem: (secret) =>
      findGivenSecretProblem(secret) ??
      (routingKey.test(secret) ? null : 'must be an integration key of 32 letters and digits'),
  },
  settings: {},
  contentType: 'application/json',
  merges: false,
  rates: [],
  compose: (message) => ({ body: JSON.stringify(render(message)), listed: 1 }),
  prepare: addRoutingKey,
  judge(answer: Answer): Verdict {
    const verdict = judgeStatus(answer);
    return answer.status === 400 ? { kind: 'failed', reason: `status 400: ${answer.text.slice(0, 200)}` } : verdict;
  },
};

/** The key is the endpoint's secret, so it is not kept in the body's row. */
function addRoutingKey({ url, body, secrets }: Attempt): Outgoing {
  return { url, headers: {}, body: JSON.stringify({ routing_key: secrets[0] ?? '', ...JSON.parse(body) }) };
}

function render({ alerts: [alert], locale }: Message) {
  const key = dedupKey(alert);
  const action = actionOf(alert);
  if (action !== 'trigger') return { event_action: action, dedup_key: key };
  const text = describeAlert(alert, locale, room);
  const { subject } = alert;
  const incident = subject.kind === 'incident' ? subject.incident : null;
  return {
    event_action: action,
    dedup_key: key,
    payload: {
      summary: cut(text.headline, maxSummary),
      source: incident ? (incident.runs[0] ?? incident.project) : 'losswatch',
      severity: severityNames[severityOf(alert)],
      timestamp: alert.at,
      ...(incident ? { component: incident.project, group: incident.project, class: incident.class } : {}),
      custom_details: {
        ...Object.fromEntries(text.facts.map(({ label, value }) => [label, value])),
        ...(text.summary === '' ? {} : { [words[locale].events[alert.event]]: text.summary }),
      },
    },
    links: [{ href: text.link.url, text: text.link.text }],
    client: 'Losswatch',
    client_url: text.link.url,
  };
}

const severityNames: Record<Severity, string> = { critical: 'critical', warning: 'warning', info: 'info' };

function dedupKey({ subject }: Alert): string {
  if (subject.kind === 'incident') return subject.incident.id;
  return subject.kind === 'endpoint' ? subject.endpoint.id : 'losswatch-test';
}

/** The state tells more than the event: a change of an acknowledged incident must not page anybody again. */
function actionOf({ subject, event }: Alert): 'trigger' | 'acknowledge' | 'resolve' {
  if (subject.kind !== 'incident' || event === 'incident.regressed') return 'trigger';
  if (subject.incident.state === 'resolved') return 'resolve';
  return subject.incident.state === 'acknowledged' ? 'acknowledge' : 'trigger';
}
