// Tensors diagnosed over HTTP without being stored.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../../src/contracts/limits.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';
import { makeRawFile, makeCapture as makeSample } from '../../support/safetensors.ts';
import { makeCapture } from '../../support/story.ts';

let api: TestApi;
beforeAll(async () => {
  api = await buildTestApi();
});
afterAll(() => api.close());

const story = { lo: 0, hi: 17, garbage: [28, 60, -3], seed: 5 };
const faulty = Buffer.from(makeCapture(story, { fault: true, step: 1 }));
const sound = Buffer.from(makeCapture(story, { fault: false, step: 1 }));

const send = (body: unknown, query = '', headers: Record<string, string> = {}, token = api.tokens.reader) =>
  api.call(token, 'POST', `/v1/diagnose/capture${query}`, {
    body,
    headers: { ...(Buffer.isBuffer(body) && { 'content-type': 'application/octet-stream' }), ...headers },
  });

describe('POST /v1/diagnose/capture', () => {
  test('gives the analysis that a stored capture gets, the verdict and what speaks for it', async () => {
    const { status, body } = await send(faulty, '?device=gpu&packages=paddlepaddle-gpu%3D%3D2.3.2');
    expect(status).toBe(200);
    expect(body.analysis).toMatchObject({ loss_dfl: null, reg_range: [0, 17], selection: { checked: 34 } });
    expect(body.analysis.offenders.map(({ target }: { target: number }) => target)).toEqual(
      expect.arrayContaining([28, 60, -3]),
    );
    expect(body.diagnosis).toMatchObject({ class: 'selection-corrupted' });
    expect(body.diagnosis.causes[0].id).toBe('paddle-masked-select-gpu');
    expect(body.facts.map(({ id }: { id: string }) => id)).toContain('dfl.selection-mismatch');
  });

  test('says that nothing is wrong where nothing is', async () => {
    const { body } = await send(sound);
    expect(body.diagnosis).toBeNull();
    expect(body.analysis.loss_dfl).toBeGreaterThan(0);
  });

  test('speaks Chinese, takes JSON too, and holds a reported loss against the recomputed one', async () => {
    const capture = {
      pred_dist: { shape: [1, 4, 3], data: Array.from({ length: 12 }, () => 0) },
      target: [[0.5, 0.5, 0.5, 0.5]],
      metadata: { reported_loss_dfl: 7 },
    };
    const { status, body, headers } = await send(capture, '', { 'accept-language': 'zh-CN' });
    expect(status).toBe(200);
    expect(headers['content-language']).toBe('zh-CN');
    expect(body.analysis.loss_dfl).toBeCloseTo(Math.log(3), 5);
    expect(body.diagnosis).toMatchObject({ class: 'dfl-mismatch' });
    expect(body.diagnosis.title).toMatch(/\p{Script=Han}/u);
    expect(body.facts[0].text).toMatch(/\p{Script=Han}/u);
  });

  test('stores nothing', async () => {
    await send(faulty);
    expect(readdirSync(api.blobFolder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())).toEqual(
      [],
    );
    for (const path of ['/v1/runs', '/v1/incidents'])
      expect((await api.call(api.tokens.reader, 'GET', path)).body.items).toEqual([]);
    expect(api.nudges).toEqual([]);
  });

  test('judges files as the upload of captures does', async () => {
    const cut = await send(faulty.subarray(0, faulty.length - 3));
    expect(cut).toMatchObject({ status: 400, body: { code: 'malformed_safetensors' } });
    const empty = await send(makeRawFile('{}', 0));
    expect(empty).toMatchObject({ status: 400, body: { code: 'invalid_capture' } });
    const wrong = await send({ pred_dist: [1], target: 'no' });
    expect(wrong.body).toMatchObject({ code: 'invalid_capture', errors: [{ path: 'target' }] });
    const text = await send('a log', '', { 'content-type': 'text/plain' });
    expect(text.status).toBe(415);
    expect((await send(sound, '?world_size=0')).body.errors[0].path).toBe('query:world_size');
  });

  test('refuses what is too large as soon as the size is known', async () => {
    const large = await send(sound, '', { 'content-length': String(limits.diagnosedCaptureBytes + 1) });
    expect(large).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  });

  test('asks for patience while others fill the memory, and serves again afterwards', async () => {
    const many = await Promise.all(Array.from({ length: limits.diagnosedCaptures + 2 }, () => send(makeSample())));
    const statuses = many.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(limits.diagnosedCaptures);
    expect(many.find(({ status }) => status === 503)?.headers['retry-after']).toBe('2');
    expect((await send(makeSample())).status).toBe(200);
  });

  test('is refused to those who may only send data', async () => {
    expect((await send(sound, '', {}, api.tokens.owner)).status).toBe(403);
  });
});
