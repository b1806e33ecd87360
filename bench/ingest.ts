// How fast metric points are accepted, what reading and watching them costs beside it, and how little room they take. Every server stores the
// same points of 16 runs, in turns, in one run of this program. Usage: npm run bench:ingest -- [--json] [--rounds N] [--seconds N] [--points N]
// [--year N] [--only throughput,load,memory,storage]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { pointsPerBody } from './ingest/bodies.ts';
import { pace, saturate } from './ingest/load.ts';
import { call, type OwnPeer, type Peer, startOthers, startOwn } from './ingest/peers.ts';
import { printReport, type Section } from './support/report.ts';

const connections = 16;
const warmRequests = 3_000;
const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    /** Points of the stream whose memory and room are measured. */
    points: { type: 'string', default: '10000000' },
    /** Points of the run whose chart is read: a step a second for a year. */
    year: { type: 'string', default: '31536000' },
    only: { type: 'string', default: 'throughput,load,memory,storage' },
  },
});
const only = new Set(flags.only.split(','));
const [rounds, seconds] = [Number(flags.rounds), Number(flags.seconds)];

const sections: Section[] = [];
const stops: (() => Promise<void>)[] = [];
try {
  const service = await start(await startOwn('service', 'Losswatch, detectors running'));
  for (let run = 0; run < connections; run += 1)
    await call(service, 'POST', '/v1/runs', { id: `load-${run}`, name: 'load' });
  if (only.has('throughput')) sections.push(await compare(service));
  if (only.has('load')) sections.push(await measureHalfLoad(service));
  if (only.has('memory')) sections.push(await measureStream(service, Number(flags.points)));
  if (only.has('storage')) sections.push(await measureChart(service, Number(flags.year)));
} finally {
  for (const stop of stops.reverse()) await stop();
}
const [cpu] = cpus();
printReport(
  { machine: `${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}`, sections },
  flags.json,
);

async function start<P extends Peer>(peer: P): Promise<P> {
  stops.push(() => peer.stop());
  return peer;
}

interface Turn {
  perSecond: number;
  cpuUs: number;
}

async function compare(service: OwnPeer): Promise<Section> {
  const bare = await start(await startOwn('bare', 'bare Fastify, same schema, no store'));
  const paused = await start(await startOwn('paused', 'Losswatch, detectors paused'));
  const copy = await start(await startOwn('copy', 'Fastify, PostgreSQL COPY, a row per point'));
  for (let run = 0; run < connections; run += 1)
    await call(paused, 'POST', '/v1/runs', { id: `load-${run}`, name: 'load' });
  const peers: Peer[] = [bare, paused, service, copy];
  for (const other of await startOthers()) peers.push(await start(other));
  const turns = new Map(peers.map((peer) => [peer, [] as Turn[]]));
  for (const peer of peers) await warm(peer);
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of round % 2 === 0 ? peers : [...peers].reverse()) {
      await untilSeen(service);
      turns.get(peer)?.push(await turn(peer));
    }
  }
  await untilSeen(service);
  const ratioOf = (peer: Peer) =>
    median(
      (turns.get(peer) ?? []).map(
        ({ perSecond }, round) => perSecond / (turns.get(bare)?.[round]?.perSecond ?? Number.NaN),
      ),
    );
  return {
    title: `Points accepted a second: ${pointsPerBody} points a request, ${connections} connections, a run each`,
    notes: [
      `Medians of ${rounds} rounds of ${seconds} s, in which every server has a turn, after ${warmRequests} requests to each; "x bare" is the median of the rounds' ratios.`,
      'CPU: of the server and its database. The detectors have their share of the same two cores; their time after a turn is not in it.',
    ],
    rows: peers.map((peer) => {
      const own = turns.get(peer) ?? [];
      return {
        server: peer.name,
        durable: peer.isDurable ? 'yes' : 'no',
        'requests/s': median(own.map(({ perSecond }) => perSecond)),
        'points/s': pointsPerBody * median(own.map(({ perSecond }) => perSecond)),
        'x bare': ratioOf(peer),
        'CPU us/request': median(own.map(({ cpuUs }) => cpuUs)),
      };
    }),
  };
}

/** Before that V8 still compiles what is measured. */
async function warm(peer: Peer): Promise<void> {
  for (let done = 0; done < warmRequests; ) done += (await saturate(peer.target, connections, 1)).requests;
}

async function turn(peer: Peer): Promise<Turn> {
  const before = peer.cpuMs();
  const { requests, seconds: taken } = await saturate(peer.target, connections, seconds);
  return { perSecond: requests / taken, cpuUs: (1_000 * (peer.cpuMs() - before)) / requests };
}

interface Places {
  id: string;
  stored: number;
  seen: number;
}

