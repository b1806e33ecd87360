// The job handlers on a real database of their own. Nudges wait in a list until `drain` runs them, so that a test decides what runs
// when, how often and in which order.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { JobName } from '../../src/contracts/jobs.ts';
import type { RunCreate } from '../../src/contracts/runs.ts';
import { storeLogChunk, storeTrace } from '../../src/flows/observations.ts';
import { laneOf } from '../../src/flows/points/lanes.ts';
import { readIncident } from '../../src/flows/read-incidents.ts';
import { checkCaptureHeader } from '../../src/kernels/dfl/capture-header.ts';
import { openDflEngine } from '../../src/kernels/dfl/choose-backend.ts';
import type { DflEngine } from '../../src/kernels/dfl/engine.ts';
import { openSafetensors } from '../../src/kernels/safetensors/read-tensor.ts';
import { openFolderBlobs } from '../../src/platform/blobs/folder-blobs.ts';
import { insertCaptures } from '../../src/platform/db/capture-intake.ts';
import { openDatabase } from '../../src/platform/db/client.ts';
import { listIncidents } from '../../src/platform/db/incident-list.ts';
import { upsertRun } from '../../src/platform/db/runs.ts';
import type { PostResult, SafeFetch } from '../../src/platform/http/safe-fetch.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Mail } from '../../src/platform/mail/mailer.ts';
import type { WorkerDependencies } from '../../src/workers/dependencies.ts';
import { makeHandlers } from '../../src/workers/handlers.ts';
import { readTestCatalog } from './catalog.ts';
import { createMigratedDatabase } from './postgres.ts';

let sharedEngine: Promise<DflEngine> | null = null;

/** One engine for all tests of a process, which its idle threads do not keep alive: each start tests it. */
function openSharedEngine(): Promise<DflEngine> {
  sharedEngine ??= openDflEngine('cpu', { now: () => new Date() });
  return sharedEngine;
}

export type TestWorkers = Awaited<ReturnType<typeof buildTestWorkers>>;

export async function buildTestWorkers(options: { openEngine?: () => Promise<DflEngine> } = {}) {
  const testDatabase = await createMigratedDatabase();
  const database = openDatabase(testDatabase.url);
  const blobFolder = await mkdtemp(join(tmpdir(), 'losswatch-workers-'));
  const blobs = await openFolderBlobs(blobFolder);
  const catalog = await readTestCatalog();
  const dflEngine = await (options.openEngine ?? openSharedEngine)();
  const nudges: { job: JobName; payload: any; delayMs?: number }[] = [];
  const posts: { url: string; headers: Record<string, string>; body: string }[] = [];
  const mails: Mail[] = [];
  const answers: PostResult[] = [];
  let now = Date.parse('2026-11-23T12:00:00Z');
  const safeFetch: SafeFetch = {
    async post(url, { headers, body }) {
      posts.push({ url, headers, body });
      return answers.shift() ?? { kind: 'answered', status: 200, answer: 'ok', latencyMs: 3 };
    },
    async close() {},
  };
  const deps: WorkerDependencies = {
    database,
    blobs,
    catalog,
    clock: { now: () => new Date(now) },
    logger: pino({ level: 'silent' }),
    newId,
    nudge: (job, payload, { delayMs } = {}) =>
      nudges.push({ job, payload, ...(delayMs === undefined ? {} : { delayMs }) }),
    dflEngine,
    safeFetch,
    mailer: {
      async send(mail) {
        mails.push(mail);
        return answers.shift() ?? { kind: 'answered', status: 250, answer: '250 OK', latencyMs: 3 };
      },
      close() {},
    },
    random: () => 0.5,
    publicUrl: () => 'http://losswatch.test',
    healthyCaptureDays: 7,
  };
  const handlers = makeHandlers(deps);

  /** Runs nudges until none is left, each `times` times. */
  async function drain(times = 1): Promise<void> {
    for (let nudge = nudges.shift(); nudge; nudge = nudges.shift()) {
      for (let n = 0; n < times; n += 1)
        await (handlers[nudge.job] as (payload: unknown) => Promise<void>)(nudge.payload);
    }
  }

  return {
    /** Of the database, for further connections. */
    url: testDatabase.url,
    deps,
    handlers,
    nudges,
    posts,
    mails,
    /** Answers of the receiver to the next posts; 200 when used up. */
    answers,
    drain,
    advanceMs: (ms: number) => {
      now += ms;
    },
    async addRun(run: RunCreate & { id: string; project?: string }) {
      await database.transaction((tx) => upsertRun(tx, { project: 'default', ...run }, deps.clock.now()));
    },
    async pushTrace(runId: string, text: string, step: number | null = null, rank: number | null = null) {
      const id = newId('trc');
      const pushed = {
        id,
        runId,
        text,
        step,
        rank,
        host: null,
        occurredAt: null,
        now: deps.clock.now(),
        formats: catalog.formats,
      };
      await database.transaction((tx) => storeTrace(tx, pushed));
      deps.nudge('diagnose-run', { runId });
    },
    async pushLog(runId: string, text: string, source = 'console') {
      const chunk = {
        runId,
        source,
        now: deps.clock.now(),
        newId,
        formats: catalog.formats,
        bytes: new TextEncoder().encode(text),
      };
      await database.transaction((tx) => storeLogChunk(tx, chunk));
      deps.nudge('detect-anomalies', { lane: laneOf(runId) });
    },
    async pushCapture(runId: string, file: Uint8Array, step: number, rank = 0) {
      const writer = await blobs.receive();
      await writer.write(file);
      const blob = await writer.commit();
      const shape = checkCaptureHeader(openSafetensors(file).header);
      const capture = { id: newId('cap'), runId, step, rank, ...blob, shape, receivedAt: deps.clock.now() };
      await insertCaptures(database.sql.query, [capture]);
      deps.nudge('recompute-dfl', { lane: 0 });
    },
    async incidents() {
      const query = { sort: 'first_seen_at' as const, limit: 100, words: [], now: deps.clock.now() };
      const page = await listIncidents(database.client, query, (row) => row.id);
      return Promise.all(
        page.items.map(async (id) => (await readIncident(database.client, id, { catalog, locale: 'en' }))!),
      );
    },
    async close() {
      if (options.openEngine) await dflEngine.close();
      await database.close();
      await testDatabase.drop();
      await rm(blobFolder, { recursive: true, force: true });
    },
  };
}
