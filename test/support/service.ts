// Starts the embedded service as a user does, as a process of its own, and talks to it over HTTP.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunningService {
  url: string;
  token: string;
  process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: any; headers: Headers }>;
  /** Sends the signal and waits for the end; answers the exit status (null when killed by the signal). */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export const adminToken = 'lw_test_operator_token_0123456789abcdefghijk';

export function makeDataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'losswatch-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Starts a program that listens (`serve` or `api`) on a free port, or a `worker`, which has no address.
 * @throws Error with the output when it ends before it is ready.
 */
export async function startService(
  dataDir: string,
  env: Record<string, string> = {},
  program: 'serve' | 'api' | 'worker' = 'serve',
): Promise<RunningService> {
  const child = spawn(process.execPath, ['scripts/start.mjs', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOSSWATCH_DATA: dataDir,
      LOSSWATCH_PORT: '0',
      LOSSWATCH_ADMIN_TOKEN: adminToken,
      LOSSWATCH_OUTBOUND_ALLOW: '127.0.0.1/32',
      ...env,
    },
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const listening = /listening on (http:\/\/\S+:\d+)/.exec(output);
      if (listening?.[1]) resolve(listening[1]);
      if (program === 'worker' && output.includes('worker is running')) resolve('');
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the service ended with ${code} before it listened:\n${output}`)));
  });
  return {
    url,
    token: adminToken,
    process: child,
    output: () => output,
    call: (method, path, body, headers) => call(url, method, path, body, headers),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

async function call(url: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...(typeof body === 'string' ? { 'content-type': 'text/plain; charset=utf-8' } : {}),
      ...(body instanceof Uint8Array ? { 'content-type': 'application/octet-stream' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as RequestInit['body']) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

/** Asks again until the answer is not null. @throws Error after `timeoutMs`. */
export async function until<T>(what: string, probe: () => Promise<T | null>, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
