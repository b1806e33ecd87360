// Hands the feed of changes to whoever listens in this process: one connection hears PostgreSQL's NOTIFY, new rows are read once for all
// listeners. A lost connection costs time, not events: rows are also looked for on a clock, and each listener has a cursor.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { LiveEvent } from '../../contracts/live-events.ts';
import type { Database } from '../db/client.ts';
import { findFeedBounds, readLiveEvents } from '../db/live-events.ts';

export interface LiveListener {
  /** Of one project; null for all. */
  project: string | null;
  /** Go on after this event; null for what happens from now on. */
  after: bigint | null;
  onEvent(event: LiveEvent): void;
  /** Events after `after` are no longer kept: whatever the listener knows may be old. Called before any event. */
  onGap(): void;
}

export interface LiveFeed {
  /** Listens until the answered function is called. */
  listen(listener: LiveListener): Promise<() => void>;
  close(): Promise<void>;
}

interface Subscription {
  listener: LiveListener;
  cursor: bigint;
  isOver: boolean;
}

const pageSize = 500;
/** Rows are looked for this often even when nothing was heard. */
const pollMs = 5_000;
/** Notifications within this time are answered by one look. */
const gatherMs = 50;
const reconnectMs = 1_000;

/** Opens nothing until somebody listens; then one connection to `url` besides `database`. */
export function createLiveFeed(options: { url: string; database: Database; logger: Logger }): LiveFeed {
  const { url, database, logger } = options;
  const subscriptions = new Set<Subscription>();
  let cursor: bigint | null = null;
  let connection: pg.Client | null = null;
  let isConnecting = false;
  let isClosed = false;
  let looking: Promise<void> | null = null;
  let isHeard = false;
  let timer: NodeJS.Timeout | null = null;

  async function connect(): Promise<void> {
    if (isConnecting || connection || isClosed) return;
    isConnecting = true;
    while (!isClosed && subscriptions.size > 0 && !connection) {
      const client = new pg.Client({ connectionString: url, keepAlive: true });
      try {
        client.on('notification', look);
        client.on('error', (error) => drop(client, error));
        client.on('end', () => drop(client, null));
        await client.connect();
        await client.query('LISTEN losswatch_live');
        connection = client;
      } catch (error) {
        drop(client, error);
        await wait(reconnectMs);
      }
    }
    isConnecting = false;
  }

  function drop(client: pg.Client, error: unknown): void {
    if (error && !isClosed) logger.warn({ err: error }, 'the live feed lost its connection; it connects again');
    client.removeAllListeners();
    client.on('error', () => {});
    void client.end().catch(() => {});
    if (connection !== client) return;
    connection = null;
    void connect();
  }

  function look(): void {
    isHeard = true;
    looking ??= lookUntilQuiet().finally(() => {
      looking = null;
    });
  }

  async function lookUntilQuiet(): Promise<void> {
    while (isHeard && !isClosed) {
      isHeard = false;
      try {
        await handOut();
      } catch (error) {
        logger.warn({ err: error }, 'the live feed could not be read; it is tried again');
        return;
      }
      await wait(gatherMs);
    }
  }

  async function handOut(): Promise<void> {
    for (let isFull = true; isFull && cursor !== null; ) {
      const events = await readLiveEvents(database.client, {
        after: cursor,
        upTo: null,
        project: null,
        limit: pageSize,
      });
      for (const event of events) for (const subscription of subscriptions) deliver(subscription, event);
      cursor = events.at(-1)?.id ?? cursor;
      isFull = events.length === pageSize;
    }
  }

  function deliver(subscription: Subscription, event: LiveEvent): void {
    const { listener } = subscription;
    if (subscription.isOver || event.id <= subscription.cursor) return;
    subscription.cursor = event.id;
    if (listener.project === null || listener.project === event.project) listener.onEvent(event);
  }

  /** Brings a listener up to the common cursor, and then in one step among the others. */
  async function catchUp(subscription: Subscription): Promise<void> {
    const { project } = subscription.listener;
    while (!subscription.isOver && cursor !== null && subscription.cursor < cursor) {
      const upTo = cursor;
      const range = { after: subscription.cursor, upTo, project, limit: pageSize };
      const events = await readLiveEvents(database.client, range);
      for (const event of events) deliver(subscription, event);
      if (events.length < pageSize) subscription.cursor = upTo;
    }
    if (!subscription.isOver) subscriptions.add(subscription);
  }

  return {
    async listen(listener) {
      const bounds = await findFeedBounds(database.client);
      const newest = bounds?.newest ?? 0n;
      if (subscriptions.size === 0) cursor = newest;
      cursor ??= newest;
      const isBehind = listener.after !== null && bounds !== null && listener.after < bounds.oldest - 1n;
      const isAhead = listener.after !== null && listener.after > newest;
      const isKnown = listener.after !== null && !isBehind && !isAhead;
      const subscription = { listener, cursor: isKnown ? (listener.after as bigint) : newest, isOver: false };
      if (isBehind || isAhead) listener.onGap();
      await catchUp(subscription);
      timer ??= setInterval(look, pollMs).unref();
      void connect();
      look();
      return () => {
        subscription.isOver = true;
        subscriptions.delete(subscription);
        if (subscriptions.size > 0) return;
        if (timer) clearInterval(timer);
        timer = null;
        if (connection) drop(connection, null);
      };
    },
    async close() {
      isClosed = true;
      if (timer) clearInterval(timer);
      subscriptions.clear();
      const open = connection;
      connection = null;
      if (open) drop(open, null);
      await looking;
    },
  };
}
