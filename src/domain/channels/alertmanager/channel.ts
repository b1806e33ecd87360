// The body of Prometheus Alertmanager's webhook, version 4 (prometheus/alertmanager, template/template.go and notify/webhook): for receivers
// that understand it already. Signed as Standard Webhooks, too. As there, a status that blames the request is final.
import { Type } from 'typebox';
import type { Locale } from '../../../contracts/common.ts';
import { hash128 } from '../../hash.ts';
import type { Alert, Answer, Channel, Message, Settings, Verdict } from '../channel.ts';
import { utf8Length } from '../cut.ts';
import { describeAlert, severityOf } from '../describe.ts';
import { findMost } from '../layout.ts';
import { findWebhookSecretProblem, signWebhook, webhookSecretRule } from '../standard/sign.ts';
import { judgeStatus } from '../verdicts.ts';

const maxBytes = 200_000;
const room = 1_000;
const neverEnded = '0001-01-01T00:00:00Z';

export const alertmanagerChannel: Channel = {
  format: 'alertmanager',
  title: { en: 'Alertmanager webhook', zh: 'Alertmanager Webhook 格式' },
  transport: 'http',
  url: { example: 'https://hooks.example.org/alertmanager', default: null },
  secret: { kind: 'generated', required: false, rule: webhookSecretRule, findProblem: findWebhookSecretProblem },
  settings: {
    receiver: {
      schema: Type.String({ minLength: 1, maxLength: 100 }),
      title: { en: 'Receiver', zh: '接收者' },
      description: {
        en: 'Name in the field receiver; losswatch by default',
        zh: 'receiver 字段的值，默认为 losswatch',
      },
    },
    labels: {
      schema: Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }), Type.String({ maxLength: 200 }), {
        additionalProperties: false,
      }),
      title: { en: 'Labels', zh: '附加标签' },
      description: { en: 'Added to the labels of every alert', zh: '添加到每条告警的标签' },
    },
  },
  contentType: 'application/json',
  merges: true,
  rates: [],
  compose(message, settings) {
    const bodyOf = (count: number) => JSON.stringify(render(message, count, settings));
    const listed = Math.max(
      1,
      findMost(message.alerts.length, (count) => utf8Length(bodyOf(count)) <= maxBytes),
    );
    return { body: bodyOf(listed), listed };
  },
  prepare: (attempt) => ({ url: attempt.url, headers: signWebhook(attempt), body: attempt.body }),
  judge: (answer: Answer): Verdict => judgeStatus(answer),
};

function render(message: Message, listed: number, settings: Settings) {
  const { locale, listUrl, group } = message;
  const extra = (settings.labels as Record<string, string> | undefined) ?? {};
  const alerts = message.alerts.map((alert) => toAlert(alert, locale, extra));
  const groupLabels = group?.labels ?? common(alerts.map((alert) => ({ alertname: alert.labels.alertname ?? '' })));
  return {
    version: '4',
    groupKey: `{}/{route="${group?.route ?? 'default'}"}:${JSON.stringify(groupLabels)}`,
    truncatedAlerts: message.alerts.length - listed,
    status: alerts.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved',
    receiver: (settings.receiver as string | undefined) ?? 'losswatch',
    groupLabels,
    commonLabels: common(alerts.map((alert) => alert.labels)),
    commonAnnotations: common(alerts.map((alert) => alert.annotations)),
    routeLabels: group ? { route: group.route } : {},
    externalURL: listUrl,
    notification_reason: explain(message.alerts),
    alerts: alerts.slice(0, listed),
  };
}

function toAlert(alert: Alert, locale: Locale, extra: Record<string, string>) {
  const { subject } = alert;
  const text = describeAlert(alert, locale, room);
  const incident = subject.kind === 'incident' ? subject.incident : null;
  const isResolved = incident?.state === 'resolved';
  const labels: Record<string, string> = {
    ...extra,
    alertname: incident?.class ?? alert.event,
    severity: severityOf(alert),
    ...(incident
      ? {
          incident: incident.id,
          project: incident.project,
          ...(incident.runs.length === 1 ? { run: incident.runs[0] ?? '' } : {}),
          ...(incident.causes[0] ? { cause: incident.causes[0].id } : {}),
        }
      : {}),
  };
  const annotations: Record<string, string> = {
    summary: text.headline,
    description: [text.summary, ...text.facts.map(({ label, value }) => `${label}: ${value}`)].join('\n').trim(),
  };
  return {
    status: isResolved ? 'resolved' : 'firing',
    labels,
    annotations,
    startsAt: incident?.first_seen_at ?? alert.at,
    endsAt: isResolved ? alert.at : neverEnded,
    generatorURL: subject.url,
    fingerprint: hash128(incident?.id ?? JSON.stringify(labels)).slice(0, 16),
  };
}

/** Pairs that all maps have in common. */
function common(maps: Record<string, string>[]): Record<string, string> {
  const [first = {}, ...rest] = maps;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((map) => map[name] === value)));
}

/** One of Alertmanager's own reasons. */
function explain(alerts: Alert[]): string {
  if (alerts.some(({ reason }) => reason?.kind === 'repeat')) return 'repeat interval elapsed';
  const resolved = alerts.filter(({ event }) => event === 'incident.resolved').length;
  if (resolved > 0) return resolved === alerts.length ? 'all alerts resolved' : 'some alerts resolved';
  const opened = alerts.some(({ event }) => event === 'incident.opened' || event === 'incident.regressed');
  return opened ? 'first notification' : 'unknown';
}
