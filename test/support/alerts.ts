// Incidents and alerts as channels get them.
import type { Locale } from '../../src/contracts/common.ts';
import type { Incident } from '../../src/contracts/incidents.ts';
import type { WebhookEvent } from '../../src/contracts/webhooks.ts';
import type { Alert, Message } from '../../src/domain/channels/channel.ts';

export const alertAt = '2026-11-02T12:00:00.000Z';

export function makeIncident(overrides: Partial<Incident> = {}): Incident {
  return {
    id: 'inc_01JD',
    state: 'open',
    regressed: false,
    severity: 'critical',
    class: 'target-out-of-bound',
    confidence: 0.97,
    title: 'A regression target lies outside its range',
    cause: { id: 'paddle-masked-select-gpu', confidence: 0.83, title: 'masked_select returns garbage on the GPU' },
    causes: [
      {
        id: 'paddle-masked-select-gpu',
        confidence: 0.83,
        title: 'masked_select returns garbage on the GPU',
        evidence: ['Paddle 2.3.2 on a GPU'],
        weights: [2],
      },
    ],
    remediations: [
      {
        id: 'upgrade-paddle',
        title: 'Upgrade PaddlePaddle to 2.4',
        steps: ['Install paddlepaddle-gpu 2.4.2.', 'Start the run again.'],
        patch: null,
        cause: 'paddle-masked-select-gpu',
        why: 'Fixed there.',
        sources: ['https://example.org/fix'],
        feedback: { worked: 0, failed: 0, score: 0 },
      },
    ],
    runs: ['run-7'],
    project: 'vision',
    first_seen_at: alertAt,
    last_seen_at: alertAt,
    first_step: 40,
    last_step: 4711,
    occurrences: 3,
    fingerprint: 'v2:a',
    assignee: null,
    muted_until: null,
    summary: 'The loss refused a target.',
    alternatives: [],
    rules: [],
    exception: null,
    matched: [],
    grouped_by: '',
    mute: null,
    merged_from: [],
    resolved_by: null,
    evidence: [],
    timeline: [],
    ...overrides,
  };
}

export function incidentAlert(incident: Incident = makeIncident(), event: WebhookEvent = 'incident.opened'): Alert {
  return {
    event,
    at: alertAt,
    subject: { kind: 'incident', incident, url: `https://losswatch.test/incidents/${incident.id}` },
  };
}

export function message(alerts: Alert[], locale: Locale = 'en'): Message {
  return { alerts: alerts as Message['alerts'], locale, listUrl: 'https://losswatch.test/incidents' };
}
