// The two stores that BullMQ runs on. Both keep the number of connections small by sharing: on PostgreSQL one pool (each of the workers
// holds one of its connections to LISTEN), on Redis one connection for adding, one for the workers, and one blocking one per worker.
import { type BackendFactory, createPostgresBackend, createRedisBackend, runMigrations } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from 'pino';
import type { JobName } from '../../contracts/jobs.ts';
import { withTimeout } from '../with-timeout.ts';

export interface QueueStore {
  kind: 'redis' | 'postgres';
  /** Handed to BullMQ's Queue and Worker as `connection`. */
  producerConnection: unknown;
  workerConnection(): unknown;
  /** Redis key prefix; PostgreSQL has a schema instead. */
  prefix: string | undefined;
  factory: BackendFactory;
  nameOf(job: JobName): string;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
/** Every worker (one per job) holds one to listen; the rest serve queries. */
const poolConnections = 14;

/**
 * BullMQ takes every listener off a connection that it gives up. A server that stops in that moment would then end the process with an
 * unhandled `error` event.
 */
class GuardedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event as never);
    return this.on('error', () => {});
  }
}

/**
 * Opens the queue's tables in a PostgreSQL database (schema `bullmq`, migrated here; concurrent starts wait for each other). Commits on
 * these connections do not wait for the disk (synchronous_commit off): a job is a nudge, and losing one costs a sweep.
 * @throws Error when the database does not answer.
 */
export async function openPostgresStore(url: string, logger: Logger): Promise<QueueStore> {
  const pool = new pg.Pool({
    connectionString: url,
    options: '-c search_path=bullmq -c synchronous_commit=off',
    application_name: 'losswatch-queue',
    max: poolConnections,
    Client: GuardedClient,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
  });
  // Every backend adds listeners of its own.
  pool.setMaxListeners(100);
  pool.on('error', (error) => logger.warn({ err: error }, 'a connection of the queue broke'));
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    kind: 'postgres',
    producerConnection: pool,
    workerConnection: () => pool,
    prefix: undefined,
    factory: createPostgresBackend as BackendFactory,
    nameOf: (job) => `losswatch-${job}`,
    ping: () => pool.query('SELECT 1'),
    close: () => pool.end(),
  };
}

/** Connects to Redis. @throws Error when it does not answer. */
export async function openRedisStore(url: string, logger: Logger): Promise<QueueStore> {
  const retryStrategy = (times: number) => Math.min(100 * 2 ** Math.min(times, 6), 5_000);
  const watched = (name: string, client: Redis) =>
    client.on('error', (error) => logger.warn({ err: error, connection: name }, 'a connection of the queue broke'));
  // Adding must fail fast while Redis is away; the sweeper makes up for it.
  const producer = watched(
    'producer',
    new Redis(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1, retryStrategy }),
  );
  const clients = [producer];
  try {
    await withTimeout(producer.connect(), connectTimeoutMs, 'Redis (REDIS_URL) does not answer');
  } catch (error) {
    producer.disconnect();
    throw new Error(`Redis (REDIS_URL) cannot be reached: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return {
    kind: 'redis',
    producerConnection: producer,
    workerConnection() {
      const client = watched('worker', new Redis(url, { maxRetriesPerRequest: null, retryStrategy }));
      clients.push(client);
      return client;
    },
    prefix: 'losswatch',
    factory: createRedisBackend,
    nameOf: (job) => job,
    ping: () => producer.ping(),
    async close() {
      for (const client of clients) client.disconnect();
    },
  };
}
