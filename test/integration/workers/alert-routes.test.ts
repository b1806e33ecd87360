// Routes on real rows: incidents change, the clock is the test's, groups are told when they are due.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertRoute } from '../../../src/contracts/alerts.ts';
import type { Severity } from '../../../src/contracts/common.ts';
import { changeIncidentBy } from '../../../src/domain/incidents/change-incident.ts';
import { openIncident } from '../../../src/domain/incidents/transitions/on-diagnosed.ts';
import { deleteRoute, reviewHeld } from '../../../src/flows/alerts/rules-changed.ts';
import { loadRecord } from '../../../src/flows/incident-records.ts';
import { commitChange } from '../../../src/flows/incidents.ts';
import { readDecisions } from '../../../src/platform/db/alert-groups.ts';
import { saveRoute, saveSilence } from '../../../src/platform/db/alert-rules.ts';
import type { Tx } from '../../../src/platform/db/client.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { makeDiagnosis } from '../../support/diagnosis.ts';
import { addEndpoint } from '../../support/endpoints.ts';
import { boundTrace, faultyEnvironment } from '../../support/story.ts';

let workers: TestWorkers;
beforeEach(async () => {
  workers = await buildTestWorkers();
});
afterEach(() => workers.close());

const minuteMs = 60_000;
const context = () => ({
  catalog: workers.deps.catalog,
  now: workers.deps.clock.now(),
  newId: workers.deps.newId,
  publicUrl: 'http://losswatch.test',
});

async function commit(work: (tx: Tx) => Promise<string[]>): Promise<void> {
  const ids = await workers.deps.database.transaction(work);
  for (const deliveryId of ids) workers.deps.nudge('deliver', { deliveryId });
  await workers.drain();
}

async function open(id: string, severity: Severity = 'warning', failureClass = 'loss-nan'): Promise<void> {
  const diagnosis = makeDiagnosis({ severity, class: failureClass, fingerprint: id, causes: [] });
  const total = { diagnosis, occurrences: 1, firstStep: 0, lastStep: 7 };
  const { now } = context();
  const change = openIncident(id, 'vision', { total, runId: 'r1', owner: null }, 'first-seen', now);
  await commit((tx) => commitChange(tx, change, context()));
}

async function edit(id: string, state: 'open' | 'acknowledged' | 'resolved'): Promise<void> {
  await commit(async (tx) => {
    const record = (await loadRecord(tx, id))!;
    const event = { kind: 'edited' as const, edit: { state }, actor: 'ann', scopes: [] };
    return commitChange(tx, changeIncidentBy(record, [event], context().now), context());
  });
}

async function route(overrides: Partial<AlertRoute> = {}): Promise<AlertRoute> {
  const made: AlertRoute = {
    id: 'rte_1',
    name: 'ops',
    position: 0,
    matchers: [],
    endpoints: ['ep_1'],
    group_by: ['class'],
    group_wait_s: 30,
    group_interval_s: 300,
    repeat_interval_s: null,
    continue: false,
    digest: null,
    quiet_hours: null,
    escalate: null,
    ...overrides,
  };
  await saveRoute(workers.deps.database.client, made, context().now);
  return made;
}

/** Lets time pass in steps of half a minute, with the schedule at work. */
async function pass(minutes: number): Promise<void> {
  for (let n = 0; n < minutes * 2; n += 1) {
    workers.advanceMs(minuteMs / 2);
    await workers.handlers['notify-groups']({});
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
  }
}

const told = () => workers.posts.splice(0).map(({ url, body }) => ({ url, ...JSON.parse(body) }));
const events = () => told().map(({ type, data }) => `${type} ${data.incident.id}`);
const decided = async (id: string) =>
  (await readDecisions(workers.deps.database.client, id, 100)).map(
    ({ stage, decision, code }) => `${stage}/${decision}/${code}`,
  );

describe('without a route', () => {
  it('every event goes out at once to every endpoint that listens', async () => {
    await addEndpoint(workers);
    await open('inc_a');
    await edit('inc_a', 'acknowledged');
    await edit('inc_a', 'resolved');
    expect(events()).toEqual(['incident.opened inc_a', 'incident.acknowledged inc_a', 'incident.resolved inc_a']);
    expect(await decided('inc_a')).toEqual(Array(3).fill('send/send/queued'));
  });

  it('a silence holds an event, and its end tells how the incident stands', async () => {
    await addEndpoint(workers);
    const { now } = context();
    await open('inc_told');
    const silence = {
      matchers: [{ label: 'project', op: '=' as const, value: 'vision' }],
      author: 'ann',
      reason: 'move',
      startsAt: now,
      endsAt: new Date(now.getTime() + 10 * minuteMs),
      project: null,
    };
    await saveSilence(workers.deps.database.client, 'sil_1', silence);
    await open('inc_open');
    await open('inc_over');
    await edit('inc_over', 'resolved');
    await edit('inc_told', 'resolved');
    await pass(9);
    expect(events()).toEqual(['incident.opened inc_told']);
    await pass(2);
    expect(events().sort()).toEqual(['incident.opened inc_open', 'incident.resolved inc_told']);
    expect(await decided('inc_over')).toEqual(['silence/hold/silenced', 'dedup/drop/resolved-before-told']);
    await edit('inc_open', 'resolved');
    expect(events()).toEqual(['incident.resolved inc_open']);
  });

  it('an incident that comes and goes all the time is told of a few times, then when it is calm', async () => {
    await addEndpoint(workers);
    await open('inc_a');
    for (let n = 0; n < 10; n += 1) {
      await pass(1);
      await edit('inc_a', n % 2 === 0 ? 'resolved' : 'open');
    }
    const before = events().length;
    expect(before).toBeLessThan(8);
    await edit('inc_a', 'resolved');
    await pass(12);
    expect(events()).toEqual(['incident.resolved inc_a']);
    expect(await decided('inc_a')).toContain('dedup/hold/flapping');
  });
});

