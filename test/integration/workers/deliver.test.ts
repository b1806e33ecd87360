// One delivery after another against a receiver that answers as it likes.
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobCatalogue } from '../../../src/contracts/jobs.ts';
import type { WebhookFormat } from '../../../src/contracts/webhooks.ts';
import type { Alert } from '../../../src/domain/channels/channel.ts';
import { leaseMs } from '../../../src/domain/delivery/judge-claim.ts';
import { makeDelivery } from '../../../src/flows/deliveries.ts';
import { insertDeliveries, listDeliveries, recoverDeliveries, redeliver } from '../../../src/platform/db/deliveries.ts';
import { type EndpointRow, findEndpoint, rotateSecret, updateEndpoint } from '../../../src/platform/db/endpoints.ts';
import type { PostResult } from '../../../src/platform/http/safe-fetch.ts';
import { incidentAlert, makeIncident } from '../../support/alerts.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { addEndpoint, newWebhookSecret } from '../../support/endpoints.ts';

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

const answered = (status: number, extra: Partial<Extract<PostResult, { kind: 'answered' }>> = {}): PostResult => ({
  kind: 'answered',
  status,
  answer: `status ${status}`,
  latencyMs: 7,
  ...extra,
});

let made = 0;
/** A delivery of the event to the endpoint; ids count up. */
async function enqueue(endpoint: EndpointRow, alerts: Alert[] = [incidentAlert()]): Promise<string> {
  made += 1;
  const context = {
    now: workers.deps.clock.now(),
    newId: () => `msg_${String(made).padStart(4, '0')}`,
    publicUrl: 'http://losswatch.test',
  };
  const delivery = makeDelivery(endpoint, alerts as [Alert], context);
  await insertDeliveries(workers.deps.database.client, [delivery]);
  return delivery.id;
}
const about = (id: string, event: Alert['event'] = 'incident.opened') => [incidentAlert(makeIncident({ id }), event)];
const deliver = (deliveryId: string) => workers.handlers.deliver({ deliveryId });
async function deliveries(endpointId = 'ep_1') {
  const page = await listDeliveries(workers.deps.database.client, endpointId, { limit: 100 });
  return page.items.reverse();
}
async function delivery(id: string) {
  const found = (await deliveries()).find((item) => item.id === id);
  if (!found) throw new Error(`no delivery ${id}`);
  return found;
}
const endpointRow = async (id = 'ep_1') => (await findEndpoint(workers.deps.database.client, id))!;

