// The servers that are compared: ours as child processes (server.mjs), and those of others where Debian's packages are installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCpuMs } from '../support/cpu-time.ts';
import { forkServer, operatorToken } from '../support/fork-server.ts';
import { makeBodies } from './bodies.ts';
import type { Target } from './load.ts';

export interface Peer {
  name: string;
  /** Every point it accepted is on disk when it says so. */
  isDurable: boolean;
  target: Target;
  /** CPU time of all its processes so far, ms. */
  cpuMs(): number;
  stop(): Promise<void>;
}

export interface OwnPeer extends Peer {
  ask<T>(what: string, ...args: unknown[]): Promise<T>;
}

const startTimeoutMs = 30_000;

export async function startOwn(kind: 'bare' | 'copy' | 'paused' | 'service', name: string): Promise<OwnPeer> {
  const dataDir = mkdtempSync(join(tmpdir(), `losswatch-bench-${kind}-`));
  const server = forkServer(new URL('./server.mjs', import.meta.url), kind, dataDir);
  const receive = async <T>(): Promise<T> => {
    const message = await server.receive<{ answer: T; error?: string }>();
    if (message.error !== undefined) throw new Error(message.error);
    return message.answer;
  };
  const { url } = await receive<{ url: string }>();
  const ask = async <T>(what: string, ...args: unknown[]): Promise<T> => {
    server.process.send({ ask: what, args });
    return receive<T>();
  };
  const postmaster = kind === 'bare' ? null : await ask<number | null>('postmaster');
  const { hostname: host, port } = new URL(url);
  return {
    name,
    isDurable: kind !== 'bare',
    target: {
      host,
      port: Number(port),
      path: (run) => `/v1/runs/load-${run}/metrics`,
      headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
      bodies: makeBodies('json'),
    },
    cpuMs: () => readCpuMs(server.process.pid) + readCpuMs(postmaster, { withChildren: true }),
    ask,
    async stop() {
      await server.stop({ ask: 'stop' });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Calls the service. */
export async function call(peer: OwnPeer, method: string, path: string, body?: object): Promise<unknown> {
  const { host, port, headers } = peer.target;
  const answer = await fetch(`http://${host}:${port}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** InfluxDB 1 and VictoriaMetrics, as far as they are installed. */
export async function startOthers(): Promise<Peer[]> {
  const peers = [await startInflux(), await startVictoria()];
  return peers.filter((peer) => peer !== null);
}

async function startInflux(): Promise<Peer | null> {
  if (!isInstalled('influxd')) return null;
  const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-bench-influx-'));
  const [port, rpc] = [await freePort(), await freePort()];
  for (const folder of ['meta', 'data', 'wal']) mkdirSync(join(dataDir, folder));
  const config = join(dataDir, 'influxdb.conf');
  writeFileSync(
    config,
    `bind-address = "127.0.0.1:${rpc}"\nreporting-disabled = true\n[meta]\ndir = "${dataDir}/meta"\n[data]\ndir = "${dataDir}/data"\nwal-dir = "${dataDir}/wal"\nquery-log-enabled = false\n[monitor]\nstore-enabled = false\n[http]\nbind-address = "127.0.0.1:${port}"\nlog-enabled = false\n`,
  );
  const child = spawn('influxd', ['-config', config], { stdio: 'ignore' });
  await untilAnswers(`http://127.0.0.1:${port}/ping`);
  await fetch(`http://127.0.0.1:${port}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: 'CREATE DATABASE bench' }),
  });
  return spawned('InfluxDB 1.6, line protocol', true, child, dataDir, port, () => '/write?db=bench');
}

async function startVictoria(): Promise<Peer | null> {
  if (!isInstalled('victoria-metrics')) return null;
  const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-bench-victoria-'));
  const port = await freePort();
  const args = [
    `-storageDataPath=${dataDir}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    '-loggerLevel=ERROR',
  ];
  const child = spawn('victoria-metrics', args, { stdio: 'ignore' });
  await untilAnswers(`http://127.0.0.1:${port}/health`);
  return spawned('VictoriaMetrics, line protocol', false, child, dataDir, port, () => '/write');
}

function spawned(
  name: string,
  isDurable: boolean,
  child: ChildProcess,
  dataDir: string,
  port: number,
  path: () => string,
): Peer {
  return {
    name,
    isDurable,
    target: { host: '127.0.0.1', port, path, headers: { 'content-type': 'text/plain' }, bodies: makeBodies('influx') },
    cpuMs: () => readCpuMs(child.pid),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAnswers(url: string): Promise<void> {
  for (const end = performance.now() + startTimeoutMs; ; ) {
    const answered = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return;
    if (performance.now() > end) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
