// Lists of incidents over HTTP: search in two languages, filters, pages of every sort, export.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { incidentSorts } from '../../../src/contracts/incidents.ts';
import { searchWords } from '../../../src/domain/incidents/search-words.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { addIncident } from '../../support/incidents.ts';

let api: TestApi;
const severities = ['critical', 'warning', 'info'] as const;
beforeAll(async () => {
  api = await buildTestApi();
  for (const id of ['r1', 'r2']) {
    const body = { id, name: id, project: 'vision', tags: { team: id === 'r1' ? 'a=b' : 'vision', seed: 7 } };
    await api.call(api.tokens.admin, 'POST', '/v1/runs', { body });
  }
  for (let n = 0; n < 9; n += 1) {
    // Three at each moment, so that every sort has ties.
    if (n % 3 === 0) api.advanceMs(60_000);
    await addIncident(api, `inc_${n}`, {
      runId: n < 5 ? 'r1' : 'r2',
      occurrences: 1 + (n % 2),
      ...(n > 0 && { firstStep: n }),
      diagnosis: { severity: severities[n % 3]! },
      words: n === 7 ? searchWords(['RuntimeError: 显存不足 in train_loop.py, worker node-17']) : [],
    });
  }
  const nan = {
    class: 'loss-nan',
    severity: 'critical' as const,
    causes: [{ id: 'numeric-overflow', confidence: 0.8, evidence: [] }],
  };
  await addIncident(api, 'inc_nan', { runId: 'r2', diagnosis: nan });
  await addIncident(api, 'inc_merged', { runId: 'r1', diagnosis: { class: 'disk-full', causes: [] } });
  await api.call(api.tokens.admin, 'POST', '/v1/incidents/merge', { body: { into: 'inc_nan', from: ['inc_merged'] } });
});
afterAll(() => api.close());

