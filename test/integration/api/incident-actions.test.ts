// What people do to incidents over HTTP: change, mute, merge, say what helped, in bulk; and the projects whose rules assign them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { addIncident } from '../../support/incidents.ts';

let api: TestApi;
let projectAdmin = '';
beforeAll(async () => {
  api = await buildTestApi();
  projectAdmin = await api.makeToken('admin', 'vision');
  for (const [id, project] of [
    ['r1', 'vision'],
    ['r2', 'vision'],
    ['o1', 'other'],
  ])
    await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id, name: id, project } });
});
afterAll(() => api.close());

const read = async (id: string) => (await api.call(api.tokens.admin, 'GET', `/v1/incidents/${id}`)).body;
const patch = (id: string, body: object, token = api.tokens.admin) =>
  api.call(token, 'PATCH', `/v1/incidents/${id}`, { body });
const post = (url: string, body: object, token = api.tokens.admin) => api.call(token, 'POST', url, { body });

describe('a mute', () => {
  test('of each kind is answered, with who muted and in what words', async () => {
    await addIncident(api, 'inc_m', { runId: 'r1' });
    const muted = await patch('inc_m', { mute: { until_worse: true }, reason: 'known, being fixed' });
    expect(muted.body.mute).toEqual({
      kind: 'until-worse',
      until: null,
      by: 'admin of all',
      at: api.deps.clock.now().toISOString(),
      limits: { per_hour: 10, per_1000_steps: null },
    });
    expect(muted.body.timeline.at(-1)).toMatchObject({ kind: 'muted', reason: 'by-hand' });
    expect(muted.body.timeline.at(-1).text).toContain('(known, being fixed)');
    expect((await patch('inc_m', { mute: { until_new_run: true } })).body.mute.kind).toBe('until-new-run');
    const until = '2030-01-01T00:00:00.000Z';
    const timed = await patch('inc_m', { mute: { until } });
    expect(timed.body).toMatchObject({ muted_until: until, mute: { kind: 'until', until } });
    expect((await patch('inc_m', { muted_until: null })).body).toMatchObject({ muted_until: null, mute: null });
  });

  test.each([
    [{ mute: { until: '2020-01-01T00:00:00Z' } }, '/mute/until', 'in the future'],
    [{ mute: { until: 'tomorrow' } }, '/mute/until', 'RFC 3339'],
    [{ mute: { until_worse: true }, muted_until: null }, '/muted_until', 'together with mute'],
    [{ mute: {} }, '/mute', ''],
    [{ reason: '' }, '/reason', ''],
  ])('%j is refused naming %s', async (body, path, words) => {
    const refused = await patch('inc_m', body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(refused.body.errors[0].path).toContain(path);
    expect(refused.body.errors[0].message).toContain(words);
  });
});

describe('a merge', () => {
  test('answers the incident that stands; the merged id leads to it, lists show it once, and unmerge gives it back', async () => {
    await addIncident(api, 'inc_a', { runId: 'r1', occurrences: 2 });
    await addIncident(api, 'inc_b', { runId: 'r2', diagnosis: { class: 'loss-nan', causes: [] } });
    const merged = await post('/v1/incidents/merge', { into: 'inc_a', from: ['inc_b'] }, projectAdmin);
    expect(merged).toMatchObject({
      status: 200,
      body: { id: 'inc_a', merged_from: ['inc_b'], runs: ['r1', 'r2'], occurrences: 3 },
    });
    expect((await read('inc_b')).id).toBe('inc_a');
    const listed = await api.call(api.tokens.admin, 'GET', '/v1/incidents?run=r2');
    expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual(['inc_a']);
    const again = await post('/v1/incidents/merge', { into: 'inc_b', from: ['inc_a'] });
    expect(again).toMatchObject({ status: 200, body: { id: 'inc_a', occurrences: 3 } });
    const apart = await post('/v1/incidents/inc_a/unmerge', { from: 'inc_b' });
    expect(apart).toMatchObject({ status: 200, body: { id: 'inc_a', merged_from: [], runs: ['r1'], occurrences: 2 } });
    expect(await read('inc_b')).toMatchObject({ id: 'inc_b', state: 'open', runs: ['r2'], class: 'loss-nan' });
    expect((await post('/v1/incidents/inc_a/unmerge', { from: 'inc_b' })).status).toBe(409);
  });

  test('names what it cannot merge', async () => {
    await addIncident(api, 'inc_o', { runId: 'o1', project: 'other' });
    expect(await post('/v1/incidents/merge', { into: 'inc_a', from: ['inc_b', 'inc_none'] })).toMatchObject({
      status: 404,
      body: { errors: [{ path: '/from/1' }] },
    });
    expect(await post('/v1/incidents/merge', { into: 'inc_a', from: ['inc_o'] })).toMatchObject({
      status: 409,
      body: { code: 'conflict', errors: [{ path: '/from/0' }] },
    });
    expect((await post('/v1/incidents/merge', { into: 'inc_a', from: ['inc_o'] }, projectAdmin)).status).toBe(404);
    expect((await post('/v1/incidents/merge', { into: 'inc_a', from: [] })).status).toBe(400);
    expect((await read('inc_b')).id).toBe('inc_b');
  });
});

describe('feedback on a remediation', () => {
  const remediations = [{ id: 'restore-clip', cause: 'unclipped-targets', score: 0.5 }];
  const causes = [{ id: 'unclipped-targets', confidence: 0.9, evidence: [] }];
  const judge = (worked: unknown, id = 'restore-clip', token = api.tokens.admin) =>
    post(`/v1/incidents/inc_f/remediations/${id}/feedback`, { worked } as object, token);

  test('is counted once per person and shown wherever the remediation is advised for the cause', async () => {
    await addIncident(api, 'inc_f', { runId: 'r1', diagnosis: { remediations, causes } });
    await addIncident(api, 'inc_g', { runId: 'r2', diagnosis: { remediations, causes } });
    const before = (await read('inc_g')).remediations[0].feedback;
    expect(before).toMatchObject({ worked: 0, failed: 0 });
    expect((await judge(false)).status).toBe(200);
    expect((await judge(true)).status).toBe(200);
    const said = await judge(false, 'restore-clip', projectAdmin);
    expect(said.body.remediations[0].feedback).toMatchObject({ worked: 1, failed: 1 });
    expect(said.body.timeline.filter(({ kind }: { kind: string }) => kind === 'feedback')).toHaveLength(3);
    const elsewhere = (await read('inc_g')).remediations[0].feedback;
    expect(elsewhere).toMatchObject({ worked: 1, failed: 1 });
    expect(elsewhere.score).toBeLessThan(before.score);
  });

  test('needs a remediation that is advised, and an answer', async () => {
    expect(await judge(true, 'buy-a-gpu')).toMatchObject({
      status: 404,
      body: { errors: [{ path: 'param:remediation_id' }] },
    });
    expect((await judge('maybe')).status).toBe(400);
    expect((await judge(true, 'restore-clip', api.tokens.reader)).status).toBe(403);
  });
});

describe('a bulk change', () => {
  test('changes each or says why not', async () => {
    await addIncident(api, 'inc_x', { runId: 'r1' });
    await addIncident(api, 'inc_y', { runId: 'r2' });
    const body = { ids: ['inc_x', 'inc_none', 'inc_y', 'inc_o'], patch: { state: 'acknowledged', assignee: 'lin' } };
    const answer = await post('/v1/incidents/bulk', body, projectAdmin);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        updated: ['inc_x', 'inc_y'],
        failed: [
          { id: 'inc_none', code: 'not_found' },
          { id: 'inc_o', code: 'not_found' },
        ],
      },
    });
    expect(await read('inc_x')).toMatchObject({ state: 'acknowledged', assignee: 'lin' });
    expect(await read('inc_o')).toMatchObject({ state: 'open' });
  });

  test('with a patch that is wrong changes nothing', async () => {
    const refused = await post('/v1/incidents/bulk', { ids: ['inc_x'], patch: { mute: { until: 'x' } } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: '/patch/mute/until' }] } });
  });
});

