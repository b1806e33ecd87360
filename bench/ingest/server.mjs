// Child process of ../ingest.ts: `bare` checks the points of a body against the contract's schema in Fastify and drops them; `copy` stores them
// with PostgreSQL's COPY, a row per point; `paused` is the service from dist/ without workers, `service` with them. Each has a PostgreSQL of its
// own. Plain JavaScript, so that nothing but what users run is in the process. Its parent asks for things over IPC.
import { setTimeout } from 'node:timers/promises';
import { fastify } from 'fastify';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pino } from 'pino';
import { Type } from 'typebox';

const [kind] = process.argv.slice(2);
const logger = pino({ level: 'warn' });
const server = kind === 'bare' ? await startBare(() => {}) : kind === 'copy' ? await startCopy() : await startService();

const answers = {
  memory() {
    globalThis.gc?.();
    return process.memoryUsage().rss;
  },
  cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  ...server.answers,
};

process.on('message', async ({ ask, args = [] }) => {
  if (ask === 'stop') {
    await server.stop();
    process.exit(0);
  }
  try {
    process.send?.({ answer: await answers[ask](...args) });
  } catch (error) {
    process.send?.({ error: String(error?.stack ?? error) });
  }
});
process.send?.({ answer: { url: server.url } });

async function startBare(store) {
  const { MetricPoint } = await import('../../dist/contracts/runs.js');
  const app = fastify({ bodyLimit: 4 * 2 ** 20 });
  const body = Type.Object({ points: Type.Array(MetricPoint, { maxItems: 1000 }) });
  app.post('/v1/runs/:id/metrics', { schema: { body } }, async (request, reply) => {
    const { points } = request.body;
    await store(request.params.id, points);
    return reply.code(202).send({ accepted: points.length, rejected: [] });
  });
  app.post('/v1/runs', async (_request, reply) => reply.code(201).send({}));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, stop: () => app.close(), answers: {} };
}

async function startCopy() {
  const database = await startPostgres();
  const pool = new pg.Pool({ connectionString: database.connectionString, max: 8 });
  await pool.query('CREATE TABLE point (run text, rank int, name text, step bigint, value float8)');
  const bare = await startBare(async (run, points) => {
    const client = await pool.connect();
    try {
      await new Promise((resolve, reject) => {
        const copy = client.query(copyFrom('COPY point (run, rank, name, step, value) FROM STDIN'));
        copy.on('finish', resolve).on('error', reject);
        let text = '';
        for (const { step, rank = 0, values } of points) {
          for (const name in values) text += `${run}\t${rank}\t${name}\t${step}\t${values[name]}\n`;
        }
        copy.end(text);
      });
    } finally {
      client.release();
    }
  });
  return {
    ...bare,
    answers: { postmaster: () => database.pid },
    async stop() {
      await bare.stop();
      await pool.end();
      await database.stop();
    },
  };
}

async function startPostgres() {
  const { startEmbeddedPostgres } = await import('../../dist/platform/embedded-postgres.js');
  const database = await startEmbeddedPostgres({ dataDir: process.env.LOSSWATCH_DATA, logger });
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  await client.end();
  return { ...database, pid: await parentOf(rows[0].pid) };
}

/** The server's own process is the parent of its connections'; null where /proc does not tell. */
async function parentOf() {
  const { readFileSync } = await import('node:fs');
  try {
    return Number(readFileSync(`${process.env.LOSSWATCH_DATA}/postgres/postmaster.pid`, 'utf8').split('\n', 1)[0]);
  } catch {
    return null;
  }
}

async function startService() {
  const database = await startPostgres();
  const { readConfig } = await import('../../dist/platform/config.js');
  const { createLifecycle } = await import('../../dist/platform/lifecycle.js');
  const { openCore } = await import('../../dist/main/core.js');
  const { startApi } = await import('../../dist/main/start-api.js');
  const { startDflEngine, startWorkers } = await import('../../dist/main/start-workers.js');
  const lifecycle = createLifecycle(logger);
  const core = await openCore({ config: readConfig(process.env), logger, lifecycle }, database.connectionString);
  const { url } = await startApi(core, process.env.LOSSWATCH_ADMIN_TOKEN, () => null);
  if (kind === 'service') await startWorkers(core, await startDflEngine(core), () => url);
  const { sql } = core.database;
  return {
    url,
    answers: { postmaster: () => database.pid, ...answersOf(core, sql) },
    async stop() {
      await lifecycle.stop('stop requested');
      await database.stop();
    },
  };
}

function answersOf(core, sql) {
  const query = (text) => sql.query({ text, values: [] });
  return {
    /** Places of every run's points: stored, and seen by the detectors. */
    places: () => query('SELECT id, points_up_to AS stored, detected_up_to AS seen FROM run'),
    async tidy() {
      const { tidyPoints } = await import('../../dist/workers/tidy-points.js');
      const owing = () => query('SELECT id FROM run WHERE compacted_up_to < detected_up_to');
      // A run that the incremental upkeep is at is left to it.
      while ((await owing()).length > 0) {
        await tidyPoints({ database: core.database, clock: { now: () => new Date() }, logger });
        await setTimeout(100);
      }
    },
    async bytes() {
      const [row] = await query(
        `SELECT (pg_total_relation_size('metric_batch') + pg_total_relation_size('metric_chunk'))::bigint AS bytes`,
      );
      return row.bytes;
    },
    /** Stores so many points of one metric of a run past HTTP, as if the detectors had seen them. */
    async fill(runId, points) {
      const { encodeBatch } = await import('../../dist/kernels/points/batch.js');
      const { insertBatches } = await import('../../dist/platform/db/metric-batches.js');
      const size = 50_000;
      for (let start = 0; start < points; start += size) {
        const rows = Array.from({ length: Math.min(size, points - start) }, (_, i) => {
          const step = start + i;
          const loss = Math.fround(3 * Math.exp(-step / points) + 0.1 * Math.sin(step) + 0.05 * Math.random());
          return { step, rank: 0, at: 1_764_000_000_000 + 1000 * step, names: ['loss'], values: [loss] };
        });
        const batch = { ...encodeBatch(rows), runId, project: null, receivedAt: new Date(), key: null };
        await insertBatches(sql.query, [batch]);
      }
      await query(`UPDATE run SET detected_up_to = points_up_to`);
    },
  };
}