async function list(query: string, token = api.tokens.reader): Promise<{ items: any[]; next_cursor: string | null }> {
  const answer = await api.call(token, 'GET', `/v1/incidents?${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
const ids = async (query: string) => (await list(query)).items.map(({ id }) => id);

describe('a search', () => {
  test.each([
    ['masked_select', 9],
    ['MASKED sel', 9],
    ['target bound', 9],
    ['目标值', 9],
    ['NaN', 1],
    ['numeric overflow', 1],
    ['inc_nan', 1],
    ['显存不足', 1],
    ['显存 RuntimeError', 1],
    ['存显', 0],
    ['node 17 target', 1],
    ['node 18', 0],
    ['the disk is full', 1],
    ['鲸', 0],
    ["'; DROP TABLE incident; --", 0],
    ['& | ! ( ) : * \\', 0],
    ['%', 0],
  ])('for %j finds %i', async (q, count) => {
    expect(await ids(`q=${encodeURIComponent(q)}&limit=100`)).toHaveLength(count);
  });

  test('for nothing filters nothing', async () => {
    expect(await ids('q=&limit=100')).toHaveLength(10);
    expect(await ids('q=%20&limit=100')).toHaveLength(10);
  });
});

test('tells the first step in the run that is asked for', async () => {
  const { items } = await list('run=r1&limit=100');
  expect(items).toHaveLength(6);
  const steps = new Map(items.map((item) => [item.id, item.first_step_in_run]));
  expect(['inc_0', 'inc_1', 'inc_4'].map((id) => steps.get(id))).toEqual([null, 1, 4]);
  expect((await list('limit=1')).items[0]).not.toHaveProperty('first_step_in_run');
});

describe('filters', () => {
  test.each([
    ['severity=warning', 3],
    ['class=loss-nan', 1],
    ['class=disk-full', 0],
    ['cause=numeric-overflow', 1],
    ['run=r1', 6],
    ['run=r1&run=r2', null],
    ['ids=inc_1,inc_3,gone', 2],
    ['ids=', null],
    ['ids=a b', null],
    ['state=open,acknowledged', 10],
    ['state=resolved', 0],
    ['state=broken', null],
    ['assignee=', 10],
    ['assignee=lin', 0],
    ['tag=team=vision', 5],
    ['tag=team=a=b', 6],
    ['tag=seed=7', 10],
    ['tag=team=', 0],
    ['tag=team', null],
    ['muted=true', 0],
    ['muted=false', 10],
    ['regressed=true', 0],
    ['since=2026-11-23T12:03:00Z', 4],
    ['until=2026-11-23T12:01:00Z', 3],
    ['since=soon', null],
    ['project=vision&severity=info&run=r2', 2],
  ])('%s: %s', async (query, count) => {
    const answer = await api.call(api.tokens.reader, 'GET', `/v1/incidents?${query}`);
    if (count === null) expect(answer.status).toBe(400);
    else expect(answer.body.items).toHaveLength(count);
  });

  test('are told apart by assignee and mute once there are any', async () => {
    const change = { assignee: 'lin', mute: { until_new_run: true } };
    await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_8', { body: change });
    expect(await ids('assignee=lin')).toEqual(['inc_8']);
    expect(await ids('muted=true')).toEqual(['inc_8']);
    expect(await ids('assignee=')).toHaveLength(9);
    await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_8', { body: { assignee: null, mute: null } });
  });
});

describe('pages', () => {
  test.each(incidentSorts)('sorted by %s hold every incident once, in order', async (sort) => {
    const whole = await list(`sort=${sort}&limit=100`);
    const collected: any[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `sort=${sort}&limit=3${cursor ? `&cursor=${cursor}` : ''}`,
      );
      collected.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(collected.map(({ id }) => id)).toEqual(whole.items.map(({ id }) => id));
    expect(new Set(collected.map(({ id }) => id)).size).toBe(10);
    const name = sort.replace('-', '');
    const keys = collected.map((item) =>
      name === 'severity' ? [...severities].reverse().indexOf(item.severity) : item[name],
    );
    const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
  });

  test('go on where they were although an incident was opened and one was merged meanwhile', async () => {
    const first = await list('sort=-severity&limit=4');
    await addIncident(api, 'inc_new', { runId: 'r1' });
    const rest = await list(`sort=-severity&limit=100&cursor=${first.next_cursor}`);
    const seen = [...first.items, ...rest.items].map(({ id }) => id);
    expect(new Set(seen).size).toBe(seen.length);
    for (let n = 0; n < 9; n += 1) expect(seen).toContain(`inc_${n}`);
    await api.call(api.tokens.admin, 'POST', '/v1/incidents/merge', { body: { into: 'inc_nan', from: ['inc_new'] } });
  });

  test('of one sort do not go on with the cursor of another', async () => {
    const { next_cursor: cursor } = await list('sort=-severity&limit=1');
    const refused = await api.call(api.tokens.reader, 'GET', `/v1/incidents?sort=-occurrences&cursor=${cursor}`);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'query:cursor' }] } });
  });
});

describe('an export', () => {
  test('as JSON holds what the list holds, whole', async () => {
    const answer = await api.call(api.tokens.reader, 'GET', '/v1/incidents/export?severity=critical');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="incidents.json"');
    expect(answer.body.complete).toBe(true);
    expect(answer.body.items.map(({ id }: { id: string }) => id).sort()).toEqual(
      (await ids('severity=critical')).sort(),
    );
    expect((await api.call(api.tokens.strangerReader, 'GET', '/v1/incidents/export')).body).toEqual({
      items: [],
      complete: true,
    });
  });

  test('as CSV has a header and a line each, and no formula for a spreadsheet to run', async () => {
    await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_0', {
      body: { assignee: '=HYPERLINK("http://x","y")' },
    });
    const { body, headers } = await api.call(api.tokens.reader, 'GET', '/v1/incidents/export?format=csv&limit=1', {
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(11);
    expect(lines[0]).toMatch(/^id,project,state,/);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
    expect(body).toContain('目标值');
    await api.call(api.tokens.admin, 'PATCH', '/v1/incidents/inc_0', { body: { assignee: null } });
  });
});