describe('a project', () => {
  test('comes into being with its first run or token, is listed within its own, and keeps what admins set', async () => {
    const all = await api.call(api.tokens.admin, 'GET', '/v1/projects');
    expect(all.body.items.map(({ id }: { id: string }) => id)).toEqual(['other', 'vision']);
    const own = await api.call(api.tokens.reader, 'GET', '/v1/projects');
    expect(own.body.items.map(({ id }: { id: string }) => id)).toEqual(['vision']);
    expect((await api.call(api.tokens.reader, 'GET', '/v1/projects/other')).status).toBe(404);
    const body = {
      name: 'Vision',
      ownership: [{ class: 'annotation-*', assignee: 'data team' }],
      detectors: { 'metric.spike': { enabled: true, thresholds: { factor: 4 } } },
      retention: { log_days: 30 },
    };
    expect((await api.call(api.tokens.reader, 'PATCH', '/v1/projects/vision', { body })).status).toBe(403);
    const patched = await api.call(projectAdmin, 'PATCH', '/v1/projects/vision', { body });
    expect(patched).toMatchObject({ status: 200, body: { id: 'vision', ...body } });
    const renamed = await api.call(projectAdmin, 'PATCH', '/v1/projects/vision', { body: { name: 'V' } });
    expect(renamed.body).toMatchObject({ ...body, name: 'V' });
    expect((await api.call(projectAdmin, 'PATCH', '/v1/projects/other', { body })).status).toBe(404);
  });

  test.each([
    [{ detectors: { 'metric.spikes': {} } }, '/detectors/metric.spikes'],
    [{ detectors: { 'metric.spike': { thresholds: { facto: 3 } } } }, '/detectors/metric.spike/thresholds/facto'],
    [{ ownership: [{ class: 'x' }] }, '/ownership/0'],
    [{ ownership: [{ tag: 'team', assignee: 'x' }] }, '/ownership/0/tag'],
    [{ retention: { log_days: 0 } }, '/retention/log_days'],
  ])('refuses %j naming %s', async (body, path) => {
    const refused = await api.call(api.tokens.admin, 'PATCH', '/v1/projects/vision', { body });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].path).toContain(path);
  });
});
