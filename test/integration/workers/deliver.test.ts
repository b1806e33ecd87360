// One delivery after another against a receiver that answers as it likes.
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobCatalogue } from '../../../src/contracts/jobs.ts';
import { insertDeliveries, listDeliveries } from '../../../src/platform/db/deliveries.ts';
import { findEndpoint, insertEndpoint } from '../../../src/platform/db/endpoints.ts';
import type { PostResult } from '../../../src/platform/http/safe-fetch.ts';
import { newWebhookSecret } from '../../../src/platform/http/sign.ts';
import { RetryLater } from '../../../src/platform/queue/errors.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';

const body = JSON.stringify({ type: 'webhook.test', timestamp: '2026-11-23T12:00:00.000Z', data: { message: '你好' } });
let workers: TestWorkers;
let secret: string;

beforeEach(async () => {
  workers = await buildTestWorkers();
  secret = newWebhookSecret();
  const createdAt = workers.deps.clock.now();
  await insertEndpoint(workers.deps.database.client, {
    id: 'whk_1',
    url: 'https://hooks.example.org/x',
    format: 'standard',
    events: ['webhook.test'],
    filter: {},
    locale: 'en',
    secret,
    createdAt,
  });
  await insertDeliveries(workers.deps.database.client, [
    { id: 'msg_1', endpointId: 'whk_1', incidentId: null, event: 'webhook.test', body, createdAt },
  ]);
});
afterEach(() => workers.close());

const deliver = () => workers.handlers.deliver({ deliveryId: 'msg_1' });
const answered = (status: number, extra: Partial<Extract<PostResult, { kind: 'answered' }>> = {}): PostResult => ({
  kind: 'answered',
  status,
  answer: `status ${status}`,
  latencyMs: 7,
  ...extra,
});
async function delivery() {
  const page = await listDeliveries(workers.deps.database.client, 'whk_1', { limit: 10 });
  return page.items[0]!;
}

describe('deliver', () => {
  it('sends once, signed so that somebody else verifies it, and keeps the attempt', async () => {
    workers.answers.push(answered(204));
    await deliver();
    await deliver();
    expect(workers.posts).toHaveLength(1);
    const [post] = workers.posts;
    const verifier = new Webhook(secret);
    const at = Math.floor(workers.deps.clock.now().getTime() / 1000);
    expect(post?.headers).toMatchObject({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(at) });
    expect(post?.headers['webhook-signature']).toBe(verifier.sign('msg_1', workers.deps.clock.now(), body));
    expect(await delivery()).toMatchObject({
      status: 'delivered',
      next_attempt_at: null,
      attempts: [{ status: 204, latency_ms: 7 }],
    });
  });

  it('tries again after the delays of the contract with the same id and bytes, then fails', async () => {
    const { backoffMs } = jobCatalogue.deliver;
    for (let attempt = 0; attempt <= backoffMs.length; attempt += 1) {
      workers.answers.push(
        attempt % 2 === 0 ? answered(500) : { kind: 'failed', reason: 'timed out', latencyMs: 15_000 },
      );
      const delay = backoffMs[attempt];
      if (delay === undefined) {
        await deliver();
      } else {
        await expect(deliver()).rejects.toThrow(RetryLater);
        const expected = new Date(workers.deps.clock.now().getTime() + delay).toISOString();
        expect((await delivery()).next_attempt_at).toBe(expected);
        await deliver();
        expect(workers.posts).toHaveLength(attempt + 1);
        workers.advanceMs(delay);
      }
    }
    expect(await delivery()).toMatchObject({ status: 'failed', next_attempt_at: null });
    expect((await delivery()).attempts).toHaveLength(8);
    expect(new Set(workers.posts.map((post) => `${post.headers['webhook-id']} ${post.body}`)).size).toBe(1);
  });

  it('waits as long as Retry-After asks', async () => {
    workers.answers.push(answered(429, { retryAfterSeconds: 600 }));
    await expect(deliver()).rejects.toMatchObject({ delayMs: 600_000 });
  });

  it('disables an endpoint that answers 410, and fails what still waits for it', async () => {
    workers.answers.push(answered(410));
    await deliver();
    expect((await delivery()).status).toBe('failed');
    expect(await findEndpoint(workers.deps.database.client, 'whk_1')).toMatchObject({ status: 'disabled' });
    const createdAt = workers.deps.clock.now();
    await insertDeliveries(workers.deps.database.client, [
      { id: 'msg_2', endpointId: 'whk_1', incidentId: null, event: 'webhook.test', body, createdAt },
    ]);
    await workers.handlers.deliver({ deliveryId: 'msg_2' });
    expect(workers.posts).toHaveLength(1);
  });

  it('does not try again what the address check refuses', async () => {
    workers.answers.push({ kind: 'refused', reason: '10.0.0.1 is not a public address' });
    await deliver();
    expect(await delivery()).toMatchObject({
      status: 'failed',
      attempts: [{ status: null, error: '10.0.0.1 is not a public address' }],
    });
  });

  it('is found by the sweeper when its job was lost, not before it is due', async () => {
    workers.answers.push(answered(503));
    await expect(deliver()).rejects.toThrow(RetryLater);
    await workers.handlers['sweep-unfinished']({});
    expect(workers.nudges).toEqual([]);
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    expect(workers.nudges).toEqual([{ job: 'deliver', payload: { deliveryId: 'msg_1' } }]);
  });
});
