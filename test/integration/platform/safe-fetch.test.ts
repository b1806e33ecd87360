// Outgoing requests against real local servers, most of which mean no good.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkUrl, createSafeFetch, type SafeFetch } from '../../../src/platform/http/safe-fetch.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

function fetcher(allow: string[]): SafeFetch {
  const fetch = createSafeFetch({ allow });
  open.push(fetch);
  return fetch;
}

const request = { headers: { 'content-type': 'application/json' }, body: '{}' };
const loopback = ['127.0.0.1/32'];

describe('an allowed request', () => {
  it('sends headers and body, and answers status, start of the answer and latency', async () => {
    let seen = '';
    const port = await serve((incoming, response) => {
      incoming.on('data', (chunk) => {
        seen += `${incoming.method} ${incoming.headers['webhook-id']} ${chunk}`;
      });
      incoming.on('end', () => response.writeHead(201).end('thank you'));
    });
    const result = await fetcher(loopback).post(`http://127.0.0.1:${port}/hook`, {
      headers: { 'webhook-id': 'dlv_1' },
      body: '{"a":1}',
    });
    expect(result).toEqual({ kind: 'answered', status: 201, answer: 'thank you', latencyMs: expect.any(Number) });
    expect(seen).toBe('POST dlv_1 {"a":1}');
  });

  it('does not follow a redirect', async () => {
    let hits = 0;
    const port = await serve((_incoming, response) => {
      hits += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await fetcher(loopback).post(`http://127.0.0.1:${port}/`, request)).toMatchObject({
      kind: 'answered',
      status: 302,
    });
    expect(hits).toBe(1);
  });

  it('reads no more of an endless answer than it was told', async () => {
    let closed: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const port = await serve((_incoming, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => {
        clearInterval(timer);
        closed();
      });
    });
    const result = await fetcher(loopback).post(`http://127.0.0.1:${port}/`, { ...request, maxAnswerBytes: 100 });
    expect(result).toMatchObject({ kind: 'answered', status: 200, answer: 'x'.repeat(100) });
    await ended;
  });

  it('keeps the status when the answer drips past the time limit', async () => {
    const port = await serve((_incoming, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('y'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const result = await fetcher(loopback).post(`http://127.0.0.1:${port}/`, { ...request, timeoutMs: 300 });
    expect(result).toMatchObject({ kind: 'answered', status: 200, answer: expect.stringMatching(/^y+$/) });
  });

  it('fails after the time limit when nothing is answered', async () => {
    const port = await serve(() => {});
    const result = await fetcher(loopback).post(`http://127.0.0.1:${port}/`, { ...request, timeoutMs: 200 });
    expect(result).toMatchObject({ kind: 'failed', reason: 'no answer within 200 ms' });
  });

  it('fails when the connection is closed or refused, and when the answer is no HTTP', async () => {
    const hangUp = await serve((incoming) => incoming.socket.destroy());
    const nonsense = createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0-nonsense\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    open.push(nonsense);
    await new Promise((resolve) => nonsense.once('listening', resolve));
    const fetch = fetcher(loopback);
    for (const port of [hangUp, (nonsense.address() as AddressInfo).port, 1]) {
      const result = await fetch.post(`http://127.0.0.1:${port}/`, request);
      expect(result).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/.+/) });
    }
  });

  it('hands on Retry-After, as seconds and as a date', async () => {
    const values = ['120', new Date(Date.now() + 60_000).toUTCString(), 'soon'];
    const port = await serve((_incoming, response) =>
      response.writeHead(429, { 'retry-after': values.shift() ?? '' }).end(),
    );
    const fetch = fetcher(loopback);
    const results = [];
    for (let i = 0; i < 3; i += 1) results.push(await fetch.post(`http://127.0.0.1:${port}/`, request));
    const seconds = results.map((result) => (result.kind === 'answered' ? result.retryAfterSeconds : null));
    expect(seconds[0]).toBe(120);
    expect(seconds[1]).toBeGreaterThan(50);
    expect(seconds[1]).toBeLessThanOrEqual(61);
    expect(seconds[2]).toBeUndefined();
  });

  it('makes text of an answer that is none', async () => {
    const port = await serve((_incoming, response) => response.end(Buffer.from([0x61, 0xff, 0x00, 0x62])));
    expect(await fetcher(loopback).post(`http://127.0.0.1:${port}/`, request)).toMatchObject({
      answer: 'a\ufffd\ufffdb',
    });
  });
});

describe('a request to a private address', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '[::]',
    '0.0.0.0',
    'localhost',
    '127.0.0.1.',
  ])('is refused as %s, and nothing is sent', async (host) => {
    let hits = 0;
    const port = await serve((_incoming, response) => {
      hits += 1;
      response.end();
    });
    expect(await fetcher([]).post(`http://${host}:${port}/`, request)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/.+/),
    });
    expect(hits).toBe(0);
  });

  it('is refused when only another address is allowed', async () => {
    const port = await serve((_incoming, response) => response.end());
    expect(await fetcher(['127.0.0.2/32']).post(`http://127.0.0.1:${port}/`, request)).toMatchObject({
      kind: 'refused',
    });
  });

  it('passes by name when the operator allowed the name', async () => {
    const port = await serve((_incoming, response) => response.end('ok'));
    expect(await fetcher(['localhost']).post(`http://localhost:${port}/`, request)).toMatchObject({
      kind: 'answered',
      answer: 'ok',
    });
  });

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'nonsense'])(
    'is refused for the URL %s',
    async (url) => {
      expect(await fetcher(loopback).post(url, request)).toMatchObject({ kind: 'refused' });
    },
  );
});

describe('the check at registration', () => {
  it.each([
    ['https://hooks.example.org/x', 'ok'],
    ['http://93.184.216.34:8080/', 'ok'],
    ['http://localhost/', 'refused'],
    ['http://LOCALHOST./', 'refused'],
    ['http://hooks.localhost/', 'refused'],
    ['http://127.0.0.1/', 'refused'],
    ['http://0x7f000001/', 'refused'],
    ['https://[fe80::1]/', 'refused'],
    ['http://169.254.169.254/latest', 'refused'],
    ['https://user@example.org/', 'invalid'],
    ['gopher://example.org/', 'invalid'],
    ['example.org', 'invalid'],
  ])('judges %s as %s', (url, kind) => {
    expect(checkUrl(url, { allow: [] }).kind).toBe(kind);
  });

  it('passes an allowed literal address', () => {
    expect(checkUrl('http://10.20.3.4/hook', { allow: ['10.20.0.0/16'] })).toEqual({ kind: 'ok' });
  });
});
