// Alerts of the real service, counted where they arrive: none lost, doubled or out of order when it is killed, and as many as promised.
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment } from '../support/story.ts';

let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService;
let receiver: Receiver;

async function start(): Promise<void> {
  folder = makeDataFolder();
  service = await startService(folder.path);
}
async function stop(): Promise<void> {
  await service?.end('SIGTERM');
  await receiver?.close();
  folder?.remove();
}

async function post(path: string, body: unknown) {
  const answer = await service.call('POST', path, body);
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Makes a run fail in a project; answers the incident. */
async function fail(run: string, project: string, text: string) {
  await post('/v1/runs', { id: run, name: run, project, ...faultyEnvironment });
  await post(`/v1/runs/${run}/traces`, { text, step: 1 });
  return until(`the incident of ${run}`, async () => {
    const { body } = await service.call('GET', `/v1/incidents?run=${run}`);
    return body.items[0] ?? null;
  });
}

describe('a service killed in the middle of 1,000 deliveries', () => {
  const changes = 10;
  const incidents = 10;
  const endpoints = 10;
  const all = changes * incidents * endpoints;
  beforeAll(start, 120_000);
  afterAll(stop);

  it('delivers each event at least once, under one id, in the order of its incident, signed', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    /** After the first 300 the receiver takes requests and answers none, until the service is dead. */
    receiver = await startReceiver(async (index) => {
      if (index >= 300) await released;
      return 204;
    });
    const ids: string[] = [];
    for (let n = 0; n < incidents; n += 1) ids.push((await fail(`r${n}`, `p${n}`, boundTrace(-3, 'lower'))).id);
    const secrets = new Map<string, string>();
    for (let n = 0; n < endpoints; n += 1) {
      const { secret } = await post('/v1/webhooks', { url: `${receiver.url}/${n}` });
      secrets.set(`/hook/${n}`, secret);
    }
    for (let n = 1; n <= changes; n += 1) {
      const patch = { severity: n % 2 === 0 ? 'critical' : 'warning', reason: `change ${n}` };
      const { updated } = await post('/v1/incidents/bulk', { ids, patch });
      expect(updated).toHaveLength(incidents);
    }
    await until('deliveries under way', async () => (receiver.received.length > 300 ? true : null));
    await service.end('SIGKILL');
    const before = receiver.received.length;
    expect(before).toBeLessThan(all / 2);
    release();

    service = await startService(folder.path);
    const idOf = ({ headers }: Receiver['received'][number]) => String(headers['webhook-id']);
    await until(
      'every delivery',
      async () => (new Set(receiver.received.map(idOf)).size >= all ? true : null),
      200_000,
    );
    await until('nothing that waits', async () => {
      const { body } = await service.call('GET', '/v1/overview');
      return body.deliveries.pending === 0 ? true : null;
    });

    const byEvent = new Map<string, Set<string>>();
    const told = new Map<string, number[]>();
    for (const received of receiver.received) {
      const headers = received.headers as Record<string, string>;
      const secret = secrets.get(received.path) ?? '';
      const { type, data } = new Webhook(secret).verify(received.body, headers) as any;
      expect(new SvixWebhook(secret).verify(received.body, headers)).toEqual({
        type,
        timestamp: expect.anything(),
        data,
      });
      const change = Number(/change (\d+)/.exec(data.incident.timeline.at(-1).text)?.[1]);
      const line = `${received.path} ${data.incident.id}`;
      told.set(line, [...(told.get(line) ?? []), change]);
      const event = `${line} ${change}`;
      byEvent.set(event, (byEvent.get(event) ?? new Set()).add(idOf(received)));
    }
    expect([...byEvent.values()].filter((known) => known.size !== 1)).toEqual([]);
    expect(byEvent.size).toBe(all);
    expect(told.size).toBe(incidents * endpoints);
    const inOrder = Array.from({ length: changes }, (_, n) => n + 1);
    for (const list of told.values()) {
      expect(list).toEqual([...list].sort((a, b) => a - b));
      expect([...new Set(list)]).toEqual(inOrder);
    }
    // What the receiver had got but not answered came again.
    const counts = new Map<string, number>();
    for (const received of receiver.received) counts.set(idOf(received), (counts.get(idOf(received)) ?? 0) + 1);
    for (const received of receiver.received.slice(300, before)) expect(counts.get(idOf(received))).toBeGreaterThan(1);
  }, 300_000);
});

