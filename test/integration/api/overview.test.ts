import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

async function read(token = api.tokens.admin, query = '', headers = {}) {
  return (await api.call(token, 'GET', `/v1/overview${query}`, { headers })).body;
}

async function addIncident(id: string, fields: Record<string, unknown>, changes: [kind: string, hoursAgo: number][]) {
  const now = api.deps.clock.now();
  const at = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * 3_600_000);
  await api.deps.database.client.incident.create({
    data: {
      id,
      standingId: id,
      severityRank: 2,
      project: 'vision',
      class: 'loss-nan',
      severity: 'critical',
      confidence: 0.9,
      title: 'x',
      fingerprint: id,
      diagnosis: {},
      firstSeenAt: now,
      lastSeenAt: now,
      occurrences: 1,
      ...fields,
      timeline: { create: changes.map(([kind, hours]) => ({ kind, at: at(hours), actor: 'losswatch', data: {} })) },
    },
  });
}

test('an empty service has an empty overview', async () => {
  expect(await read()).toEqual({
    incidents: { open: { critical: 0, warning: 0, info: 0 }, acknowledged: 0, by_class: [] },
    since_yesterday: { opened: 0, resolved: 0, regressed: 0 },
    runs: [],
    deliveries: { delivered: 0, failed: 0, pending: 0, disabled_endpoints: 0 },
    dfl: [],
  });
});

test('what is not resolved counts, what changed in a day counts, and merged incidents do not', async () => {
  await addIncident('a', {}, [['opened', 2]]);
  await addIncident('b', { severity: 'warning', class: 'loss-spike' }, [
    ['opened', 30],
    ['regressed', 1],
  ]);
  await addIncident('c', { state: 'acknowledged' }, [['opened', 40]]);
  await addIncident('d', { state: 'resolved' }, [
    ['opened', 3],
    ['resolved', 1],
  ]);
  await addIncident('e', { mergedInto: 'a', state: 'resolved' }, [['opened', 1]]);
  await addIncident('f', { project: 'other' }, [['opened', 1]]);
  const all = await read();
  expect(all.incidents.open).toEqual({ critical: 2, warning: 1, info: 0 });
  const vision = await read(api.tokens.reader, '', { 'accept-language': 'zh-CN' });
  expect(vision.incidents).toMatchObject({ open: { critical: 1, warning: 1, info: 0 }, acknowledged: 1 });
  expect(vision.incidents.by_class.map((row: any) => [row.class, row.count])).toEqual([
    ['loss-nan', 2],
    ['loss-spike', 1],
  ]);
  expect(vision.incidents.by_class[0].title).toMatch(/\p{Script=Han}/u);
  expect(vision.since_yesterday).toEqual({ opened: 2, resolved: 1, regressed: 1 });
  expect((await api.call(api.tokens.reader, 'GET', '/v1/overview?project=other')).status).toBe(403);
});

test('each run shows the curve of its loss in few points, extremes and lost values among them, and its speed', async () => {
  await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id: 'curve', name: 'curve', project: 'vision' } });
  await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id: 'bare', name: 'bare', project: 'vision' } });
  const start = api.deps.clock.now().getTime() / 1000;
  const points = Array.from({ length: 800 }, (_, step) => ({
    step,
    time: start + step / 4,
    values: { 'train/loss': step === 400 ? 99 : step === 700 ? 'NaN' : 5 - step / 400, other: 1 },
  }));
  const pushed = await api.call(api.tokens.admin, 'POST', '/v1/runs/curve/metrics', { body: { points } });
  expect(pushed.status).toBe(202);
  const { runs } = await read(api.tokens.reader);
  const curve = runs.find((run: any) => run.id === 'curve');
  expect(curve.loss.name).toBe('train/loss');
  expect(curve.loss.steps.length).toBeLessThanOrEqual(61);
  expect(curve.loss.values[curve.loss.steps.indexOf(400)]).toBe(99);
  expect(curve.loss.values[curve.loss.steps.indexOf(700)]).toBe('NaN');
  expect(curve.steps_per_second).toBeCloseTo(4, 1);
  expect(runs.find((run: any) => run.id === 'bare')).toMatchObject({ loss: null, steps_per_second: null });
});
