import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { laneOf } from '../../../src/flows/points/lanes.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
let runId = '';
let count = 0;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  count += 1;
  runId = `run-${count}`;
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: runId, name: runId } });
  api.nudges.length = 0;
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call(api.tokens.owner, 'POST', `/v1/runs/${runId}/${path}`, { body, headers });
const series = async (query = '') =>
  (await api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}/metrics${query}`)).body.series;
const text = { 'content-type': 'text/plain; charset=utf-8' };
const ndjson = { 'content-type': 'application/x-ndjson' };

describe('metric points', () => {
  test('bare NaN and Infinity tokens, strings, the largest and smallest floats and -0 come back as they were', async () => {
    const body =
      '{"points": [{"step": 0, "values": {"a": NaN, "b": "NaN", "c": Infinity, "d": -Infinity, "e": -0.0, "f": 5e-324, "g": 1.7976931348623157e308, "h": 0.1}}]}';
    const receipt = await post('metrics', body);
    expect(receipt).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
    const response = await api.app.inject({
      url: `/v1/runs/${runId}/metrics`,
      headers: { authorization: `Bearer ${api.tokens.reader}` },
    });
    const values = Object.fromEntries(
      response.json().series.map((one: { name: string; values: unknown[] }) => [one.name, one.values[0]]),
    );
    expect(values).toEqual({
      a: 'NaN',
      b: 'NaN',
      c: 'Infinity',
      d: '-Infinity',
      e: -0,
      f: 5e-324,
      g: 1.7976931348623157e308,
      h: 0.1,
    });
    expect(Object.is(values.e, -0)).toBe(true);
    expect(api.nudges).toEqual([{ job: 'detect-anomalies', payload: { lane: laneOf(runId) } }]);
  });

  test('the word NaN inside a string is left alone while a bare one beside it is read', async () => {
    const receipt = await post('metrics', '{"points":[{"step":1,"values":{"loss \\"NaN, Infinity":NaN}}]}');
    expect(receipt.body.accepted).toBe(1);
    expect((await series())[0].name).toBe('loss "NaN, Infinity');
  });

  test('good points are kept and bad ones rejected by index', async () => {
    const points = [
      { step: 5, rank: 1, time: '2026-11-23T12:00:00Z', values: { loss: 1 } },
      { step: -1, values: { loss: 1 } },
      { step: 1.5, values: { loss: 1 } },
      { step: '1', values: { loss: 1 } },
      { step: 2 ** 53, values: { loss: 1 } },
      { step: 1, values: { loss: true } },
      { step: 1, values: {} },
      { step: 1, values: { 'a\u0000b': 1 } },
      { step: 1, rank: -1, values: { loss: 1 } },
      { step: 1, time: 'yesterday', values: { loss: 1 } },
      null,
      { step: 6, rank: 1, time: 1764000000.5, values: { loss: 2 } },
    ];
    const receipt = await post('metrics', { points });
    expect(receipt.status).toBe(202);
    expect(receipt.body.accepted).toBe(2);
    expect(receipt.body.rejected.map((one: { index: number }) => one.index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await series()).toEqual([{ name: 'loss', rank: 1, steps: [5, 6], values: [1, 2], downsampled: false }]);
    expect((await api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}`)).body.last_step).toBe(6);
  });

  test('a literal beyond the largest float is rejected, it does not become infinite', async () => {
    const receipt = await post(
      'metrics',
      '{"points":[{"step":1,"values":{"loss":1e400}},{"step":2,"values":{"loss":1}}]}',
    );
    expect(receipt.body).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0, reason: expect.stringContaining('values/loss') }],
    });
  });

  test('NDJSON works line by line, and a malformed line is one rejected point', async () => {
    const body = '{"step":1,"values":{"loss":NaN}}\r\n\n{"step":2,"values":{"loss":\n{"step":3,"values":{"loss":3}}';
    const receipt = await post('metrics', body, ndjson);
    expect(receipt.body).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, reason: expect.stringContaining('JSON') }],
    });
    expect((await series())[0]).toMatchObject({ steps: [1, 3], values: ['NaN', 3] });
  });

  test('1,000 points are taken and 1,001 refused, in both forms, with the limit named', async () => {
    const points = Array.from({ length: 1001 }, (_, step) => ({ step, values: { loss: step } }));
    const lines = points.map((point) => JSON.stringify(point)).join('\n');
    for (const refused of [await post('metrics', { points }), await post('metrics', lines, ndjson)]) {
      expect(refused.status).toBe(400);
      expect(refused.body.errors[0].message).toMatch(/1000/);
    }
    expect(await series()).toEqual([]);
    expect((await post('metrics', { points: points.slice(1) })).body.accepted).toBe(1000);
    expect((await post('metrics', lines.split('\n').slice(1).join('\n'), ndjson)).body.accepted).toBe(1000);
    const [all] = await series('?max_points=10000&from=1&to=10');
    expect(all.steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('a point seen twice counts once', async () => {
    await post('metrics', { points: [{ step: 1, values: { loss: 1 } }] });
    await post('metrics', { points: [{ step: 1, values: { loss: 99, other: 2 } }] });
    expect(await series()).toEqual([
      { name: 'loss', rank: 0, steps: [1], values: [1], downsampled: false },
      { name: 'other', rank: 0, steps: [1], values: [2], downsampled: false },
    ]);
  });

  test('a one-step spike and a NaN survive downsampling', async () => {
    for (let start = 0; start < 3000; start += 1000) {
      const points = Array.from({ length: 1000 }, (_, index) => ({
        step: start + index,
        values: { loss: start + index === 1777 ? 1e9 : start + index === 2111 ? 'NaN' : 1 },
      }));
      await post('metrics', { points });
    }
    const [answer] = await series('?names=loss&max_points=100');
    expect(answer.downsampled).toBe(true);
    expect(answer.steps.length).toBeLessThanOrEqual(100);
    expect(answer.values[answer.steps.indexOf(1777)]).toBe(1e9);
    expect(answer.values[answer.steps.indexOf(2111)]).toBe('NaN');
  });

  test('every non-finite point survives downsampling, however narrow the answer', async () => {
    const odd: Record<number, string> = { 5: 'NaN', 6: 'NaN', 899: 'Infinity', 900: '-Infinity', 901: 'NaN' };
    const points = Array.from({ length: 1000 }, (_, step) => ({ step, values: { loss: odd[step] ?? step } }));
    await post('metrics', { points });
    const [answer] = await series('?names=loss&max_points=10');
    const kept = answer.steps.flatMap((step: number, at: number) => (odd[step] ? [[step, answer.values[at]]] : []));
    expect(kept).toEqual(Object.entries(odd).map(([step, value]) => [Number(step), value]));
    expect(answer.values).toContain(0);
    expect(answer.values).toContain(999);
  });

  test('a name that is not allowed costs its own point only', async () => {
    const body = '{"points":[{"step":1,"values":{"ok":1}},{"step":2,"values":{"__proto__":2}}]}';
    const answer = await api.call(api.tokens.owner, 'POST', `/v1/runs/${runId}/metrics`, { body });
    expect(answer.body).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
  });
});

const logLine = (iteration: number, loss: string) =>
  `[11/23 12:00:0${iteration % 10}] ppdet.engine INFO: Epoch: [0] [ ${iteration}/100] learning_rate: 0.000000 loss: ${loss} loss_dfl: 2.833000 eta: 4 days, 9:30:32 batch_cost: 0.5000 data_cost: 0.0010 ips: 8.0000 images/s\n`;
const crash = `Traceback (most recent call last):\n  File "tools/train.py", line 172, in <module>\n    main()\nValueError: Target -1 is out of lower bound. größer 目标 🚂\n`;

describe('console output', () => {
  test('lines, points and tracebacks are read, counted and stored', async () => {
    const receipt = await post(
      'logs?source=rank0.log',
      `${logLine(0, '3.5')}noise\n${logLine(20, 'nan')}${crash}\n`,
      text,
    );
    expect(receipt).toMatchObject({ status: 202, body: { lines: 8, points: 2 } });
    await api.call(api.tokens.owner, 'PATCH', `/v1/runs/${runId}`, { body: { status: 'failed' } });
    expect((await series('?names=loss'))[0]).toMatchObject({ steps: [0, 20], values: [3.5, 'NaN'], windowed: true });
    expect((await series('?names=learning_rate'))[0]).not.toHaveProperty('windowed');
    const traces = await api.deps.database.client.trace.findMany({ where: { runId } });
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({ origin: 'log', source: 'rank0.log', rank: 0 });
    expect(traces[0]?.text).toContain('Target -1 is out of lower bound');
    expect(api.nudges).toContainEqual({ job: 'detect-anomalies', payload: { lane: laneOf(runId) } });
  });

  test('every cut of a log into two chunks gives the same points and the same one trace', async () => {
    const brief = 'é\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: größer 目 🚂\n';
    const log = Buffer.from(`${logLine(0, '3.5')}${logLine(1, '2.5')}${brief}`);
    const longLines = log.length - Buffer.byteLength(brief) - 4;
    const chunkOf = (part: Buffer, source: string) => post(`logs?source=${source}`, part, text);
    for (let cut = 0; cut <= log.length; cut += cut < longLines ? 9 : 1) {
      const source = `cut-${cut}`;
      const left = await chunkOf(log.subarray(0, cut), source);
      const right = await chunkOf(log.subarray(cut), source);
      expect([left.status, right.status], `cut at ${cut}`).toEqual([202, 202]);
      expect(left.body.lines + right.body.lines, `cut at ${cut}`).toBe(6);
      expect(left.body.points + right.body.points, `cut at ${cut}`).toBe(2);
    }
    await api.call(api.tokens.owner, 'PATCH', `/v1/runs/${runId}`, { body: { status: 'failed' } });
    const traces = await api.deps.database.client.trace.groupBy({
      by: ['source', 'signature'],
      where: { runId },
      _count: true,
    });
    const sources = new Set(traces.map((trace) => trace.source));
    expect(traces).toHaveLength(sources.size);
    expect(new Set(traces.map((trace) => trace.signature)).size).toBe(1);
    expect((await series('?names=loss'))[0]).toMatchObject({ steps: [0, 1], values: [3.5, 2.5] });
  });

  test('a crash without a traceback is an event, wherever the text is cut', async () => {
    const log = Buffer.from(
      `${logLine(0, '3.5')}  4%|# | 3/80 [00:01<00:30, 2.5it/s]Killed\n${'next job\n'.repeat(30)}`,
    );
    const receipt = await post('logs?source=whole', log, text);
    expect(receipt.body).toMatchObject({ events: 1, points: 1 });
    const first = log.indexOf('4%|#');
    for (let cut = first; cut < first + 60; cut += 3) {
      const left = await post(`logs?source=cut-${cut}`, log.subarray(0, cut), text);
      const right = await post(`logs?source=cut-${cut}`, log.subarray(cut), text);
      expect(left.body.events + right.body.events, `cut at ${cut}`).toBe(1);
    }
    const traces = await api.deps.database.client.trace.findMany({ where: { runId } });
    expect(new Set(traces.map((trace) => trace.signature)).size).toBe(1);
    expect(traces[0]).toMatchObject({ origin: 'log', source: 'whole', step: 0n });
    expect(traces[0]?.text).toContain('it/s]Killed\n');
    expect(api.nudges).toContainEqual({ job: 'diagnose-run', payload: { runId } });
  });

  test('output sent twice counts once', async () => {
    const log = `${logLine(3, '1.5')}${crash}\ndone\n`;
    await post('logs', log, text);
    await post('logs', log, text);
    await api.call(api.tokens.owner, 'PATCH', `/v1/runs/${runId}`, { body: { status: 'finished' } });
    expect(await api.deps.database.client.trace.count({ where: { runId } })).toBe(1);
    expect((await series('?names=loss'))[0].steps).toEqual([3]);
  });

  test('a file named after its rank brings the points of that rank', async () => {
    await post('logs?source=rank3.log', logLine(1, '1.5'), text);
    expect((await series('?names=loss'))[0].rank).toBe(3);
  });

  test('bytes that are not UTF-8 are refused with their place, and the stream goes on after a correct resend', async () => {
    await post('logs', Buffer.from([...Buffer.from('gr'), 0xc3]), text);
    const broken = await post('logs', Buffer.from([0x41, 0x42]), text);
    expect(broken).toMatchObject({
      status: 400,
      body: { code: 'invalid_text', detail: expect.stringContaining('PYTHONIOENCODING=utf-8') },
    });
    const latin1 = await post('logs?source=latin1', Buffer.from('stra\xdfe\n', 'latin1'), text);
    expect(latin1.body.detail).toContain('byte 4');
    expect((await post('logs', Buffer.from([0xbc, 0x0a]), text)).status).toBe(202);
    const chunks = await api.deps.database.client.logChunk.findMany({ where: { runId, source: 'console' } });
    expect(chunks.map((chunk) => chunk.text).join('')).toContain('grü');
    const nul = await post('logs', 'a\0b', text);
    expect(nul.body.detail).toContain('byte 1');
  });
});

describe('traces', () => {
  test('a trace comes as JSON or as text, with step and rank in the query', async () => {
    const json = await post('traces', {
      text: crash,
      step: 7,
      rank: 2,
      host: 'gpu-1',
      time: '2026-11-23T10:00:00+08:00',
    });
    expect(json.status).toBe(202);
    const plain = await post('traces?step=8&rank=3', crash, text);
    expect(plain.status).toBe(202);
    const rows = await api.deps.database.client.trace.findMany({ where: { runId }, orderBy: { step: 'asc' } });
    expect(rows.map((row) => [row.id, Number(row.step), row.rank, row.host])).toEqual([
      [json.body.trace_id, 7, 2, 'gpu-1'],
      [plain.body.trace_id, 8, 3, null],
    ]);
    expect(rows[0]?.occurredAt.toISOString()).toBe('2026-11-23T02:00:00.000Z');
    expect(new Set(rows.map((row) => row.signature)).size).toBe(1);
    expect(api.nudges).toEqual(Array(2).fill({ job: 'diagnose-run', payload: { runId } }));
  });

  test('the excepthook and the console tell of the same crash with the same signature', async () => {
    await post('traces', { text: crash });
    await post('logs', `${logLine(1, '1')}${crash}\nnext\n`, text);
    await api.call(api.tokens.owner, 'PATCH', `/v1/runs/${runId}`, { body: { status: 'failed' } });
    const rows = await api.deps.database.client.trace.findMany({ where: { runId } });
    expect(rows.map((row) => row.origin).sort()).toEqual(['log', 'pushed']);
    expect(new Set(rows.map((row) => row.signature)).size).toBe(1);
  });
});

const send = (path: string, body: string) => post(path, body, text);
const read = (path: string) => api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}${path}`);

describe('GET /v1/runs/{id}/logs', () => {
  const search = async (query: string) => (await read(`/logs${query}`)).body;

  test('keeps every line, finds it by its text, and counts those that nothing was read from', async () => {
    const report = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\nValueError: bad\n';
    await send('logs?source=a', `hello \u001b[32mWorld\u001b[0m\n${logLine(0, '3.5')}\n`);
    await send('logs?source=a', `${report}[rank1]: another world\n`);
    await send('logs?source=b', 'iter 3: loss 2.5, time 10.00ms\n');
    const all = await search('');
    expect(all.items).toHaveLength(9);
    expect(all.sources).toEqual([
      { source: 'a', lines: 8, unparsed: 2, format: 'paddledetection', window: 'median' },
      { source: 'b', lines: 1, unparsed: 0, format: 'nanogpt', window: 'mean' },
    ]);
    expect((await search('?q=world')).items).toEqual([
      { source: 'a', line: 0, rank: null, text: 'hello World', unparsed: true },
      { source: 'a', line: 7, rank: 1, text: 'another world', unparsed: true },
    ]);
    expect((await search('?unparsed=true')).items.map((item: { line: number }) => item.line)).toEqual([0, 7]);
    expect((await search('?source=b&unparsed=true')).items).toEqual([]);
  });

  test('gives all lines page by page', async () => {
    await send('logs', 'a\nb\nc\n');
    await send('logs', 'd\ne\n');
    let cursor = '';
    const seen: string[] = [];
    for (let pages = 0; pages < 9 && cursor !== null; pages += 1) {
      const page = await search(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map((item: { text: string }) => item.text));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect((await read('/logs?cursor=bad')).status).toBe(400);
  });

  test('begins at a line of a source, wherever its chunks end', async () => {
    await send('logs?source=a', 'a0\na1\na2\n');
    await send('logs?source=b', 'b0\n');
    await send('logs?source=a', 'a3\na4\n');
    const from = async (query: string) => (await search(query)).items.map((item: { text: string }) => item.text);
    expect(await from('?source=a&line=1')).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(await from('?source=a&line=4&limit=1')).toEqual(['a4']);
    expect(await from('?source=a&line=5')).toEqual([]);
    expect(await from('?source=none&line=0')).toEqual([]);
    const refused = await read('/logs?line=3');
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([{ path: 'query:source', message: 'is needed with line' }]);
  });
});

describe('a log that says how the training ends', () => {
  const status = async () => (await read('')).body.status;
  const bar = 'Epoch 0: 100%|████| 4/4 [00:00<00:00, 9.0it/s, loss=0.5]\n';

  test('finishes the run, which runs again when another training follows', async () => {
    await send('logs', bar);
    expect(await status()).toBe('running');
    await send('logs', '`Trainer.fit` stopped: `max_epochs=1` reached.\n');
    expect(await status()).toBe('finished');
    await send('logs', 'saved\n');
    expect(await status()).toBe('finished');
    await send('logs', bar.replace('Epoch 0', 'Epoch 1'));
    expect(await status()).toBe('running');
  });

  test('leaves a run alone that a person has ended', async () => {
    await send('logs', bar);
    await api.call(api.tokens.owner, 'PATCH', `/v1/runs/${runId}`, { body: { status: 'failed' } });
    await send('logs', '`Trainer.fit` stopped: `max_epochs=1` reached.\n');
    expect(await status()).toBe('failed');
  });
});