describe('alerts of a running service', () => {
  beforeAll(async () => {
    await start();
    receiver = await startReceiver();
  }, 120_000);
  /** No test is told by what another one set up. */
  afterEach(async () => {
    for (const path of ['/v1/routes', '/v1/webhooks']) {
      const { body } = await service.call('GET', path);
      for (const { id } of body.items) await service.call('DELETE', `${path}/${id}`);
    }
  });
  afterAll(stop);
  const told = (path: string) =>
    receiver.received.filter((received) => received.path === path).map(({ body }) => JSON.parse(body));
  const readAlerts = async (id: string) => (await service.call('GET', `/v1/incidents/${id}/deliveries`)).body;

  it('are one message for 10,000 occurrences from 64 ranks, by a route as without one, and one more when it is over', async () => {
    const { id: routed } = await post('/v1/webhooks', { url: `${receiver.url}/routed` });
    await post('/v1/webhooks', { url: `${receiver.url}/plain` });
    await post('/v1/routes', { name: 'on call', endpoints: [routed] });
    await post('/v1/runs', { id: 'r1', name: 'r1', world_size: 64, ...faultyEnvironment });
    const report = async (rank: number) => {
      const count = rank < 16 ? 157 : 156;
      const crashes = Array.from({ length: count }, (_, n) => boundTrace(1_000 + 64 * n + rank, 'upper'));
      await post(`/v1/runs/r1/logs?source=rank${rank}.log`, `${crashes.join('')}bye\n`);
    };
    for (let rank = 0; rank < 64; rank += 8) await Promise.all(Array.from({ length: 8 }, (_, n) => report(rank + n)));
    const incident = await until(
      'all occurrences',
      async () => {
        const { body } = await service.call('GET', '/v1/incidents');
        expect(body.items.length).toBeLessThanOrEqual(1);
        return body.items[0]?.occurrences >= 10_000 ? body.items[0] : null;
      },
      60_000,
    );
    expect(incident).toMatchObject({ occurrences: 10_000, severity: 'critical', state: 'open', runs: ['r1'] });
    await service.call('PATCH', `/v1/incidents/${incident.id}`, { state: 'resolved' });
    await until('the message that it is over', async () => (told('/hook/plain').length > 1 ? true : null));
    const opened = ['incident.opened'];
    expect(told('/hook/plain').map(({ type }) => type)).toEqual([...opened, 'incident.resolved']);
    // The route tells that it is over at its group's next time, five minutes after the first message.
    expect(told('/hook/routed').map(({ type }) => type)).toEqual(opened);
    const { items } = await readAlerts(incident.id);
    expect(items).toHaveLength(3);
  }, 120_000);

  it('are due at once for the first critical incident, ahead of a warning that came before it and waits for its group', async () => {
    const { id } = await post('/v1/webhooks', { url: `${receiver.url}/urgent` });
    await post('/v1/routes', { name: 'slow', endpoints: [id], group_by: ['class'], group_wait_s: 3_600 });
    const image = `Traceback (most recent call last):\n  File "train.py", line 9, in <module>\n    img = Image.open(path)\nPIL.UnidentifiedImageError: cannot identify image file '/data/7.jpg'\n`;
    const warning = await fail('warning', 'vision', image);
    const critical = await fail('critical', 'vision', boundTrace(-3, 'lower'));
    expect([warning.severity, critical.severity]).toEqual(['warning', 'critical']);
    await until('the critical alert', async () => (told('/hook/urgent').length > 0 ? true : null));
    expect(told('/hook/urgent').map(({ data }) => data.incident.id)).toEqual([critical.id]);

    const alerts = await readAlerts(critical.id);
    expect(alerts.decisions.map(({ stage, decision, code }: any) => `${stage}/${decision}/${code}`)).toEqual([
      'route/pass/matched',
      'group/pass/urgent',
      'send/send/queued',
    ]);
    // Written, and due, in the transaction that opened the incident.
    const { body } = await service.call('GET', `/v1/incidents/${critical.id}`);
    const opened = body.timeline.find(({ kind }: any) => kind === 'opened');
    expect(alerts.items).toMatchObject([{ event: 'incident.opened', created_at: opened.at }]);

    const waiting = await readAlerts(warning.id);
    expect(waiting.items).toEqual([]);
    expect(waiting.decisions.map(({ stage, code }: any) => `${stage}/${code}`)).toEqual([
      'route/matched',
      'group/wait',
    ]);
    const inAnHour = new Date(new Date(waiting.decisions[1].at).getTime() + 3_600_000).toISOString();
    expect(waiting.decisions[1].reason).toContain(inAnHour);
  }, 60_000);
});
