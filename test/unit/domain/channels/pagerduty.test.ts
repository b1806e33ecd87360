import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../src/contracts/incidents.ts';
import type { WebhookEvent } from '../../../../src/contracts/webhooks.ts';
import { channels } from '../../../../src/domain/channels/index.ts';
import { incidentAlert, makeIncident, message } from '../../../support/alerts.ts';

describe('the channel pagerduty', () => {
  it.each<[WebhookEvent, Incident['state'], string]>([
    ['incident.opened', 'open', 'trigger'],
    ['incident.updated', 'open', 'trigger'],
    ['incident.regressed', 'open', 'trigger'],
    ['incident.acknowledged', 'acknowledged', 'acknowledge'],
    ['incident.updated', 'acknowledged', 'acknowledge'],
    ['incident.resolved', 'resolved', 'resolve'],
  ])(
    'makes %s of an incident that is %s the action %s, always under the id of the incident',
    (event, state, action) => {
      const body = JSON.parse(
        channels.pagerduty.compose(message([incidentAlert(makeIncident({ state }), event)]), {}).body,
      );
      expect(body).toMatchObject({ event_action: action, dedup_key: 'inc_01JD' });
    },
  );
});
