// The API on a real database of its own, with a clock that stands still and nudges that are written down instead of sent.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { buildApi } from '../../src/api/app.ts';
import type { ApiDeps, ApiSettings } from '../../src/api/deps.ts';
import { Problem } from '../../src/contracts/common.ts';
import { limits } from '../../src/contracts/limits.ts';
import type { Role } from '../../src/contracts/tokens.ts';
import { openDflEngine } from '../../src/kernels/dfl/choose-backend.ts';
import type { DflEngine } from '../../src/kernels/dfl/engine.ts';
import { openFolderBlobs } from '../../src/platform/blobs/folder-blobs.ts';
import { openDatabase } from '../../src/platform/db/client.ts';
import { insertToken } from '../../src/platform/db/tokens.ts';
import { hashToken, newId, newToken } from '../../src/platform/ids.ts';
import { createLiveFeed } from '../../src/platform/live/live-feed.ts';
import { readTestCatalog } from './catalog.ts';
import { createMigratedDatabase } from './postgres.ts';

export interface Answer {
  status: number;
  body: any;
  headers: Record<string, string | string[] | number | undefined>;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

export interface TestApi {
  app: FastifyInstance;
  deps: ApiDeps;
  /** Folder of the captures' blobs. */
  blobFolder: string;
  nudges: { job: string; payload: unknown }[];
  advanceMs(ms: number): void;
  /** One token per role: of every project (admin), of the project `vision`, and of the project `other`. */
  tokens: Record<'admin' | 'owner' | 'reader' | 'strangerOwner' | 'strangerReader', string>;
  makeToken(role: Role, project: string | null): Promise<string>;
  /** Calls a route; objects are sent as JSON. Every answer is checked against the schema that openapi.json promises for it. */
  call(token: string | null, method: string, url: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export async function buildTestApi(
  overrides: Partial<Omit<ApiDeps, 'settings'>> & { settings?: Partial<ApiSettings> } = {},
): Promise<TestApi> {
  const testDatabase = await createMigratedDatabase();
  const database = openDatabase(testDatabase.url);
  const blobFolder = await mkdtemp(join(tmpdir(), 'losswatch-api-'));
  const nudges: TestApi['nudges'] = [];
  let now = Date.parse('2026-11-23T12:00:00Z');
  let engine: DflEngine | null = null;
  const { settings, ...others } = overrides;
  const deps: ApiDeps = {
    settings: {
      publicUrl: () => 'http://losswatch.test',
      rateLimit: 100_000,
      maxCaptureBytes: limits.captureBytes,
      outboundAllow: [],
      canMail: true,
      ...settings,
    },
    database,
    blobs: await openFolderBlobs(blobFolder),
    nudge: (job, payload) => nudges.push({ job, payload }),
    catalog: await readTestCatalog(),
    clock: { now: () => new Date(now) },
    logger: pino({ level: 'silent' }),
    newId,
    readiness: async () => [{ name: 'database', ok: true, detail: 'ok' }],
    liveFeed: createLiveFeed({ url: testDatabase.url, database, logger: pino({ level: 'silent' }) }),
    queueDepth: async () => ({}),
    dflChoice: () => null,
    dflEngine: async () => {
      engine ??= await openDflEngine('cpu', { now: () => new Date() });
      return engine;
    },
    verifyScript: async () => '// not built in this test\n',
    webRoot: null,
    ...others,
  };
  const app = await buildApi(deps);
  await app.ready();

  async function makeToken(role: Role, project: string | null): Promise<string> {
    const token = newToken();
    await insertToken(database.client, {
      id: newId('tok'),
      name: `${role} of ${project ?? 'all'}`,
      role,
      project,
      hash: hashToken(token),
    });
    return token;
  }

  return {
    app,
    deps,
    blobFolder,
    nudges,
    makeToken,
    advanceMs: (ms) => {
      now += ms;
    },
    tokens: {
      admin: await makeToken('admin', null),
      owner: await makeToken('ingest', 'vision'),
      reader: await makeToken('read', 'vision'),
      strangerOwner: await makeToken('ingest', 'other'),
      strangerReader: await makeToken('read', 'other'),
    },
    call: (token, method, url, options = {}) => call(app, token, method, url, options),
    async close() {
      await app.close();
      await engine?.close();
      await deps.liveFeed.close();
      await database.close();
      await testDatabase.drop();
      await rm(blobFolder, { recursive: true, force: true });
    },
  };
}

async function call(
  app: FastifyInstance,
  token: string | null,
  method: string,
  url: string,
  { body, headers = {} }: CallOptions,
): Promise<Answer> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const request: InjectOptions = {
    method: method as 'GET',
    url,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: isRaw ? body : JSON.stringify(body) }),
  };
  const response = await app.inject(request);
  const isJson = String(response.headers['content-type']).includes('json');
  const answer = {
    status: response.statusCode,
    body: isJson ? JSON.parse(response.body) : response.body,
    headers: response.headers,
  };
  checkAnswer(app, method, url, answer);
  return answer;
}

/** @throws Error when an answer is not what the API's own description promises. */
function checkAnswer(app: FastifyInstance, method: string, url: string, { status, body, headers }: Answer): void {
  if (status >= 400) {
    const fits =
      String(headers['content-type']).startsWith('application/problem+json') &&
      Value.Check(Problem, body) &&
      body.status === status;
    if (!fits && !url.startsWith('/readyz'))
      throw new Error(`${method} ${url} answered ${status} without a problem document: ${JSON.stringify(body)}`);
    return;
  }
  const path = url.split('?', 1)[0] ?? '';
  const operations = app.swagger().paths as Record<
    string,
    Record<string, { responses?: Record<string, { content?: Record<string, { schema?: TSchema }> }> }>
  >;
  const fits = ([pattern]: [string, unknown]) => new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const all = Object.entries(operations);
  const known = all.find(([pattern]) => pattern === path) ?? all.find(fits);
  const promised = known?.[1][method.toLowerCase()]?.responses?.[status];
  if (known && !promised) throw new Error(`${method} ${url} answered ${status}, which openapi.json does not list`);
  const isJson = String(headers['content-type']).startsWith('application/json');
  const schema = isJson ? promised?.content?.['application/json']?.schema : undefined;
  if (schema && !Value.Check(schema, body)) {
    throw new Error(
      `${method} ${url} answered something else than promised: ${JSON.stringify(Value.Errors(schema, body).slice(0, 3))}`,
    );
  }
}
