// The database connection. Everything that writes goes through `transaction`, so that an observation, its idempotency key and the
// mark that work is owed for it are on disk together or not at all.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PublicError } from '../../contracts/errors.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { awayWords, DatabaseAway, type PlainSql, plainSqlOf } from './statements.ts';

/** A transaction, or the plain client where one statement is enough. */
export type Tx = Prisma.TransactionClient;

export interface Database {
  /** For single reads and writes outside a transaction. */
  readonly client: PrismaClient;
  /**
   * Runs `work` in one transaction (READ COMMITTED).
   * @throws PublicError `overloaded` when no connection comes free in time.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads in one transaction that sees the database as it was at one moment. Short: nothing else than reading. */
  snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Past Prisma, where points flow. */
  readonly sql: PlainSql;
  /** Answers when the database does. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const maxWaitMs = 5_000;
const transactionTimeoutMs = 30_000;

/** Opens a pool of `connections` on a PostgreSQL URL. */
export function openDatabase(url: string, connections = 12): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: maxWaitMs,
    // Prisma's adapter writes and reads times as those of UTC, whatever the session's zone: in any other, now() would be hours away.
    options: '-c timezone=UTC',
  });
  // An idle connection that breaks is replaced; whoever needs one hears of it then.
  pool.on('error', () => {});
  const client = new PrismaClient({ adapter: new PrismaPg(pool) });
  async function transact<T>(
    work: (tx: Tx) => Promise<T>,
    isolationLevel: Prisma.TransactionIsolationLevel,
  ): Promise<T> {
    try {
      return await client.$transaction(work, { maxWait: maxWaitMs, timeout: transactionTimeoutMs, isolationLevel });
    } catch (error) {
      if (isOutOfConnections(error)) {
        throw new PublicError('overloaded', 'The database is busy; send the request again later.', {
          retryAfterSeconds: 5,
          cause: error,
        });
      }
      throw error;
    }
  }
  return {
    client,
    transaction: (work) => transact(work, Prisma.TransactionIsolationLevel.ReadCommitted),
    snapshot: (work) => transact(work, Prisma.TransactionIsolationLevel.RepeatableRead),
    sql: plainSqlOf(pool),
    async ping() {
      await client.$queryRaw`SELECT 1`;
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

/** P2024 and P2028 are Prisma's codes for a pool or transaction slot that did not come free in time. */
function isOutOfConnections(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && (error.code === 'P2024' || error.code === 'P2028');
}

/** Prisma's codes for a server that cannot be reached or went away, and PostgreSQL's for one that is stopping or full. */
const unavailableCodes = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
  '57P01',
  '57P03',
  '53300',
]);

/** Kinds of the driver's errors that Prisma wraps as a failed raw query. */
const unavailableKinds = new Set(['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections']);

/** True for an error that says the database is away for now, not that a statement is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseAway || error instanceof Prisma.PrismaClientInitializationError) return true;
  // The adapter hands the driver's own errors on as they are.
  if (error instanceof Error && awayWords.test(error.message)) return true;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  const driver = error.meta?.driverAdapterError as { cause?: { kind?: string } } | undefined;
  return unavailableCodes.has(error.code) || unavailableKinds.has(driver?.cause?.kind ?? '');
}
