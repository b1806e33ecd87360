// Who owns a data folder: the holder of one advisory lock, in a session kept open for as long as the service runs. The lock ends with
// the session, so a killed owner leaves a server that the next start takes over, while a living one makes the next start refuse.

import pg from 'pg';
import type { Logger } from 'pino';

/** Any constant; no other lock of ours uses it. */
const ownerLock = 4_807_526_976;

export interface Ownership {
  /** Gives the folder up. The lock is held until `stopServer` is done, so that nobody takes over a server that is going down. */
  release(stopServer: () => Promise<void>): Promise<void>;
}

/** Tries to become the owner: null when another session is. @throws Error when the server cannot be asked. */
export async function claimOwnership(connectionString: string, logger: Logger): Promise<Ownership | null> {
  let released = false;
  let session = await lock(connectionString);
  if (session === null) return null;
  watch(session);

  function watch(current: pg.Client): void {
    current.on('error', (error) => {
      if (!released) logger.warn({ err: error }, 'the session that holds the data folder broke');
    });
    current.once('end', () => {
      if (!released) void retake();
    });
  }

  /** After the server restarted itself (a backend crashed), the lock is free until it is taken again. */
  async function retake(): Promise<void> {
    for (let tries = 0; !released && tries < 60; tries += 1) {
      const next = await lock(connectionString).catch(() => null);
      if (next !== null) {
        session = next;
        watch(next);
        if (released) await next.end();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 500).unref());
    }
    if (!released)
      logger.error('the embedded database is gone or was taken by another process: stop and start Losswatch');
  }

  return {
    async release(stopServer) {
      released = true;
      await stopServer();
      await session?.end().catch(() => {});
    },
  };
}

async function lock(connectionString: string): Promise<pg.Client | null> {
  const client = new pg.Client({
    connectionString,
    application_name: 'losswatch-owner',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  // A client without a listener would end the process when the server goes away.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [ownerLock]);
    if (rows[0]?.held) return client;
    await client.end();
    return null;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