describe('a route', () => {
  it('waits for what comes together, tells it in one message, and then keeps its interval', async () => {
    await addEndpoint(workers, { format: 'slack', secret: null });
    await route();
    for (const id of ['inc_a', 'inc_b', 'inc_c']) await open(id);
    await open('inc_x', 'warning', 'loss-spike');
    expect(workers.posts).toEqual([]);
    await pass(1);
    const [first, second, ...more] = workers.posts.splice(0).map(({ body }) => body);
    expect(more).toEqual([]);
    for (const id of ['inc_a', 'inc_b', 'inc_c']) expect(`${first}${second}`).toContain(`/incidents/${id}`);
    expect([first, second].filter((body) => body?.includes('inc_x'))).toHaveLength(1);
    await open('inc_d');
    await pass(3);
    expect(workers.posts).toEqual([]);
    await pass(2);
    expect(workers.posts).toHaveLength(1);
    expect(await decided('inc_a')).toEqual(['route/pass/matched', 'group/hold/wait', 'send/send/queued']);
    expect(await decided('inc_d')).toEqual(['route/pass/matched', 'group/hold/interval', 'send/send/queued']);
  });

  it('tells of the first critical alert in the transaction that opens it, and of what waited with it', async () => {
    await addEndpoint(workers);
    await route();
    await open('inc_w');
    await open('inc_c', 'critical');
    expect(events().sort()).toEqual(['incident.opened inc_c', 'incident.opened inc_w']);
    expect(await decided('inc_c')).toEqual(['route/pass/matched', 'group/pass/urgent', 'send/send/queued']);
    await open('inc_d', 'critical');
    expect(workers.posts).toEqual([]);
    await pass(6);
    expect(events()).toEqual(['incident.opened inc_d']);
  });

  it('says nothing of what is over before its time', async () => {
    await addEndpoint(workers);
    await route();
    await open('inc_a');
    await edit('inc_a', 'resolved');
    await pass(10);
    expect(workers.posts).toEqual([]);
    expect(await decided('inc_a')).toContain('dedup/drop/resolved-before-told');
  });

  it('tells of an incident that happens all day at once and after each repeat interval, however often it happens', async () => {
    await addEndpoint(workers);
    await route({ repeat_interval_s: 4 * 3_600 });
    await workers.addRun({ id: 'r1', name: 'r1', ...faultyEnvironment });
    for (let n = 0; n < 12; n += 1) {
      await workers.pushTrace('r1', boundTrace(100 + n, 'upper'), n);
      await workers.drain();
      workers.advanceMs(120 * minuteMs);
      await workers.handlers['notify-groups']({});
      await workers.drain();
    }
    expect(await workers.incidents()).toMatchObject([{ occurrences: 12, state: 'open' }]);
    const reasons = told().map(({ type, data }) => `${type} ${data.reason?.kind ?? '-'}`);
    expect(reasons).toEqual(['incident.opened -', ...Array(6).fill('incident.updated repeat')]);
  }, 60_000);

  it('escalates when nobody acknowledges, and repeats', async () => {
    await addEndpoint(workers);
    await addEndpoint(workers, { id: 'ep_boss', url: 'https://boss.example.org' });
    await route({ repeat_interval_s: 3_600, escalate: { after_s: 900, endpoints: ['ep_boss'] } });
    await open('inc_a', 'critical');
    await pass(14);
    expect(told().map(({ url }) => url)).toEqual(['https://hooks.example.org/x']);
    await pass(2);
    expect(told()).toMatchObject([
      {
        url: 'https://boss.example.org',
        type: 'incident.opened',
        data: { reason: { kind: 'escalation', after_s: 900 } },
      },
    ]);
    await pass(46);
    expect(told().map(({ data }) => data.reason.kind)).toEqual(['repeat', 'repeat']);
    await edit('inc_a', 'acknowledged');
    await pass(6);
    expect(
      told()
        .map(({ url, type }) => `${type} ${url}`)
        .sort(),
    ).toEqual(['incident.acknowledged https://boss.example.org', 'incident.acknowledged https://hooks.example.org/x']);
    await pass(120);
    expect(workers.posts).toEqual([]);
  });

  it('collects warnings for a digest, once for all, while what is critical goes out', async () => {
    await addEndpoint(workers, { format: 'email', url: 'mailto:ml@example.org', secret: null });
    await route({ digest: { at: '14:00' }, group_by: [] });
    await open('inc_a');
    await pass(30);
    await open('inc_b', 'warning', 'loss-spike');
    await open('inc_c', 'critical');
    expect(workers.mails).toHaveLength(1);
    await pass(89);
    expect(workers.mails).toHaveLength(1);
    await pass(2);
    expect(workers.mails).toHaveLength(2);
    expect(workers.mails[1]?.subject).toBe('2 alerts: 2 warnings');
    expect(workers.mails[1]?.text).toMatch(/part of a digest[\s\S]*part of a digest/);
  });

  it('keeps quiet for warnings in quiet hours', async () => {
    await addEndpoint(workers);
    await route({ quiet_hours: { from: '11:00', to: '13:00', time_zone: 'UTC' } });
    await open('inc_w');
    await open('inc_c', 'critical', 'cuda-out-of-memory');
    await pass(59);
    expect(events()).toEqual(['incident.opened inc_c']);
    await pass(2);
    expect(events()).toEqual(['incident.opened inc_w']);
  });

  it('holds a warning beside a critical incident of the same run, until that is resolved', async () => {
    await addEndpoint(workers);
    await route();
    await workers.addRun({ id: 'r1', name: 'r1' });
    for (const [id, severity] of [
      ['inc_c', 'critical'],
      ['inc_w', 'warning'],
    ] as const) {
      await open(id, severity);
      await workers.deps.database.client.incidentRun.create({
        data: { incidentId: id, runId: 'r1', fingerprint: id, class: 'loss-nan', diagnosis: {}, evidence: [] },
      });
    }
    await pass(8);
    expect(events()).toEqual(['incident.opened inc_c']);
    expect(await decided('inc_w')).toContain('inhibit/hold/inhibited');
    await edit('inc_c', 'resolved');
    await pass(8);
    expect(events().sort()).toEqual(['incident.opened inc_w', 'incident.resolved inc_c']);
  });

  it('sends what no route names to every other endpoint as if there were no routes', async () => {
    await addEndpoint(workers);
    await addEndpoint(workers, { id: 'ep_free', url: 'https://free.example.org' });
    await route({ matchers: [{ label: 'class', op: '=', value: 'loss-spike' }] });
    await open('inc_a');
    await pass(10);
    expect(told().map(({ url }) => url)).toEqual(['https://free.example.org']);
  });

  it('says when nobody can be told', async () => {
    await addEndpoint(workers);
    await route({ matchers: [{ label: 'class', op: '=', value: 'loss-spike' }] });
    await open('inc_a');
    expect(await decided('inc_a')).toEqual(['route/drop/no-route']);
  });

  it('that is removed leaves what it had yet to tell to the others', async () => {
    await addEndpoint(workers);
    await route({ digest: { at: '23:00' } });
    await open('inc_a');
    await pass(2);
    expect(workers.posts).toEqual([]);
    await commit((tx) => deleteRoute(tx, 'rte_1', context()));
    expect(events()).toEqual(['incident.opened inc_a']);
  });

  it('looks at what it holds again when the rules change', async () => {
    await addEndpoint(workers);
    const made = await route({ digest: { at: '23:00' } });
    await open('inc_a');
    await pass(2);
    await saveRoute(workers.deps.database.client, { ...made, digest: null }, context().now);
    await reviewHeld(workers.deps.database.client, context().now);
    await pass(1);
    expect(events()).toEqual(['incident.opened inc_a']);
  });

  it('tells Alertmanager its group, and why', async () => {
    await addEndpoint(workers, { format: 'alertmanager' });
    await route({ repeat_interval_s: 3_600 });
    await open('inc_a');
    await pass(62);
    const [first, again] = workers.posts.map(({ body }) => JSON.parse(body));
    expect(first).toMatchObject({
      status: 'firing',
      groupLabels: { class: 'loss-nan' },
      routeLabels: { route: 'ops' },
      notification_reason: 'first notification',
    });
    expect(again).toMatchObject({ groupKey: first.groupKey, notification_reason: 'repeat interval elapsed' });
  });

  it('loses nothing when the process dies between the change and the message', async () => {
    await addEndpoint(workers);
    await route();
    await open('inc_a');
    const { post } = workers.deps.safeFetch;
    workers.deps.safeFetch.post = async () => {
      throw new Error('killed');
    };
    workers.advanceMs(minuteMs);
    await workers.handlers['notify-groups']({});
    await workers.handlers['notify-groups']({});
    await expect(workers.drain()).rejects.toThrow('killed');
    workers.nudges.length = 0;
    workers.deps.safeFetch.post = post;
    workers.advanceMs(minuteMs);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(events()).toEqual(['incident.opened inc_a']);
  });
});