describe('deliver', () => {
  it('sends once, signed so that somebody else verifies it, and keeps the attempt', async () => {
    const secret = newWebhookSecret();
    const id = await enqueue(await addEndpoint(workers, { secret }));
    workers.answers.push(answered(204));
    await deliver(id);
    await deliver(id);
    expect(workers.posts).toHaveLength(1);
    const [post] = workers.posts;
    const at = Math.floor(workers.deps.clock.now().getTime() / 1000);
    expect(post?.headers).toMatchObject({ 'webhook-id': id, 'webhook-timestamp': String(at) });
    expect(post?.headers['webhook-signature']).toBe(
      new Webhook(secret).sign(id, workers.deps.clock.now(), post?.body ?? ''),
    );
    expect(await delivery(id)).toMatchObject({
      status: 'delivered',
      next_attempt_at: null,
      attempts: [{ status: 204, latency_ms: 7, error: null }],
    });
  });

  it('tries again after the delays of the contract with the same id and bytes, then fails', async () => {
    const id = await enqueue(await addEndpoint(workers));
    const { backoffMs } = jobCatalogue.deliver;
    for (let attempt = 0; attempt <= backoffMs.length; attempt += 1) {
      const failure: PostResult = { kind: 'failed', reason: 'timed out', latencyMs: 15_000 };
      workers.answers.push(attempt % 2 === 0 ? answered(500) : failure);
      await deliver(id);
      const delay = backoffMs[attempt];
      if (delay === undefined) break;
      const next = workers.nudges.splice(0).find(({ payload }) => payload.deliveryId === id);
      expect(next).toMatchObject({ job: 'deliver', delayMs: delay });
      expect((await delivery(id)).next_attempt_at).toBe(
        new Date(workers.deps.clock.now().getTime() + delay).toISOString(),
      );
      await deliver(id);
      expect(workers.posts).toHaveLength(attempt + 1);
      workers.advanceMs(delay);
    }
    expect(await delivery(id)).toMatchObject({ status: 'failed', next_attempt_at: null });
    expect((await delivery(id)).attempts).toHaveLength(8);
    expect(new Set(workers.posts.map((post) => `${post.headers['webhook-id']} ${post.body}`)).size).toBe(1);
  });

  it('waits as long as Retry-After asks', async () => {
    const endpoint = await addEndpoint(workers);
    const [first, second] = [await enqueue(endpoint, about('a')), await enqueue(endpoint, about('b'))];
    workers.answers.push(answered(429, { retryAfterSeconds: 600 }));
    await deliver(first);
    await deliver(second);
    expect(workers.posts).toHaveLength(1);
    const until = new Date(workers.deps.clock.now().getTime() + 600_000).toISOString();
    expect((await deliveries()).map((item) => [item.next_attempt_at, item.attempts.length])).toEqual([
      [until, 1],
      [until, 0],
    ]);
    workers.advanceMs(600_000);
    await deliver(first);
    await deliver(second);
    expect((await deliveries()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  it('reads success from the body where the service answers 200 to failures', async () => {
    const id = await enqueue(await addEndpoint(workers, { format: 'wecom', secret: null }));
    workers.answers.push(answered(200, { answer: '{"errcode":40058,"errmsg":"too long"}' }));
    await deliver(id);
    expect(await delivery(id)).toMatchObject({
      status: 'failed',
      attempts: [{ status: 200, error: 'code 40058: too long', answer: '{"errcode":40058,"errmsg":"too long"}' }],
    });
  });

  it('keeps the first kilobyte of an answer', async () => {
    const id = await enqueue(await addEndpoint(workers));
    workers.answers.push(answered(200, { answer: '答'.repeat(1_365) }));
    await deliver(id);
    const [attempt] = (await delivery(id)).attempts;
    expect(Buffer.byteLength(attempt?.answer ?? '')).toBeLessThanOrEqual(1_024);
    expect(attempt?.answer).toMatch(/^答{300,}…$/);
  });

  it('does not try again what the address check refuses', async () => {
    const id = await enqueue(await addEndpoint(workers));
    workers.answers.push({ kind: 'refused', reason: '10.0.0.1 is not a public address' });
    await deliver(id);
    expect(await delivery(id)).toMatchObject({
      status: 'failed',
      attempts: [{ status: null, error: '10.0.0.1 is not a public address' }],
    });
  });

  it('is found by the sweeper when its job was lost, not before it is due', async () => {
    const id = await enqueue(await addEndpoint(workers));
    workers.answers.push(answered(503));
    await deliver(id);
    workers.nudges.length = 0;
    await workers.handlers['sweep-unfinished']({});
    expect(workers.nudges).toEqual([]);
    workers.advanceMs(60_000);
    await workers.handlers['sweep-unfinished']({});
    expect(workers.nudges).toMatchObject([{ job: 'deliver', payload: { deliveryId: id } }]);
  });

  it('is taken up by another worker when the one that sent it was killed, under the same id', async () => {
    const id = await enqueue(await addEndpoint(workers));
    const { post } = workers.deps.safeFetch;
    let killed = false;
    workers.deps.safeFetch.post = async (...sent) => {
      await post(...sent);
      if (killed) return answered(200);
      killed = true;
      throw new Error('killed');
    };
    await expect(deliver(id)).rejects.toThrow('killed');
    workers.advanceMs(leaseMs - 1);
    await deliver(id);
    expect(workers.posts).toHaveLength(1);
    workers.advanceMs(6_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(workers.posts.map((sent) => sent.headers['webhook-id'])).toEqual([id, id]);
    expect((await delivery(id)).status).toBe('delivered');
  });

  it('signs with the old and the new secret while one replaces the other', async () => {
    const [old, fresh] = [newWebhookSecret(), newWebhookSecret()];
    const endpoint = await addEndpoint(workers, { secret: old });
    const now = workers.deps.clock.now();
    const until = new Date(now.getTime() + 3_600_000);
    await rotateSecret(workers.deps.database.client, endpoint, fresh, until, now);
    const signatures = async () => {
      await deliver(await enqueue(endpoint));
      const { headers, body } = workers.posts.at(-1)!;
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const given = headers['webhook-signature']?.split(' ');
      return [old, fresh].map((secret) => given?.includes(new Webhook(secret).sign(headers['webhook-id']!, at, body)));
    };
    expect(await signatures()).toEqual([true, true]);
    workers.advanceMs(3_600_000);
    expect(await signatures()).toEqual([false, true]);
  });
});

describe('the order of deliveries', () => {
  it('is that of the events of an incident, however the jobs come', async () => {
    const endpoint = await addEndpoint(workers);
    const opened = await enqueue(endpoint, about('a'));
    const resolved = await enqueue(endpoint, about('a', 'incident.resolved'));
    const other = await enqueue(endpoint, about('b'));
    await deliver(resolved);
    expect(workers.posts).toEqual([]);
    workers.answers.push(answered(500));
    await deliver(opened);
    await deliver(resolved);
    await deliver(other);
    expect(workers.posts.map((post) => post.headers['webhook-id'])).toEqual([opened, other]);
    workers.advanceMs(5_000);
    await deliver(opened);
    await workers.drain();
    expect(workers.posts.map((post) => post.headers['webhook-id'])).toEqual([opened, other, opened, resolved]);
  });

  it('goes on after a delivery that failed for good', async () => {
    const endpoint = await addEndpoint(workers);
    await enqueue(endpoint, about('a'));
    const resolved = await enqueue(endpoint, about('a', 'incident.resolved'));
    workers.answers.push({ kind: 'refused', reason: 'not public' });
    await workers.handlers['sweep-unfinished']({});
    workers.advanceMs(6_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect((await deliveries()).map(({ status }) => status)).toEqual(['failed', 'delivered']);
    expect(workers.posts.at(-1)?.headers['webhook-id']).toBe(resolved);
  });

  it('leaves the other senders free when a receiver does not answer: one at a time is sent to it', async () => {
    const endpoint = await addEndpoint(workers);
    workers.answers.push(answered(500));
    await deliver(await enqueue(endpoint, about('x')));
    const ids = [await enqueue(endpoint, about('a')), await enqueue(endpoint, about('b'))];
    let release = () => {};
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post } = workers.deps.safeFetch;
    workers.deps.safeFetch.post = async (...sent) => {
      const result = await post(...sent);
      await hanging;
      return result;
    };
    const first = deliver(ids[0]!);
    while (workers.posts.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await deliver(ids[1]!);
    expect(workers.posts).toHaveLength(2);
    release();
    await first;
    await workers.drain();
    expect(workers.posts.map((sent) => sent.headers['webhook-id'])).toContain(ids[1]);
  });
});

describe('a channel with a rate', () => {
  it('sends one, holds the rest, then tells them in one message with an id of its own', async () => {
    const endpoint = await addEndpoint(workers, { format: 'slack', secret: null });
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await enqueue(endpoint, about(`inc_${name}`)));
    for (const id of ids) await deliver(id);
    await workers.drain();
    expect(workers.posts).toHaveLength(1);
    expect(workers.posts[0]?.body).toContain('inc_a');
    workers.advanceMs(1_000);
    await deliver(ids[1]!);
    for (const id of ids) await deliver(id);
    expect(workers.posts).toHaveLength(2);
    for (const name of ['inc_b', 'inc_c', 'inc_d']) expect(workers.posts[1]?.body).toContain(name);
    expect((await deliveries()).map(({ status, merged_into: into }) => [status, into])).toEqual([
      ['delivered', null],
      ['delivered', null],
      ['merged', ids[1]],
      ['merged', ids[1]],
    ]);
    expect((await delivery(ids[1]!)).incident_ids).toEqual(['inc_b', 'inc_c', 'inc_d']);
  });

  it('repeats the merged message unchanged when it did not get through', async () => {
    const endpoint = await addEndpoint(workers, { format: 'slack', secret: null });
    const ids = [];
    for (const name of ['a', 'b', 'c']) ids.push(await enqueue(endpoint, about(`inc_${name}`)));
    for (const id of ids) await deliver(id);
    await workers.drain();
    workers.advanceMs(1_000);
    workers.answers.push(answered(500));
    await deliver(ids[1]!);
    const late = await enqueue(endpoint, about('inc_z'));
    workers.advanceMs(5_000);
    await deliver(ids[1]!);
    expect(workers.posts[2]?.body).toBe(workers.posts[1]?.body);
    workers.advanceMs(1_000);
    await deliver(late);
    expect(workers.posts).toHaveLength(4);
  });

  it.each<[WebhookFormat, number, number]>([
    ['dingtalk', 18, 60_000],
    ['wecom', 18, 60_000],
    ['feishu', 5, 1_000],
  ])('keeps that of %s: %i messages in %i ms', async (format, count, perMs) => {
    const endpoint = await addEndpoint(workers, { format, secret: null });
    const sent: number[] = [];
    const { post } = workers.deps.safeFetch;
    workers.deps.safeFetch.post = async (...request) => {
      sent.push(workers.deps.clock.now().getTime());
      await post(...request);
      return answered(200, { answer: '{"code":0,"errcode":0}' });
    };
    for (let n = 0; n < 40; n += 1) {
      const id = await enqueue(endpoint, about(`inc_${n}`));
      await deliver(id);
      workers.advanceMs(perMs / 100);
    }
    await workers.drain();
    for (let n = 0; n < 100 && (await deliveries()).some(({ status }) => status === 'pending'); n += 1) {
      workers.advanceMs(perMs / 10);
      const [next] = (await deliveries()).filter(({ status }) => status === 'pending');
      if (next) await deliver(next.id);
    }
    for (const start of sent)
      expect(sent.filter((time) => time >= start && time < start + perMs).length).toBeLessThanOrEqual(count);
    expect(workers.posts.length).toBeLessThan(40);
    for (let n = 0; n < 40; n += 1)
      expect(workers.posts.some((request) => new RegExp(`inc_${n}\\b`).test(request.body))).toBe(true);
  });
});

describe('an endpoint that does not work', () => {
  it('disables an endpoint that answers 410, and fails what still waits for it', async () => {
    const endpoint = await addEndpoint(workers);
    const [first, second] = [await enqueue(endpoint, about('a')), await enqueue(endpoint, about('b'))];
    workers.answers.push(answered(410));
    await deliver(first);
    await deliver(second);
    expect(workers.posts).toHaveLength(1);
    expect((await deliveries()).map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(await endpointRow()).toMatchObject({ status: 'disabled', disabledReason: 'the receiver answered 410 Gone' });
  });

  it('is disabled after five days of nothing but failures, not by one success fewer', async () => {
    const endpoint = await addEndpoint(workers);
    const attempt = async (status: number) => {
      workers.answers.push(answered(status));
      await deliver(await enqueue(endpoint, about(`inc_${made}`)));
      workers.advanceMs(6 * 3_600_000);
    };
    for (let n = 0; n < 20; n += 1) await attempt(500);
    await attempt(200);
    for (let n = 0; n < 22; n += 1) await attempt(500);
    expect((await endpointRow()).status).toBe('enabled');
    await attempt(500);
    expect(await endpointRow()).toMatchObject({
      status: 'disabled',
      disabledReason: expect.stringMatching(/five days.*status 500/),
    });
  });

  it('is told to the endpoints that watch over alerting, once, and by its host only', async () => {
    const broken = await addEndpoint(workers, { id: 'ep_broken', url: 'https://hooks.slack.com/services/T/B/secret' });
    await addEndpoint(workers, { id: 'ep_watch' });
    await addEndpoint(workers, { id: 'ep_deaf', events: ['incident.opened'] });
    await addEndpoint(workers, { id: 'ep_other', filter: { project: 'other' } });
    const id = await enqueue(broken);
    for (const delay of [5_000, 300_000, 1_800_000, 0]) {
      workers.answers.push(answered(500));
      await deliver(id);
      workers.advanceMs(delay);
    }
    const [told, ...more] = await deliveries('ep_watch');
    expect(more).toEqual([]);
    expect(told).toMatchObject({ event: 'alerting.failed', status: 'pending' });
    for (const other of ['ep_deaf', 'ep_other']) expect(await deliveries(other)).toEqual([]);
    workers.posts.length = 0;
    await deliver(told!.id);
    expect(JSON.parse(workers.posts[0]?.body ?? '').data).toMatchObject({
      endpoint: { id: 'ep_broken', host: 'hooks.slack.com', reason: 'status 500', status: 'enabled' },
      url: 'http://losswatch.test/alerts?endpoint=ep_broken',
    });
    expect(workers.posts[0]?.body).not.toContain('/services/');
  });

  it('gets what it missed when it is enabled again: all that failed since a time, in order, under the same ids', async () => {
    const endpoint = await addEndpoint(workers);
    const early = await enqueue(endpoint, about('a'));
    workers.answers.push(answered(410));
    await deliver(early);
    workers.advanceMs(60_000);
    const since = workers.deps.clock.now();
    const missed = [await enqueue(endpoint, about('b')), await enqueue(endpoint, about('b', 'incident.resolved'))];
    for (const id of missed) await deliver(id);
    const { client } = workers.deps.database;
    await updateEndpoint(client, 'ep_1', { status: 'enabled' });
    workers.posts.length = 0;
    const now = workers.deps.clock.now();
    const recovered = await recoverDeliveries(client, 'ep_1', { since, now, limit: 100 });
    expect(recovered.map(({ id }) => id)).toEqual(missed);
    for (const { id, turn } of recovered.reverse()) await workers.handlers.deliver({ deliveryId: id, turn });
    await workers.drain();
    expect(workers.posts.map((post) => post.headers['webhook-id'])).toEqual(missed);
    expect((await delivery(early)).status).toBe('failed');
  });
});

describe('a delivery sent anew', () => {
  it('goes out at once even while it waits for its next attempt, with a new schedule and all its attempts kept', async () => {
    const id = await enqueue(await addEndpoint(workers));
    workers.answers.push(answered(500), answered(500), answered(500));
    await deliver(id);
    workers.advanceMs(5_000);
    await deliver(id);
    const again = await redeliver(workers.deps.database.client, 'ep_1', id, workers.deps.clock.now());
    expect(again).toMatchObject({ id });
    workers.nudges.length = 0;
    await deliver(id);
    expect(workers.nudges).toMatchObject([{ delayMs: jobCatalogue.deliver.backoffMs[0] }]);
    expect((await delivery(id)).attempts).toHaveLength(3);
    expect(new Set(workers.posts.map((post) => post.headers['webhook-id']))).toEqual(new Set([id]));
  });

  it('is another job than the one that waits', async () => {
    const id = await enqueue(await addEndpoint(workers));
    workers.answers.push(answered(500));
    await deliver(id);
    const waiting = workers.nudges.map(({ payload }) => payload);
    const again = await redeliver(workers.deps.database.client, 'ep_1', id, workers.deps.clock.now());
    expect(waiting).not.toContainEqual({ deliveryId: id, turn: again && 'turn' in again ? again.turn : null });
  });
});

describe('e-mail', () => {
  it('goes to the addresses of the endpoint, in its language, one thread for an incident', async () => {
    const endpoint = await addEndpoint(workers, {
      format: 'email',
      url: 'mailto:oncall@example.org,ml@example.org',
      locale: 'zh',
      secret: null,
      settings: { subject_prefix: '[LW]' },
    });
    const id = await enqueue(endpoint);
    await deliver(id);
    expect(workers.posts).toEqual([]);
    expect(workers.mails).toMatchObject([
      {
        id,
        to: ['oncall@example.org', 'ml@example.org'],
        thread: 'inc_01JD',
        unsubscribeUrl: 'http://losswatch.test/alerts?endpoint=ep_1',
        subject: expect.stringMatching(/^\[LW\] 【严重】新事件/),
      },
    ]);
    expect(await delivery(id)).toMatchObject({ status: 'delivered', attempts: [{ status: 250 }] });
  });
});
