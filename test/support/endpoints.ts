// Endpoints in the database, without the API.
import { makeWebhookSecret } from '../../src/domain/channels/standard/sign.ts';
import { type EndpointRow, insertEndpoint, type NewEndpoint } from '../../src/platform/db/endpoints.ts';
import { randomSecretBytes } from '../../src/platform/http/sign.ts';
import type { TestWorkers } from './build-workers.ts';

export function newWebhookSecret(): string {
  return makeWebhookSecret(randomSecretBytes());
}

/** A `standard` endpoint named ep_1 that hears of everything, except where `overrides` says otherwise. */
export async function addEndpoint(workers: TestWorkers, overrides: Partial<NewEndpoint> = {}): Promise<EndpointRow> {
  return insertEndpoint(workers.deps.database.client, {
    id: 'ep_1',
    url: 'https://hooks.example.org/x',
    format: 'standard',
    events: [
      'incident.opened',
      'incident.updated',
      'incident.acknowledged',
      'incident.resolved',
      'incident.regressed',
      'alerting.failed',
    ],
    filter: {},
    settings: {},
    locale: 'en',
    secret: newWebhookSecret(),
    createdAt: workers.deps.clock.now(),
    ...overrides,
  });
}