/** Waits until the detectors have seen everything. */
async function untilSeen(service: OwnPeer): Promise<void> {
  for (;;) {
    const places = await service.ask<Places[]>('places');
    if (places.every(({ stored, seen }) => stored === seen)) return;
    await wait(100);
  }
}

async function measureHalfLoad(service: OwnPeer): Promise<Section> {
  const most = (await saturate(service.target, connections, Math.max(seconds, 5))).requests / Math.max(seconds, 5);
  await untilSeen(service);
  const rate = most / 2;
  const lags: number[] = [];
  let isOver = false;
  const watching = watchLag(service, lags, () => isOver);
  const times = await pace(service.target, connections, rate, Math.max(4 * seconds, 10));
  isOver = true;
  await watching;
  await untilSeen(service);
  const at = (values: number[], share: number) =>
    values.sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
  return {
    title: `At half load: ${Math.round(rate)} requests/s with the detectors running`,
    notes: [
      'Time of a POST from the moment at which it was due; lag: how long the oldest point has waited for the detectors, of the run that waits longest.',
    ],
    rows: [
      {
        'p50 ms': at(times, 0.5),
        'p99 ms': at(times, 0.99),
        'max ms': at(times, 1),
        'lag p50 ms': at(lags, 0.5),
        'lag max ms': at(lags, 1),
      },
    ],
  };
}

async function watchLag(service: OwnPeer, lags: number[], isOver: () => boolean): Promise<void> {
  const history = new Map<string, { at: number; stored: number }[]>();
  while (!isOver()) {
    const places = await service.ask<Places[]>('places');
    const now = performance.now();
    let lag = 0;
    for (const { id, stored, seen } of places) {
      const known = history.get(id) ?? [];
      history.set(id, known);
      if (known.at(-1)?.stored !== stored) known.push({ at: now, stored });
      while (known.length > 0 && (known[0]?.stored ?? 0) <= seen) known.shift();
      if (known[0]) lag = Math.max(lag, now - known[0].at);
    }
    lags.push(lag);
    await wait(20);
  }
}

async function measureStream(service: OwnPeer, points: number): Promise<Section> {
  const parts = 5;
  const before = await service.ask<Places[]>('places');
  const stored = (places: Places[]) => places.reduce((sum, place) => sum + place.stored, 0);
  const rows = [];
  for (let part = 0; part <= parts; part += 1) {
    for (let now = stored(before); now - stored(before) < (points * part) / parts; ) {
      await saturate(service.target, connections, 1);
      now = stored(await service.ask<Places[]>('places'));
    }
    await untilSeen(service);
    const now = stored(await service.ask<Places[]>('places'));
    rows.push({
      points: now - stored(before),
      'resident MiB': Math.round((await service.ask<number>('memory')) / 2 ** 20),
    });
  }
  const started = performance.now();
  await service.ask('tidy');
  const tidied = performance.now() - started;
  const total = stored(await service.ask<Places[]>('places'));
  const bytes = await service.ask<number>('bytes');
  return {
    title: `A stream of ${points} points: memory, and room on disk after the upkeep`,
    notes: [
      'Memory after a garbage collection, with the detectors through.',
      `After the nightly upkeep (${(tidied / 1_000).toFixed(1)} s for what the incremental one had left): ${(bytes / total).toFixed(2)} bytes a point on disk, indexes included.`,
    ],
    rows,
  };
}

async function measureChart(service: OwnPeer, points: number): Promise<Section> {
  const rows = [];
  for (const [id, count] of [
    ['million', 1_000_000],
    ['year', points],
  ] as const) {
    await call(service, 'POST', '/v1/runs', { id, name: id });
    await service.ask('fill', id, count);
    if (id === 'million') rows.push(await chart(service, id, count, 'as they came'));
    await service.ask('tidy');
    rows.push(await chart(service, id, count, 'after the upkeep'));
  }
  return {
    title: 'Charts of one metric over HTTP',
    notes: ['GET .../metrics?names=loss&max_points=1000 and 10000: medians of 15, and the slowest.'],
    rows,
  };
}

async function chart(service: OwnPeer, id: string, points: number, state: string) {
  const timesOf = async (maxPoints: number) => {
    const times: number[] = [];
    for (let i = 0; i < 15; i += 1) {
      const started = performance.now();
      await call(service, 'GET', `/v1/runs/${id}/metrics?names=loss&max_points=${maxPoints}`);
      times.push(performance.now() - started);
    }
    return times;
  };
  const [few, many] = [await timesOf(1_000), await timesOf(10_000)];
  return {
    points,
    state,
    '1,000 ms': median(few),
    'slowest ms': Math.max(...few),
    '10,000 ms': median(many),
    'its slowest ms': Math.max(...many),
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: number[]): number {
  const rising = [...values].sort((a, b) => a - b);
  return rising[Math.floor(rising.length / 2)] ?? Number.NaN;
}
