// Deliveries over real sockets to receivers and names that mean no good: what became of the delivery and its endpoint, and that nothing
// reached an address that it must not. 127.0.0.1 stands for the public network (it is allowed), 127.0.0.2 for the private one.
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeDelivery } from '../../../src/flows/deliveries.ts';
import { insertDeliveries, listDeliveries } from '../../../src/platform/db/deliveries.ts';
import { type EndpointRow, findEndpoint } from '../../../src/platform/db/endpoints.ts';
import { createSafeFetch, type SafeFetch } from '../../../src/platform/http/safe-fetch.ts';
import { incidentAlert, makeIncident } from '../../support/alerts.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { addEndpoint } from '../../support/endpoints.ts';

let workers: TestWorkers;
let safeFetch: SafeFetch;
/** Answers of the resolver by name, one a look-up; the last is given again and again. */
const names = new Map<string, string[][]>();
let lookUps: string[] = [];
const servers: Server[] = [];
let made = 0;

beforeAll(async () => {
  workers = await buildTestWorkers();
  safeFetch = createSafeFetch({
    allow: ['127.0.0.1/32'],
    lookUp(hostname, _options, callback) {
      lookUps.push(hostname);
      const answers = names.get(hostname) ?? [];
      const found = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
      const addresses = found.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
      if (addresses.length > 0) callback(null, addresses);
      else callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), []);
    },
  });
  // The time that a receiver is given, made short.
  workers.deps.safeFetch.post = (url, options) => safeFetch.post(url, { ...options, timeoutMs: 400 });
});
afterEach(async () => {
  lookUps = [];
  names.clear();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});
afterAll(async () => {
  await safeFetch.close();
  await workers.close();
});

async function listen(server: Server, address = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  const { close } = server;
  server.close = (done) => {
    for (const socket of sockets) socket.destroy();
    return close.call(server, done);
  };
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener, address?: string) => listen(createServer(listener), address);
/** Answers the bytes of the request's beginning itself. */
const serveRaw = (answer: (socket: Socket) => void) =>
  listen(createTcpServer((socket) => socket.once('data', () => answer(socket))));
/** What must not be reached. */
async function privateServer(): Promise<{ port: number; hits: () => number }> {
  let hits = 0;
  const server = createServer((_request, response) => response.end('secret'));
  server.on('connection', () => {
    hits += 1;
  });
  return { port: await listen(server, '127.0.0.2'), hits: () => hits };
}

async function endpointAt(url: string): Promise<EndpointRow> {
  made += 1;
  return addEndpoint(workers, { id: `ep_${made}`, url, createdAt: workers.deps.clock.now() });
}
async function enqueue(endpoint: EndpointRow, incident = `inc_${made}`): Promise<string> {
  const { now } = workers.deps.clock;
  const context = { now: now(), newId: workers.deps.newId, publicUrl: 'http://losswatch.test' };
  const delivery = makeDelivery(endpoint, [incidentAlert(makeIncident({ id: incident }))], context);
  await insertDeliveries(workers.deps.database.client, [delivery]);
  return delivery.id;
}
const deliver = (deliveryId: string) => workers.handlers.deliver({ deliveryId });
const deliveries = async ({ id }: EndpointRow) =>
  (await listDeliveries(workers.deps.database.client, id, { limit: 10 })).items.reverse();
const inSeconds = (seconds: number) => new Date(workers.deps.clock.now().getTime() + seconds * 1_000);

/** Sends one delivery there; how it stands then. */
async function tryOnce(url: string) {
  const endpoint = await endpointAt(url);
  await deliver(await enqueue(endpoint));
  const [delivery] = await deliveries(endpoint);
  const { status } = (await findEndpoint(workers.deps.database.client, endpoint.id))!;
  return { delivery: delivery!, attempt: delivery!.attempts[0]!, endpoint: { ...endpoint, status } };
}

