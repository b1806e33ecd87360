// Statements past Prisma, where points and captures flow: each costs a fraction, and bytes do not travel as base64 in JSON.
import pg from 'pg';
import type { Prisma } from './generated/client.ts';

/** A statement with its parameters ($1, $2, ...), as Prisma.sql makes them. With a name it is parsed and planned once per connection. */
export interface Statement {
  text: string;
  values: unknown[];
  name?: string;
}

/** Runs a statement; bytes are answered as a Buffer, bigint as a number. @throws DatabaseAway */
export type Query = <Row = unknown>(statement: Statement) => Promise<Row[]>;

export interface PlainSql {
  /** A single statement. */
  query: Query;
  /** Reads from one state of the database, whatever is written meanwhile. */
  snapshot<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Commits what `work` did, or rolls it back when it throws (READ COMMITTED). */
  write<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

export function plainSqlOf(pool: pg.Pool): PlainSql {
  return {
    query: (statement) => runStatement(pool, statement),
    snapshot: (work) => inTransaction(pool, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    write: (work) => inTransaction(pool, 'BEGIN', work),
  };
}

/** The same within a transaction of Prisma's; bigint is answered as such. */
export function queryWithin(tx: Prisma.TransactionClient): Query {
  return ({ text, values }) => tx.$queryRawUnsafe(text, ...values);
}

/** The database cannot be reached, or went away under a statement. */
export class DatabaseAway extends Error {}

async function runStatement<Row>(target: pg.Pool | pg.PoolClient, statement: Statement): Promise<Row[]> {
  // A Prisma.sql is more than the driver knows what to do with.
  const { text, values, name } = statement;
  const config = { text, values, name, types: { getTypeParser: parserOf } };
  const { rows } = await whileThere(() => target.query(config as pg.QueryConfig));
  return rows as Row[];
}

async function inTransaction<T>(pool: pg.Pool, begin: string, work: (query: Query) => Promise<T>): Promise<T> {
  const connection = await whileThere(() => pool.connect());
  let broken: Error | undefined;
  try {
    await runStatement(connection, { text: begin, values: [] });
    const result = await work((statement) => runStatement(connection, statement));
    await runStatement(connection, { text: 'COMMIT', values: [] });
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch((failed) => {
      broken = failed;
    });
    throw error;
  } finally {
    connection.release(broken);
  }
}

/** What a server says when it is starting, stopping or full. */
const awayStates = /^(?:08|57P0|53300)/;
/** The driver's own words, where no system call failed: a connection was cut, or none came free in time. */
export const awayWords =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

async function whileThere<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAway(error)) throw new DatabaseAway('the database does not answer', { cause: error });
    throw error;
  }
}

function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return awayStates.test(error.code ?? '');
  return error instanceof Error && ('syscall' in error || awayWords.test(error.message));
}

const oids = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25, jsonb: 3802 };

/** Reads the types that our statements answer. The driver hands every value over as text, bytes as \x and their hex digits. */
function parserOf(oid: number): (text: string) => unknown {
  switch (oid) {
    case oids.bytea:
      return (text) => Buffer.from(text.slice(2), 'hex');
    case oids.bool:
      return (text) => text === 't';
    case oids.int4:
    case oids.int8:
      return Number;
    case oids.text:
      return (text) => text;
    case oids.jsonb:
      return (text) => JSON.parse(text);
    default:
      throw new Error(`statements past Prisma answer no columns of the type ${oid}; cast it`);
  }
}
