// Incidents beside others like them, and runs beside the last good one, over HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { addIncident } from '../../support/incidents.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

async function addRun(id: string, body: object = {}, project = 'vision'): Promise<void> {
  await api.call(api.tokens.admin, 'POST', '/v1/runs', { body: { id, name: id, project, ...body } });
}
const get = (url: string, token = api.tokens.reader) => api.call(token, 'GET', url);

describe('similar incidents', () => {
  const overflow = { class: 'loss-nan', causes: [{ id: 'numeric-overflow', confidence: 0.8, evidence: [] }] };
  const remediations = [{ id: 'lower-learning-rate', cause: 'numeric-overflow', score: 0.5 }];

  test('are those of the same cause, then of the same class, in other runs of the project, with what fixed them', async () => {
    for (const id of ['s1', 's2', 's3']) await addRun(id);
    await addRun('elsewhere', {}, 'other');
    await addIncident(api, 'inc_s', { runId: 's1', diagnosis: overflow });
    await addIncident(api, 'inc_same_run', { runId: 's1', diagnosis: { ...overflow, fingerprint: 'x' } });
    await addIncident(api, 'inc_cause', { runId: 's2', diagnosis: { ...overflow, remediations } });
    await addIncident(api, 'inc_class', { runId: 's3', diagnosis: { class: 'loss-nan', causes: [] } });
    await addIncident(api, 'inc_unlike', { runId: 's3', diagnosis: { class: 'disk-full', causes: [] } });
    await addIncident(api, 'inc_far', { runId: 'elsewhere', project: 'other', diagnosis: overflow });
    const remedy = api.deps.catalog.failures.get('loss-nan')!.knowledge.remediations[0]!;
    await api.deps.database.client.incident.update({
      where: { id: 'inc_cause' },
      data: { diagnosis: { ...(await stored('inc_cause')), remediations: [{ id: remedy.id, cause: null, score: 1 }] } },
    });
    await api.call(api.tokens.admin, 'POST', `/v1/incidents/inc_cause/remediations/${remedy.id}/feedback`, {
      body: { worked: true },
    });
    await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_cause', { body: { state: 'resolved' } });
    const { body } = await get('/v1/incidents/inc_s/similar');
    expect(body.items.map(({ id, same }: any) => [id, same])).toEqual([
      ['inc_cause', 'cause'],
      ['inc_class', 'class'],
    ]);
    expect(body.items[0]).toMatchObject({
      state: 'resolved',
      resolved_by: 'admin of all',
      runs: ['s2'],
      fixed_by: [{ remediation_id: remedy.id, title: remedy.title.en, worked: 1, failed: 0 }],
    });
    const everywhere = await get('/v1/incidents/inc_s/similar', api.tokens.admin);
    expect(everywhere.body.items.map(({ id }: any) => id)).toContain('inc_far');
    expect((await get('/v1/incidents/inc_s/similar', api.tokens.strangerReader)).status).toBe(404);
  });

  async function stored(id: string) {
    return (await api.deps.database.client.incident.findUniqueOrThrow({ where: { id } })).diagnosis as object;
  }
});

describe('a comparison', () => {
  const points = (loss: (step: number) => unknown) => ({
    points: Array.from({ length: 60 }, (_, n) => ({ step: n * 10, values: { loss: loss(n * 10), lr: 0.1 } })),
  });

  test('shows what the run has otherwise than the last good one, and from which step on', async () => {
    const environment = { os: 'Linux', packages: { numpy: '1.26.4' } };
    await addRun('good-old', { name: 'ppyoloe', config: { lr: 0.01 }, environment });
    await addRun('other-name', { name: 'other', config: { lr: 5 } });
    for (const id of ['good-old', 'other-name'])
      await api.call(api.tokens.owner, 'PATCH', `/v1/runs/${id}`, { body: { status: 'finished' } });
    api.advanceMs(1000);
    await addRun('bad', {
      name: 'ppyoloe',
      config: { lr: 0.1 },
      environment: { ...environment, packages: { numpy: '2.0.0' } },
    });
    api.advanceMs(1000);
    await addRun('good-later', { name: 'ppyoloe' });
    await api.call(api.tokens.owner, 'PATCH', '/v1/runs/good-later', { body: { status: 'finished' } });
    await api.call(api.tokens.owner, 'POST', '/v1/runs/good-old/metrics', { body: points((step) => 2 - step / 1000) });
    await api.call(api.tokens.owner, 'POST', '/v1/runs/bad/metrics', {
      body: points((step) => (step < 300 ? 2 - step / 1000 : 'NaN')),
    });
    await addIncident(api, 'inc_c', { runId: 'bad' });
    expect((await get('/v1/incidents/inc_c/comparison')).body).toEqual({
      run: 'bad',
      last_good_run: 'good-old',
      differences: [
        { kind: 'package', path: 'numpy', run_value: '2.0.0', good_value: '1.26.4' },
        { kind: 'config', path: 'lr', run_value: 0.1, good_value: 0.01 },
      ],
      divergence: { name: 'loss', step: 300, run_value: 'NaN', good_value: 1.7 },
    });
    expect(await get('/v1/incidents/inc_c/comparison?run=good-old')).toMatchObject({
      status: 404,
      body: { errors: [{ path: 'query:run' }] },
    });
  });

  test('says so when no run went well: one with an incident did not', async () => {
    await addRun('lone', {}, 'other');
    await addRun('finished', {}, 'other');
    await api.call(api.tokens.admin, 'PATCH', '/v1/runs/finished', { body: { status: 'finished' } });
    await addIncident(api, 'inc_lone', { runId: 'lone', project: 'other' });
    await addIncident(api, 'inc_finished', { runId: 'finished', project: 'other' });
    expect((await get('/v1/incidents/inc_lone/comparison', api.tokens.admin)).body).toEqual({
      run: 'lone',
      last_good_run: null,
      differences: [],
      divergence: null,
    });
  });
});

describe('a replay bundle', () => {
  test('is an archive for those who may read the incident', async () => {
    await addRun('bundled');
    await addIncident(api, 'inc_bundle', { runId: 'bundled' });
    const bundle = await get('/v1/incidents/inc_bundle/bundle');
    expect(bundle).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': 'attachment; filename="losswatch-inc_bundle.tar.gz"',
      },
    });
    expect(bundle.body.length).toBeGreaterThan(1000);
    expect((await get('/v1/incidents/inc_bundle/bundle', api.tokens.strangerReader)).status).toBe(404);
    expect(await get('/v1/incidents/inc_bundle/bundle?run=other')).toMatchObject({
      status: 404,
      body: { errors: [{ path: 'query:run' }] },
    });
  });
});