describe('a receiver that', () => {
  it.each<[string, () => Promise<number>, RegExp]>([
    ['takes the request and never answers', () => serve(() => {}), /^no answer within 400 ms$/],
    ['takes the connection and not even the request', () => listen(createTcpServer()), /^no answer within 400 ms$/],
    [
      'sends its headers byte by byte',
      () =>
        serveRaw((socket) => {
          socket.write('HTTP/1.1 200 OK\r\nx: ');
          const timer = setInterval(() => socket.write('a'), 20);
          socket.on('close', () => clearInterval(timer));
        }),
      /^no answer within 400 ms$/,
    ],
    [
      'sends headers without end',
      () =>
        serveRaw((socket) => {
          socket.write('HTTP/1.1 200 OK\r\n');
          const timer = setInterval(() => socket.write(`x: ${'a'.repeat(4_000)}\r\n`), 1);
          socket.on('close', () => clearInterval(timer));
        }),
      /headers/i,
    ],
    ['resets the connection', () => serveRaw((socket) => socket.resetAndDestroy()), /ECONNRESET|other side closed/],
    [
      'resets it in the middle of the headers',
      () => serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nco', () => socket.resetAndDestroy())),
      /ECONNRESET|other side closed/,
    ],
    ['switches to another protocol', () => serveRaw((socket) => socket.write('HTTP/1.1 101 S\r\n\r\n')), /./],
  ])('%s is tried again after 5 s', async (_name, start, error) => {
    const { delivery, attempt, endpoint } = await tryOnce(`http://127.0.0.1:${await start()}/`);
    expect(delivery).toMatchObject({ status: 'pending', next_attempt_at: inSeconds(5).toISOString() });
    expect(attempt).toMatchObject({ status: null, error: expect.stringMatching(error) });
    expect(endpoint.status).toBe('enabled');
  });

  it.each<[string, RequestListener]>([
    [
      'sends a body without end',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'.repeat(100_000)), 1);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'sends its body byte by byte',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'breaks its body off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('x', () => response.destroy());
      },
    ],
  ])('%s has answered all the same: the status counts, and the connection is closed', async (_name, listener) => {
    let closed: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const port = await serve((request, response) => {
      request.socket.on('close', closed);
      listener(request, response);
    });
    const { delivery, attempt } = await tryOnce(`http://127.0.0.1:${port}/`);
    expect(delivery.status).toBe('delivered');
    expect(attempt.status).toBe(200);
    expect(Buffer.byteLength(attempt.answer ?? '')).toBeLessThanOrEqual(1_024);
    await ended;
  });

  it('answers 500, then 200, gets the same message under the same id', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push(`${request.headers['webhook-id']} ${body}`);
        response.writeHead(seen.length === 1 ? 500 : 200).end();
      });
    });
    const { delivery, endpoint } = await tryOnce(`http://127.0.0.1:${port}/`);
    expect(delivery).toMatchObject({ status: 'pending', attempts: [{ status: 500 }] });
    workers.advanceMs(5_000);
    await deliver(delivery.id);
    expect(await deliveries(endpoint)).toMatchObject([
      { status: 'delivered', attempts: [{ status: 500 }, { status: 200 }] },
    ]);
    expect(new Set(seen).size).toBe(1);
    expect(seen).toHaveLength(2);
  });

  it('answers 410 is not called again, and its endpoint is disabled', async () => {
    let hits = 0;
    const port = await serve((_request, response) => {
      hits += 1;
      response.writeHead(410).end();
    });
    const { delivery, endpoint } = await tryOnce(`http://127.0.0.1:${port}/`);
    expect(delivery.status).toBe('failed');
    expect(endpoint.status).toBe('disabled');
    await deliver(await enqueue(endpoint, 'inc_other'));
    expect(hits).toBe(1);
  });

  it.each([
    ['in seconds', () => '120'],
    // Of the receiver's clock, which is the real one.
    ['as a date', () => new Date(Date.now() + 120_400).toUTCString()],
  ])(
    'answers 429 with Retry-After %s is left alone until then, by everything that waits for it',
    async (_name, after) => {
      let hits = 0;
      const port = await serve((_request, response) => {
        hits += 1;
        response.writeHead(hits === 1 ? 429 : 204, { 'retry-after': after() }).end();
      });
      const { delivery, endpoint } = await tryOnce(`http://127.0.0.1:${port}/`);
      const at = new Date(delivery.next_attempt_at!).getTime();
      expect(Math.abs(at - inSeconds(120).getTime())).toBeLessThanOrEqual(1_000);
      const other = await enqueue(endpoint, 'inc_other');
      await deliver(other);
      expect(hits).toBe(1);
      expect((await deliveries(endpoint))[1]).toMatchObject({
        status: 'pending',
        next_attempt_at: new Date(at).toISOString(),
      });
      workers.advanceMs(121_000);
      await deliver(delivery.id);
      await deliver(other);
      expect(hits).toBe(3);
    },
  );

  it('asks for thirty years of rest gets a day, so that its alerts are missed by somebody', async () => {
    const port = await serve((_request, response) => response.writeHead(429, { 'retry-after': '999999999' }).end());
    const { delivery, endpoint } = await tryOnce(`http://127.0.0.1:${port}/`);
    expect(delivery.next_attempt_at).toBe(inSeconds(86_400).toISOString());
    const row = await findEndpoint(workers.deps.database.client, endpoint.id);
    expect(row?.pausedUntil).toEqual(inSeconds(86_400));
  });

  it.each([301, 302, 303, 307, 308])('answers %i is not followed, wherever it points', async (status) => {
    const victim = await privateServer();
    names.set('victim.test', [['127.0.0.2']]);
    names.set('metadata.google.internal', [['169.254.169.254']]);
    for (const location of [
      `http://127.0.0.2:${victim.port}/`,
      `http://victim.test:${victim.port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'http://metadata.google.internal/',
      'file:///etc/passwd',
      '//127.0.0.2/',
    ]) {
      const port = await serve((_request, response) => response.writeHead(status, { location }).end());
      const { delivery, attempt } = await tryOnce(`http://127.0.0.1:${port}/`);
      expect(delivery.status).toBe('pending');
      expect(attempt).toMatchObject({ status, error: `status ${status}` });
    }
    expect(victim.hits()).toBe(0);
    expect(lookUps).toEqual([]);
  });
});

