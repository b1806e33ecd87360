// The live connection: it stays open, resumes after the last event, notices silence, and tells what its events make old.
import { describe, expect, it, vi } from 'vitest';
import { backOffMs, keepLive, type LiveEvent, type LiveState } from '../../../web/src/live/live-connection.ts';
import { touchedKeys } from '../../../web/src/live/touched-keys.ts';

type Answer = { status?: number; chunks?: string[]; stayOpen?: boolean } | 'unreachable';

/** Runs a connection against a server that gives `answers` one after the other and refuses once they are used up. */
async function run(answers: Answer[], options: Partial<Parameters<typeof keepLive>[0]> = {}) {
  const states: LiveState[] = [];
  const events: LiveEvent[] = [];
  const resumed: (string | null)[] = [];
  const onRefused = vi.fn();
  const fetch = (async (_url: string, { headers, signal }: { headers: Headers; signal: AbortSignal }) => {
    const answer = answers[resumed.length] ?? { status: 401 };
    resumed.push(headers.get('last-event-id'));
    if (answer === 'unreachable') throw new TypeError('fetch failed');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of answer.chunks ?? []) controller.enqueue(new TextEncoder().encode(chunk));
        if (!answer.stayOpen) controller.close();
        signal.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body, { status: answer.status ?? 200 });
  }) as unknown as typeof globalThis.fetch;
  await keepLive({
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    onRefused,
    signal: new AbortController().signal,
    pauseMs: () => 1,
    fetch,
    ...options,
  });
  return { states, events, resumed, onRefused };
}

const event = (id: number, type: string, data: object) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

describe('keepLive', () => {
  it('hands on events that come in pieces, and resumes after the last one', async () => {
    const first = event(7, 'incident', { id: 'inc_1', state: 'open' });
    const { events, resumed, states, onRefused } = await run([
      { chunks: [first.slice(0, 20), first.slice(20), ': heartbeat\n\n'] },
      'unreachable',
      { chunks: [event(8, 'run', { id: 'r1', status: 'running' })] },
    ]);
    expect(events).toEqual([
      { type: 'incident', data: { id: 'inc_1', state: 'open' } },
      { type: 'run', data: { id: 'r1', status: 'running' } },
    ]);
    expect(resumed).toEqual([null, '7', '7', '8']);
    expect(states).toEqual(['connecting', 'live', 'lost', 'lost', 'live', 'lost']);
    expect(onRefused).toHaveBeenCalledOnce();
  });

  it('takes a connection that is silent for too long for dead', async () => {
    const { states } = await run([{ chunks: [], stayOpen: true }], { silenceMs: 20 });
    expect(states).toEqual(['connecting', 'live', 'lost']);
  });

  it('takes the word of the browser that the network is gone, and comes back with it', async () => {
    const network = new EventTarget();
    const listen = run([{ chunks: [], stayOpen: true }, { chunks: [] }], { network, pauseMs: () => 60_000 });
    await vi.waitFor(() => network.dispatchEvent(new Event('offline')));
    for (let tries = 0; tries < 3; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      network.dispatchEvent(new Event('online'));
    }
    expect((await listen).states).toEqual(['connecting', 'live', 'lost', 'live', 'lost']);
  });

  it('lets an overloaded or restarting server come back', async () => {
    const { states, resumed } = await run([{ status: 503 }, { status: 404 }, { chunks: [] }]);
    expect(resumed).toHaveLength(4);
    expect(states).toEqual(['connecting', 'lost', 'lost', 'live', 'lost']);
  });

  it('skips an event that is no JSON', async () => {
    const { events } = await run([{ chunks: ['event: run\ndata: {\n\n', event(2, 'run', { id: 'r1' })] }]);
    expect(events).toEqual([{ type: 'run', data: { id: 'r1' } }]);
  });

  it('waits longer from attempt to attempt, up to 15 s', () => {
    for (const [attempt, most] of [
      [1, 1_000],
      [2, 2_000],
      [5, 15_000],
      [40, 15_000],
    ] as const) {
      expect(backOffMs(attempt)).toBeLessThanOrEqual(most);
      expect(backOffMs(attempt)).toBeGreaterThanOrEqual(most / 2);
    }
  });
});

describe('touchedKeys', () => {
  it.each([
    ['incident', { id: 'inc_1' }, [['incidents'], ['overview'], ['runs'], ['incident', 'inc_1']]],
    ['run', { id: 'r1' }, [['runs'], ['overview'], ['run', 'r1']]],
    ['capture', { id: 'cap_1', run_id: 'r1' }, [['run', 'r1']]],
    ['reset', {}, [[]]],
    ['weather', { id: 'x' }, []],
  ])('an event of the kind %s makes old what shows it', (type, data, keys) => {
    expect(touchedKeys({ type, data })).toEqual(keys);
  });
});
