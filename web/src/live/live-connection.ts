// The server-sent events of GET /v1/events, kept open: an interrupted stream is opened again and goes on after the last event.
// Read with fetch instead of EventSource, which hides heartbeats (a dead connection would look alive) and the status of a refusal.
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveEvent {
  /** `incident`, `run` or `capture`. */
  type: string;
  data: unknown;
}

export interface LiveOptions {
  onEvent: (event: LiveEvent) => void;
  onState: (state: LiveState) => void;
  /** The server refused the session. The connection is not tried again. */
  onRefused: () => void;
  signal: AbortSignal;
  /** Milliseconds without a byte after which the connection counts as dead; the server sends a heartbeat every 15 s. */
  silenceMs?: number;
  /** Milliseconds to wait before the n-th attempt in a row (1, 2, ...). */
  pauseMs?: (attempt: number) => number;
  fetch?: typeof fetch;
  /** Tells with `offline` that the connection is gone before its silence does, and with `online` that the next attempt may be made at once. */
  network?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
}

/** 1, 2, 4, 8, 15, 15 ... seconds, each shortened by chance by up to a half, so that many pages do not come back at once. */
export function backOffMs(attempt: number): number {
  return Math.min(15_000, 1000 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

/** Runs until `signal` aborts or the session is refused. */
export async function keepLive(options: LiveOptions): Promise<void> {
  const { onState, onRefused, signal, pauseMs = backOffMs } = options;
  let lastId: string | null = null;
  let attempt = 0;
  onState('connecting');
  while (!signal.aborted) {
    const outcome = await readOnce(options, lastId, (id) => {
      attempt = 0;
      if (id !== null) lastId = id;
    });
    if (signal.aborted) return;
    if (outcome === 'refused') return onRefused();
    onState('lost');
    attempt += 1;
    await pause(pauseMs(attempt), signal, options.network);
  }
}

async function readOnce(
  { onEvent, onState, signal, network, silenceMs = 40_000, fetch: get = fetch }: LiveOptions,
  lastId: string | null,
  onSign: (id: string | null) => void,
): Promise<'ended' | 'refused'> {
  const stop = new AbortController();
  const onOffline = () => stop.abort();
  network?.addEventListener('offline', onOffline);
  let timer = setTimeout(() => stop.abort(), silenceMs);
  const sign = (id: string | null) => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), silenceMs);
    onSign(id);
  };
  try {
    const headers = new Headers({ accept: 'text/event-stream' });
    if (lastId !== null) headers.set('last-event-id', lastId);
    const request = { headers, cache: 'no-store', signal: AbortSignal.any([signal, stop.signal]) } as const;
    const response = await get('/v1/events', request);
    if (response.status === 401 || response.status === 403) return 'refused';
    if (!response.ok || response.body === null) return 'ended';
    onState('live');
    sign(null);
    const events = response.body
      .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream({ onComment: () => sign(null) }));
    await readAll(events, (message) => {
      sign(message.id ?? null);
      const data = parseData(message.data);
      if (data !== undefined) onEvent({ type: message.event ?? 'message', data });
    });
    return 'ended';
  } catch {
    // Not reached, reset, silent for too long, or aborted: all mean that there is no connection now.
    return 'ended';
  } finally {
    clearTimeout(timer);
    network?.removeEventListener('offline', onOffline);
    stop.abort();
  }
}

async function readAll(stream: ReadableStream<EventSourceMessage>, take: (message: EventSourceMessage) => void) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    take(value);
  }
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal, network: LiveOptions['network']): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      network?.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    network?.addEventListener('online', done);
  });
}
