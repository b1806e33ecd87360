// Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): body {type, timestamp, data}, any
// 2xx is success, 3xx is not followed, 410 asks never to be called again. A receiver may answer `webhook-delivery: abort-message` to end
// the attempts of one message, as Svix lets it.
import type { Incident } from '../../../contracts/incidents.ts';
import type { Alert, Answer, Channel, Verdict } from '../channel.ts';
import { utf8Length } from '../cut.ts';
import { thinIncident } from '../thin.ts';
import { delivered } from '../verdicts.ts';
import { findWebhookSecretProblem, signWebhook, webhookSecretRule } from './sign.ts';

/** The specification asks for less than 20 kB; 1,500 bytes are left to what surrounds the incident. */
const maxIncidentBytes = 18_000;

export const standardChannel: Channel = {
  format: 'standard',
  title: { en: 'Standard Webhooks', zh: 'Standard Webhooks（标准 Webhook）' },
  transport: 'http',
  url: { example: 'https://hooks.example.org/losswatch', default: null },
  secret: { kind: 'generated', required: false, rule: webhookSecretRule, findProblem: findWebhookSecretProblem },
  settings: {},
  contentType: 'application/json',
  merges: false,
  rates: [],
  compose: ({ alerts: [alert] }) => ({
    body: JSON.stringify({ type: alert.event, timestamp: alert.at, data: dataOf(alert) }),
    listed: 1,
  }),
  prepare: (attempt) => ({ url: attempt.url, headers: signWebhook(attempt), body: attempt.body }),
  judge({ status, headers, retryAfterMs }: Answer): Verdict {
    if (status >= 200 && status < 300) return delivered;
    if (status === 410) return { kind: 'disable', reason: 'the receiver answered 410 Gone' };
    if (headers['webhook-delivery'] === 'abort-message')
      return { kind: 'failed', reason: `status ${status}, and the receiver wants no further attempt` };
    return { kind: 'retry', reason: `status ${status}`, ...(retryAfterMs === null ? {} : { pauseMs: retryAfterMs }) };
  },
};

function isSmall(incident: Incident): boolean {
  return utf8Length(JSON.stringify(incident)) <= maxIncidentBytes;
}

function dataOf({ subject, reason }: Alert): object {
  const { url } = subject;
  const why = reason ? { reason } : {};
  switch (subject.kind) {
    case 'incident':
      return { incident: thinIncident(subject.incident, isSmall), url, ...why };
    case 'endpoint':
      return { endpoint: subject.endpoint, url };
    case 'test':
      return { message: subject.message, url };
  }
}
