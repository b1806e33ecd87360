// The embedded database: a PostgreSQL of our own in the data folder, reachable on loopback with a random password only. It is found,
// started, taken over from a killed owner, or refused when somebody else owns the folder.
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { findPostgresBinaries, type PostgresBinaries } from './embedded-postgres/binaries.ts';
import { ensureCluster, loadPassword, superuser } from './embedded-postgres/cluster.ts';
import { claimOwnership, type Ownership } from './embedded-postgres/ownership.ts';
import { mayServe, readPostmaster } from './embedded-postgres/postmaster-file.ts';
import { chooseRunAs, type RunAs } from './embedded-postgres/run-as.ts';
import { findFreePort, readLogEnd, type ServerProcess, spawnServer, stopServer } from './embedded-postgres/server.ts';
import { isProcessAlive } from './process-alive.ts';

const databaseName = 'losswatch';
/** A killed owner's session may outlive it this long; after it, a held lock means a living owner. */
const ownerGraceMs = 5_000;
/** Recovery of a large log after a kill takes its time. */
const startTimeoutMs = 120_000;
const pollMs = 50;
/** PostgreSQL's error code invalid_password. */
const wrongPassword = '28P01';

export interface EmbeddedPostgres {
  /** Holds the password; not for logs. */
  connectionString: string;
  /** Stops the server and gives the folder up. */
  stop(): Promise<void>;
}

/** Another Losswatch is running on the folder. */
export class DataFolderInUse extends Error {
  constructor(dataDir: string) {
    super(
      `The data folder ${dataDir} is in use by another Losswatch. Stop that one first, or set LOSSWATCH_DATA to another folder.`,
    );
    this.name = 'DataFolderInUse';
  }
}

interface Site {
  dataDir: string;
  cluster: string;
  password: string;
  binaries: PostgresBinaries;
  runAs: RunAs;
  logger: Logger;
  signal: AbortSignal | undefined;
}

/**
 * Starts the database of a data folder, making both where they are missing (a new folder gets mode 0700).
 * @throws DataFolderInUse when another process owns the folder; Error with the end of the server's log when it does not start.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  logger: Logger;
  signal?: AbortSignal;
}): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const { logger, signal } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const binaries = await findPostgresBinaries();
  const cluster = join(dataDir, 'postgres');
  const runAs = await chooseRunAs([dataDir, binaries.postgres], cluster);
  const password = await loadPassword(dataDir);
  await ensureCluster({ dataDir, password, binaries, runAs, logger });
  const site: Site = { dataDir, cluster, password, binaries, runAs, logger, signal };
  const { pid, port, ownership } = await takeServer(site);
  const stop = () => stopServer(pid, site.cluster, binaries);
  try {
    await ensureDatabase(urlOf(site, port, 'postgres'));
  } catch (error) {
    await ownership.release(stop);
    throw error;
  }
  let stopping: Promise<void> | null = null;
  return {
    connectionString: urlOf(site, port, databaseName),
    stop() {
      stopping ??= ownership.release(stop);
      return stopping;
    },
  };
}

/** Looks at the folder until we own its server, starting one where there is none. */
async function takeServer(site: Site): Promise<{ pid: number; port: number; ownership: Ownership }> {
  const end = Date.now() + startTimeoutMs;
  let started: ServerProcess | null = null;
  let refusedUntil: number | null = null;
  let failures = 0;
  while (Date.now() < end) {
    site.signal?.throwIfAborted();
    const claim = await claimRunning(site);
    if (claim.kind === 'owned') return claim;
    if (claim.kind === 'held') {
      refusedUntil ??= Date.now() + ownerGraceMs;
      if (Date.now() >= refusedUntil) throw new DataFolderInUse(site.dataDir);
    }
    if (claim.kind === 'absent' && (started === null || started.ended() !== null)) {
      if (started !== null) {
        failures += 1;
        if (failures >= 10) break;
        await pause(failures * pollMs);
      }
      started = await spawnServer({
        cluster: site.cluster,
        port: await findFreePort(),
        binaries: site.binaries,
        runAs: site.runAs,
      });
    }
    await pause(pollMs);
  }
  if (started?.pid !== undefined && started.ended() === null)
    await stopServer(started.pid, site.cluster, site.binaries);
  const reason = started?.ended() ?? `it did not answer within ${startTimeoutMs / 1000} s`;
  throw new Error(
    `The embedded PostgreSQL in ${site.cluster} did not start (${reason}). Its log ends with:\n${await readLogEnd(site.cluster)}`,
  );
}

type Claim =
  | { kind: 'owned'; pid: number; port: number; ownership: Ownership }
  | { kind: 'held' | 'absent' | 'waiting' };

async function claimRunning(site: Site): Promise<Claim> {
  const running = await readPostmaster(site.cluster);
  if (running === null || !isProcessAlive(running.pid)) return { kind: 'absent' };
  if (!(await mayServe(running.pid, site.cluster))) {
    await forgetForeignPid(site, running.pid);
    return { kind: 'absent' };
  }
  if (running.port === 0) return { kind: 'waiting' };
  const url = urlOf(site, running.port, 'postgres');
  try {
    const ownership = await claimOwnership(url, site.logger);
    return ownership ? { kind: 'owned', ...running, ownership } : { kind: 'held' };
  } catch (error) {
    if ((error as { code?: string }).code === wrongPassword) {
      throw new Error(
        `The password in ${join(site.dataDir, 'secrets')} does not open the database in ${site.cluster}: restore the matching file.`,
      );
    }
    site.logger.trace({ reason: String(error) }, 'the embedded database does not answer yet');
    return { kind: 'waiting' };
  }
}

/**
 * The server that wrote the file is dead and its id belongs to another program by now. PostgreSQL itself would refuse to start when
 * that program is the same user's; two servers on one folder stay impossible, since it also checks its shared memory.
 */
async function forgetForeignPid(site: Site, pid: number): Promise<void> {
  site.logger.warn({ pid }, 'postmaster.pid names a process that is no PostgreSQL: removing the file');
  const current = await readPostmaster(site.cluster);
  if (current?.pid === pid) await rm(join(site.cluster, 'postmaster.pid'), { force: true });
}

/** duplicate_database, and unique_violation when both were at it at once. */
const madeByAnother = ['42P04', '23505'];

/** A start that was killed leaves its statement to the server, which ends it: the database may come into being meanwhile. */
async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'losswatch-start' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } catch (error) {
    if (!madeByAnother.includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

function urlOf(site: Site, port: number, database: string): string {
  return `postgresql://${superuser}:${site.password}@127.0.0.1:${port}/${database}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