describe('a name', () => {
  it.each([
    ['10.1.2.3'],
    ['192.168.0.1'],
    ['127.0.0.2'],
    ['0.0.0.0'],
    ['169.254.169.254'],
    ['100.100.100.200'],
    ['::1'],
    ['::'],
    ['::ffff:127.0.0.2'],
    ['::ffff:a9fe:a9fe'],
    ['fe80::1%lo'],
    ['fd00::1'],
    ['64:ff9b::7f00:2'],
    ['2002:7f00:2::1'],
    ['127.0.0.1', '127.0.0.2'],
    ['127.0.0.1', '::1'],
  ])('that resolves to %s %s is refused for good, and nothing is sent', async (...addresses) => {
    const victim = await privateServer();
    names.set('hooks.test', [addresses]);
    const { delivery, attempt } = await tryOnce(`http://hooks.test:${victim.port}/`);
    expect(delivery.status).toBe('failed');
    expect(attempt).toMatchObject({
      status: null,
      error: expect.stringMatching(/^hooks\.test: .*(not a public|metadata)/),
    });
    expect(victim.hits()).toBe(0);
  });

  it('that is public when it is checked and private the next moment (DNS rebinding) leads to the address that was checked', async () => {
    const victim = await privateServer();
    let hits = 0;
    const server = createServer((_request, response) => {
      hits += 1;
      response.writeHead(500, { connection: 'close' }).end();
    });
    await new Promise<void>((resolve) => server.listen(victim.port, '127.0.0.1', resolve));
    servers.push(server);
    names.set('rebind.test', [['127.0.0.1'], ['127.0.0.2']]);
    const { delivery, attempt } = await tryOnce(`http://rebind.test:${victim.port}/`);
    expect(attempt.status).toBe(500);
    // One look-up for check and socket: there is no second answer to fall for.
    expect(lookUps).toEqual(['rebind.test']);
    workers.advanceMs(5_000);
    await deliver(delivery.id);
    expect(lookUps).toEqual(['rebind.test', 'rebind.test']);
    expect(hits).toBe(1);
    expect(victim.hits()).toBe(0);
  });

  it('that cannot be found now is looked up again later', async () => {
    const { delivery, attempt } = await tryOnce('http://gone.test/');
    expect(delivery.status).toBe('pending');
    expect(attempt.error).toContain('ENOTFOUND');
  });
});

describe('an address', () => {
  const spelled = {
    '127.0.0.2': [
      '127.0.0.2',
      '2130706434',
      '017700000002',
      '0x7f000002',
      '0177.0.0.2',
      '0x7f.0.0.0x2',
      '127.2',
      '127.0.2',
      '%31%32%37.0.0.2',
      '１２７.０.０.２',
      '127。0。0。2',
      '①②⑦.⓪.⓪.②',
      '127.0.0.2.',
      '[::ffff:127.0.0.2]',
      '[::ffff:7f00:2]',
      '[0:0:0:0:0:FFFF:7F00:2]',
      '[::127.0.0.2]',
      '[64:ff9b::127.0.0.2]',
      '[64:ff9b:1::7f00:2]',
      '[2002:7f00:2::]',
      '[2001:0:7f00:2::1]',
    ],
    'this machine': ['0', '0.0.0.0', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]'],
    'another private one': [
      '10.0.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '[fc00::1]',
      '[fe80::1]',
      '[fec0::1]',
    ],
    'a metadata service': [
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '0251.0376.0251.0376',
      '169.16689662',
      '[::ffff:169.254.169.254]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::a9fe:a9fe]',
      '[2002:a9fe:a9fe::]',
      '[fd00:ec2::254]',
      '168.63.129.16',
    ],
  };
  it.each(Object.entries(spelled).flatMap(([what, hosts]) => hosts.map((host) => [host, what] as const)))(
    '%s (%s) is refused for good, and nothing is sent',
    async (host) => {
      const victim = await privateServer();
      const { delivery, attempt } = await tryOnce(`http://${host}:${victim.port}/`);
      expect(delivery.status).toBe('failed');
      expect(attempt).toMatchObject({ status: null, error: expect.stringMatching(/not a public|metadata/) });
      expect(victim.hits()).toBe(0);
      expect(lookUps).toEqual([]);
    },
  );

  it.each([
    'http://[fe80::1%25lo]/',
    'http://[fe80::1%lo]/',
    'http://[::ffff:127.0.0.2%1]/',
    'http://user:password@127.0.0.1/',
    'http://user@127.0.0.1/',
    'http://:password@127.0.0.1/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/_x',
    'data:text/plain,x',
    'ws://127.0.0.1/',
    'unix:/var/run/docker.sock',
    'javascript:alert(1)',
    'http://',
    'http://127.0.0.1:0/',
    'http://256.0.0.1/',
    'http://0x100000000/',
  ])('in the URL %s is refused for good', async (url) => {
    const { delivery, attempt } = await tryOnce(url);
    expect(delivery.status).toBe('failed');
    expect(attempt).toMatchObject({ status: null, error: expect.stringMatching(/^the URL /) });
    expect(lookUps).toEqual([]);
  });
});
