import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { receiveCapture } from '../../../src/api/receive-capture.ts';
import { readCaptureShape } from '../../../src/platform/db/captures.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';
import { makeCapture, makeRawFile } from '../../support/safetensors.ts';

const maxCaptureBytes = 40 * 1024 * 1024;
let api: TestApi;
let address = '';
let runId = '';
let count = 0;
beforeAll(async () => {
  api = await buildTestApi({ settings: { maxCaptureBytes } });
  address = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.close());
beforeEach(async () => {
  count += 1;
  runId = `run-${count}`;
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: runId, name: runId } });
  api.nudges.length = 0;
});

const octets = { 'content-type': 'application/octet-stream' };
const push = (body: unknown, query = '', headers: Record<string, string> = octets) =>
  api.call(api.tokens.owner, 'POST', `/v1/runs/${runId}/captures${query}`, { body, headers });
const storedCaptures = () =>
  api.deps.database.client.capture.findMany({ where: { runId }, orderBy: { receivedAt: 'asc' } });

async function blobFiles(): Promise<string[]> {
  const entries = await readdir(api.blobFolder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('a safetensors capture', () => {
  test('is stored with its shape, queued, and nudged', async () => {
    const file = makeCapture({
      metadata: { step: '4', reg_range: '-2,15', normalizer: '1.5', reported_loss_dfl: 'nan' },
    });
    const answer = await push(file, '?rank=2');
    expect(answer.status).toBe(202);
    expect(api.nudges).toEqual([{ job: 'recompute-dfl', payload: { lane: 0 } }]);
    const [row] = await storedCaptures();
    expect(row).toMatchObject({
      id: answer.body.capture_id,
      rank: 2,
      step: 4n,
      status: 'queued',
      bytes: BigInt(file.length),
    });
    expect(row?.shape).toMatchObject({ positives: 3, bins: 17, regRange: { lo: -2, hi: 15 }, normalizer: 1.5 });
    expect(readCaptureShape({ shape: row?.shape ?? null }).reportedLossDfl).toBeNaN();
    expect(Buffer.compare(Buffer.from(await api.deps.blobs.read(row?.sha256 ?? '')), file)).toBe(0);
    const read = await api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}/captures/${answer.body.capture_id}`);
    expect(read.body).toMatchObject({ run_id: runId, step: 4, rank: 2, status: 'queued' });
    expect(read.body.analysis).toBeUndefined();
    const list = await api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}/captures`);
    expect(list.body.items).toHaveLength(1);
  });

  test('takes its step from the query before the file', async () => {
    await push(makeCapture({ metadata: { step: '4' } }), '?step=9', { 'content-type': 'application/vnd.safetensors' });
    expect((await storedCaptures())[0]?.step).toBe(9n);
    expect((await api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}`)).body.last_step).toBe(9);
  });

  test('pushed twice is one capture', async () => {
    const first = await push(makeCapture(), '?step=1');
    const second = await push(makeCapture(), '?step=1');
    expect(second.body).toEqual(first.body);
    expect((await push(makeCapture(), '?step=2')).body).not.toEqual(first.body);
    expect(await storedCaptures()).toHaveLength(2);
  });

  test('pushed many times at once, among others, is one capture, and everybody gets its id', async () => {
    const same = Array.from({ length: 12 }, () => push(makeCapture(), '?step=1'));
    const others = Array.from({ length: 12 }, (_, index) => push(makeCapture({ shift: index / 100 }), '?step=2'));
    const answers = await Promise.all([...same, ...others]);
    expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(202));
    const ids = answers.map(({ body }) => body.capture_id);
    expect(new Set(ids.slice(0, 12)).size).toBe(1);
    expect(new Set(ids).size).toBe(13);
    const stored = await storedCaptures();
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(ids));
    expect((await api.call(api.tokens.reader, 'GET', `/v1/runs/${runId}`)).body.last_step).toBe(2);
  });

  test('is answered again for the same Idempotency-Key, and 422 for other tensors under it', async () => {
    const headers = { ...octets, 'idempotency-key': `key-${runId}` };
    const first = await push(makeCapture(), '?step=1', headers);
    const again = await push(makeCapture(), '?step=1', headers);
    expect(again).toMatchObject({ status: 202, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect((await push(makeCapture({ shift: 1 }), '?step=1', headers)).status).toBe(422);
    expect(await storedCaptures()).toHaveLength(1);
  });
});

describe('a JSON capture', () => {
  const dist = Array.from({ length: 2 }, () => Array.from({ length: 4 }, () => [0, 1, 2]));
  const body = {
    pred_dist: dist,
    target: Array(2).fill([0, 0.5, 1, 1.5]),
    metadata: { reg_range: [0, 3], normalizer: 2, step: 3, strides: [8, 16] },
  };
  const json = { 'content-type': 'application/json' };

  test('becomes the same kind of capture', async () => {
    expect((await push(body, '', json)).status).toBe(202);
    const [row] = await storedCaptures();
    expect(row?.step).toBe(3n);
    expect(row?.shape).toMatchObject({ positives: 2, bins: 3, normalizer: 2, strides: [8, 16] });
  });

  test('may be flat with a shape, and hold NaN', async () => {
    const flat = `{"pred_dist":{"shape":[1,12],"data":[${Array(12).fill(1)}]},"target":[[NaN,Infinity,-Infinity,1]],"mask":[[true,false]],"target_full":[[[0,0,0,0],[1,1,1,1]]]}`;
    const answer = await push(flat, '', json);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    expect((await storedCaptures())[0]?.shape).toMatchObject({
      positives: 1,
      bins: 3,
      selection: { images: 1, anchors: 2 },
    });
  });

  const bad: [string, unknown, string][] = [
    ['no tensors', {}, 'pred_dist'],
    ['ragged', { ...body, target: [[1, 2, 3, 4], [1]] }, 'target/1'],
    ['a word for a number', { ...body, target: Array(2).fill([0, 'one', 1, 1]) }, 'target'],
    ['a shape that lies', { ...body, target: { shape: [2, 4], data: [1, 2] } }, 'target.data'],
    ['five axes', { ...body, target: [[[[[1]]]]] }, 'target'],
    ['K = 1', { ...body, pred_dist: Array(2).fill(Array(4).fill([1])), metadata: {} }, 'pred_dist'],
    ['reg_range that does not match K', { ...body, metadata: { reg_range: '0,17' } }, 'metadata.reg_range'],
    ['a number too large', `{"target":[[1e400]]}`, '/target/0/0'],
  ];
  test.each(bad)('%s is refused by name', async (_name, given, path) => {
    const refused = await push(given, '', json);
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].path).toBe(path);
    expect(await storedCaptures()).toEqual([]);
  });
});

describe('a bad file', () => {
  const tensor = (extra: string) =>
    `{"pred_dist":{"dtype":"F32","shape":[1,4,2],"data_offsets":[0,32]},"target":{"dtype":"F32","shape":[1,4],"data_offsets":[32,48]}${extra}}`;
  const hugeHeader = Buffer.from('ffffffffffffff7f7b7d', 'hex');
  const files: [string, () => Buffer, RegExp][] = [
    ['empty', () => Buffer.alloc(0), /header length/],
    ['five bytes', () => Buffer.from('abcde'), /header length/],
    ['a header of 2^63 bytes', () => hugeHeader, /header length/],
    ['not JSON', () => makeRawFile('{"pred_dist":', 0), /header/],
    ['truncated tensors', () => makeCapture().subarray(0, -1), /./],
    ['a byte too many', () => Buffer.concat([makeCapture(), Buffer.alloc(1)]), /./],
    ['offsets past the end', () => makeRawFile(tensor('').replace('[32,48]', '[32,4800]'), 48), /target/],
    ['overlapping tensors', () => makeRawFile(tensor('').replace('[32,48]', '[16,32]'), 48), /./],
    ['a negative shape', () => makeRawFile(tensor('').replace('[1,4]', '[-1,4]'), 48), /target/],
    [
      'an overflowing shape',
      () => makeRawFile(tensor('').replace('[1,4]', '[9007199254740991,9007199254740991]'), 48),
      /target/,
    ],
    [
      'duplicate names',
      () => makeRawFile(tensor(',"target":{"dtype":"F32","shape":[1,4],"data_offsets":[32,48]}'), 48),
      /target/,
    ],
    ['P = 0', () => makeCapture({ positives: 0 }), /pred_dist/],
    ['K = 1', () => makeCapture({ bins: 1 }), /pred_dist/],
    ['reg_range that does not match K', () => makeCapture({ metadata: { reg_range: '0,5' } }), /reg_range/],
    [
      'no target',
      () => makeRawFile('{"pred_dist":{"dtype":"F32","shape":[1,4,2],"data_offsets":[0,32]}}', 32),
      /target/,
    ],
  ];
  test.each(files)('%s is refused by name and leaves nothing behind', async (_name, make, path) => {
    const before = await blobFiles();
    const refused = await push(make());
    expect(refused.status).toBe(400);
    expect(['malformed_safetensors', 'invalid_capture']).toContain(refused.body.code);
    expect(refused.body.errors[0].path).toMatch(path);
    expect(await storedCaptures()).toEqual([]);
    expect(await blobFiles()).toEqual(before);
  });

  test('an unknown run, a missing type and a foreign type are refused before anything is read', async () => {
    const missing = await api.call(api.tokens.owner, 'POST', '/v1/runs/nobody/captures', {
      body: makeCapture(),
      headers: octets,
    });
    expect(missing.status).toBe(404);
    const foreign = await push(makeCapture(), '', { 'content-type': 'image/png' });
    expect(foreign.status).toBe(415);
    expect(foreign.body.errors[0].message).toContain('application/vnd.safetensors');
    expect((await push(makeCapture(), '?step=-1')).body.errors[0].path).toBe('query:step');
  });
});

test('200 MB of tensors pass through without being held', async () => {
  const positives = 700_000;
  const logits = positives * 4 * 17 * 4;
  const header = `{"pred_dist":{"dtype":"F32","shape":[${positives},4,17],"data_offsets":[0,${logits}]},"target":{"dtype":"F32","shape":[${positives},4],"data_offsets":[${logits},${logits + positives * 16}]}}`;
  const chunk = new Uint8Array(65_536);
  let most = 0;
  function* stream() {
    yield makeRawFile(header, 0);
    for (let left = logits + positives * 16; left > 0; left -= chunk.length) {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
      yield left < chunk.length ? chunk.subarray(0, left) : chunk;
    }
  }
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const received = await receiveCapture(stream(), api.deps.blobs, 512 * 1024 * 1024);
  expect(received.bytes).toBeGreaterThan(200e6);
  expect(most - before).toBeLessThan(8e6);
});

test('when ten thousand captures wait, one more is asked to come back later', async () => {
  const { client } = api.deps.database;
  await client.$executeRaw`
    INSERT INTO capture (id, run_id, sha256, key, bytes, shape) SELECT 'flood_' || n, ${runId}, 'x', n::text, 1, '{}' FROM generate_series(1, 10000) AS n`;
  const refused = await push(makeCapture());
  expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' }, headers: { 'retry-after': '10' } });
  await client.capture.deleteMany({ where: { runId } });
  expect((await push(makeCapture())).status).toBe(202);
});

describe('over a real connection', () => {
  const authorization = () => `Bearer ${api.tokens.owner}`;
  const send = (body: Buffer | ReadableStream, extra: Record<string, string> = {}) =>
    fetch(`${address}/v1/runs/${runId}/captures`, {
      method: 'POST',
      headers: { authorization: authorization(), 'content-type': 'application/octet-stream', ...extra },
      body,
      duplex: 'half',
    } as RequestInit);

  test('a capture of 30 MB is stored', async () => {
    const file = makeCapture({ positives: 110_000 });
    expect(file.length).toBeGreaterThan(30e6);
    expect((await send(file)).status).toBe(202);
    expect((await storedCaptures())[0]?.bytes).toBe(BigInt(file.length));
  });

  test('a 30 MB body with a bad header gets its 4xx although it is still being sent', async () => {
    const garbage = Buffer.alloc(30 * 1024 * 1024, 0x41);
    const answer = await send(garbage);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { code: string }).code).toBe('malformed_safetensors');
    expect((await send(makeCapture())).status).toBe(202);
  });

  test('a body that says or shows that it is over the limit gets 413 naming it', async () => {
    const said = await send(Buffer.alloc(maxCaptureBytes + 1));
    expect(said.status).toBe(413);
    expect(((await said.json()) as { detail: string }).detail).toContain(String(maxCaptureBytes));
    const header = `{"pred_dist":{"dtype":"F32","shape":[200000,4,17],"data_offsets":[0,54400000]},"target":{"dtype":"F32","shape":[200000,4],"data_offsets":[54400000,57600000]}}`;
    const lying = await send(new Blob([new Uint8Array(makeRawFile(header, 1000))]).stream());
    expect(lying.status).toBe(413);
  });

  test.each(['close', 'keep-alive'])(
    'a sender that reads only when all is sent gets its 4xx (connection: %s)',
    async (connection) => {
      for (const [path, type, status] of [
        ['captures', 'application/octet-stream', 400],
        ['metrics', 'application/json', 413],
        ['logs', 'image/png', 415],
      ] as const) {
        const headers = { authorization: authorization(), 'content-type': type, connection };
        const answer = await sendAll(`${address}/v1/runs/${runId}/${path}`, headers, Buffer.alloc(30e6, 0x41));
        expect(answer, path).toBe(status);
      }
    },
  );

  test('a connection that breaks off leaves no file, and the service goes on', async () => {
    const before = await blobFiles();
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname);
    const head = `POST /v1/runs/${runId}/captures HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization()}\r\ncontent-type: application/octet-stream\r\ncontent-length: 100000\r\n\r\n`;
    await new Promise<void>((resolve) =>
      socket.write(Buffer.concat([Buffer.from(head), makeCapture({ positives: 200 }).subarray(0, 40_000)]), () =>
        resolve(),
      ),
    );
    await expect.poll(async () => (await blobFiles()).length).toBe(before.length + 1);
    socket.destroy();
    await expect.poll(blobFiles).toEqual(before);
    expect(await storedCaptures()).toEqual([]);
    expect((await send(makeCapture())).status).toBe(202);
  });

  test('a 30 MB JSON or text body gets its 413 although it is still being sent', async () => {
    for (const [path, type] of [
      ['metrics', 'application/json'],
      ['logs', 'text/plain'],
      ['captures', 'application/json'],
    ]) {
      const answer = await fetch(`${address}/v1/runs/${runId}/${path}`, {
        method: 'POST',
        headers: { authorization: authorization(), 'content-type': type ?? '' },
        body: new Blob([Buffer.alloc(30e6, 0x20)]).stream(),
        duplex: 'half',
      } as RequestInit);
      expect(answer.status).toBe(413);
      expect(((await answer.json()) as { detail: string }).detail).toMatch(/\d+ bytes/);
    }
  });
});

/** Sends like Python's http.client: the whole body first, and only then a look at the answer. Rejects when the connection breaks. */
function sendAll(url: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const fields = { host: hostname, ...headers, 'content-length': String(body.length) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const head = `POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on('error', reject);
    socket.write(head);
    socket.write(body, () => {
      socket.once('data', (answer) => {
        socket.destroy();
        resolve(Number(answer.toString('latin1').split(' ', 2)[1]));
      });
      socket.resume();
    });
  });
}
