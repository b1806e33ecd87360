// How fast captures go from HTTP to their stored analysis, against a server that only reads the same bodies. Alone:
// `npx tsx bench/capture-upload.ts [--json]`; `npm run bench:dfl` shows it, too.
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { writeSafetensors } from '../src/kernels/safetensors/write-safetensors.ts';
import { readCpuMs } from './support/cpu-time.ts';
import { forkServer, operatorToken, type ServerProcess } from './support/fork-server.ts';

const positives = 4_096;
const bins = 17;
/** A list of captures has at most this many items, so that one request per run tells which are done. */
const capturesPerRun = 100;
/** A look at a list costs the service several captures' worth of CPU time, which is counted with it. */
const pollMs = 50;
/** A just-in-time compiler is still at work over the first hundreds. */
const warmUpCaptures = 600;

export interface CaptureUploadOptions {
  /** Captures per round and side; a multiple of 100. */
  captures?: number;
  rounds?: number;
  connections?: number[];
  /** Captures of the stream whose memory is measured. */
  streamCaptures?: number;
}

export interface CaptureUploadFigures {
  bytesPerCapture: number;
  uploads: {
    connections: number;
    /** Medians over the rounds, captures per second. */
    bare: number;
    /** What making the bodies durable costs at least: read, written to a new file, fdatasync. */
    stored: number;
    /** The least that content-addressed and durable storage could take: hashed, written over old bodies, one fdatasync for all that wait. */
    least: number;
    answered: number;
    analysed: number;
    /** Median of the rounds' ratios of analysed to bare. */
    ratio: number;
    /**
     * Median CPU time per capture of the server in ms (with its PostgreSQL; Linux only, else null): on a busy machine it says more than
     * the clock does.
     */
    bareCpuMs: number | null;
    leastCpuMs: number | null;
    serviceCpuMs: number | null;
    /** Of the process that sends, which shares the machine, for bare reading. */
    senderCpuMs: number;
  }[];
  /** GET /v1/runs in ms, with nothing to do and while captures are uploaded and analysed. */
  latency: { idle: { p50: number; p99: number }; saturated: { p50: number; p99: number } };
  /** Resident set of the service after a garbage collection in MiB: before, and after each third of the stream. */
  memoryMiB: number[];
}

/** Measures on the built service (dist/) and a PostgreSQL of its own; everything it started has ended when it answers. */
export async function measureCaptureUpload(options: CaptureUploadOptions = {}): Promise<CaptureUploadFigures> {
  const { captures = 300, rounds = 5, connections = [4, 16], streamCaptures = 500 } = options;
  const body = makeBodies();
  const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-bench-'));
  const bare = await startServer('bare', dataDir);
  const service = await startServer('service', dataDir);
  try {
    await analyse(service, body, warmUpCaptures, 16);
    for (const path of ['/', '/least']) await send(bare, body, warmUpCaptures, 16, () => path);
    await send(bare, body, 100, 4, () => '/stored');
    const uploads = [];
    for (const count of connections) uploads.push(await compare(bare, service, body, { captures, rounds, count }));
    const idle = await probeLatency(service, async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    const saturated = await probeLatency(service, async () => {
      await analyse(service, body, captures, 16);
    });
    const memoryMiB = await measureMemory(service, body, streamCaptures);
    return { bytesPerCapture: body.bytes, uploads, latency: { idle, saturated }, memoryMiB };
  } finally {
    await Promise.all([bare.stop('stop'), service.stop('stop')]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Server extends ServerProcess {
  url: string;
  dataDir: string;
  kind: 'bare' | 'service';
}

async function startServer(kind: 'bare' | 'service', dataDir: string): Promise<Server> {
  const server = forkServer(new URL('./upload-server.mjs', import.meta.url), kind, dataDir);
  const { url } = await server.receive<{ url: string }>();
  return { ...server, url, dataDir, kind };
}

interface Bodies {
  bytes: number;
  /** The pieces of a body that no other call got. */
  next(): Buffer[];
}

/** Distinct captures without the memory of distinct captures: one small piece of each is its own. */
function makeBodies(): Bodies {
  const random = lcg(7);
  const predDist = Float32Array.from({ length: positives * 4 * bins }, () => 6 * random() - 3);
  const target = Float32Array.from({ length: positives * 4 }, () => 15.9 * random());
  const weight = Float32Array.from({ length: positives }, random);
  const file = writeSafetensors(
    {
      pred_dist: { dtype: 'F32', shape: [positives, 4, bins], data: predDist },
      target: { dtype: 'F32', shape: [positives, 4], data: target },
      weight: { dtype: 'F32', shape: [positives], data: weight },
    },
    {},
  );
  const whole = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const own = 64;
  let count = 0;
  return {
    bytes: whole.length,
    next() {
      const last = Buffer.from(whole.subarray(whole.length - own));
      // A weight between 0 and 1 that counts up.
      last.writeFloatLE(count / 2 ** 23, 0);
      count += 1;
      return [whole.subarray(0, whole.length - own), last];
    },
  };
}

function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Alternates the sides, and which of them comes first. */
async function compare(
  bare: Server,
  service: Server,
  body: Bodies,
  { captures, rounds, count }: { captures: number; rounds: number; count: number },
): Promise<CaptureUploadFigures['uploads'][number]> {
  const seconds = { bare: [], stored: [], least: [], answered: [], analysed: [] } as Record<
    'bare' | 'stored' | 'least' | 'answered' | 'analysed',
    number[]
  >;
  const cpuMs: Record<'bare' | 'least' | 'service' | 'sender', number[]> = {
    bare: [],
    least: [],
    service: [],
    sender: [],
  };
  const measureBare = async () => {
    const before = cpuMsOf(bare);
    const ofSender = process.cpuUsage();
    seconds.bare.push(await send(bare, body, captures, count, () => '/'));
    const { user, system } = process.cpuUsage(ofSender);
    cpuMs.bare.push(cpuMsOf(bare) - before);
    cpuMs.sender.push((user + system) / 1_000);
  };
  const measureLeast = async () => {
    const before = cpuMsOf(bare);
    seconds.least.push(await send(bare, body, captures, count, () => '/least'));
    cpuMs.least.push(cpuMsOf(bare) - before);
  };
  const measureStored = async () => {
    seconds.stored.push(await send(bare, body, captures, count, () => '/stored'));
  };
  const measureService = async () => {
    const before = cpuMsOf(service);
    const { answered, analysed } = await analyse(service, body, captures, count);
    seconds.answered.push(answered);
    seconds.analysed.push(analysed);
    cpuMs.service.push(cpuMsOf(service) - before);
  };
  for (let round = 0; round < rounds; round += 1) {
    const sides = [measureBare, measureStored, measureLeast, measureService];
    if (round % 2 === 1) sides.reverse();
    for (const measure of sides) await measure();
  }
  const perSecond = (times: number[]) => captures / median(times);
  return {
    connections: count,
    bare: perSecond(seconds.bare),
    stored: perSecond(seconds.stored),
    least: perSecond(seconds.least),
    answered: perSecond(seconds.answered),
    analysed: perSecond(seconds.analysed),
    ratio: median(seconds.bare.map((time, round) => time / (seconds.analysed[round] as number))),
    bareCpuMs: process.platform === 'linux' ? median(cpuMs.bare) / captures : null,
    leastCpuMs: process.platform === 'linux' ? median(cpuMs.least) / captures : null,
    serviceCpuMs: process.platform === 'linux' ? median(cpuMs.service) / captures : null,
    senderCpuMs: median(cpuMs.sender) / captures,
  };
}

/** CPU time that a server and its PostgreSQL have used so far. */
function cpuMsOf({ process: { pid }, kind, dataDir }: Server): number {
  const postmasterFile = join(dataDir, 'postgres', 'postmaster.pid');
  const isService = kind === 'service' && existsSync(postmasterFile);
  const postmaster = isService ? Number(readFileSync(postmasterFile, 'utf8').split('\n', 1)[0]) : null;
  return readCpuMs(pid) + readCpuMs(postmaster, { withChildren: true });
}

let runs = 0;

/** Seconds until all captures were answered, and until all were analysed. */
async function analyse(service: Server, body: Bodies, captures: number, connections: number) {
  const ids = Array.from({ length: Math.ceil(captures / capturesPerRun) }, () => `bench-${runs++}`);
  for (const id of ids) await call(service, 'POST', '/v1/runs', [Buffer.from(JSON.stringify({ id, name: id }))]);
  const started = performance.now();
  const answered = await send(service, body, captures, connections, (index) => {
    return `/v1/runs/${ids[Math.floor(index / capturesPerRun)]}/captures?step=${index}`;
  });
  for (const id of ids) await untilAnalysed(service, id);
  return { answered, analysed: (performance.now() - started) / 1_000 };
}

async function untilAnalysed(service: Server, runId: string): Promise<void> {
  for (;;) {
    const page = await call(service, 'GET', `/v1/runs/${runId}/captures?limit=${capturesPerRun}`);
    const { items } = page as { items: { status: string }[] };
    const statuses = items.map((item) => item.status);
    if (statuses.includes('failed')) throw new Error(`a capture of ${runId} failed: ${JSON.stringify(items)}`);
    if (statuses.every((status) => status === 'done')) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Posts bodies on so many connections; answers the seconds it took. */
async function send(
  server: Server,
  body: Bodies,
  captures: number,
  connections: number,
  pathOf: (index: number) => string,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const bodies = Array.from({ length: captures }, () => body.next());
  let index = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (index < captures) {
        const at = index++;
        await call(server, 'POST', pathOf(at), bodies[at], agent);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return seconds;
}

/** Tries again a second later, as trainers do, while the service says that it is overloaded. @throws Error when the answer is no success. */
async function call(
  server: Server,
  method: string,
  path: string,
  body: Buffer[] = [],
  agent?: Agent,
  triesLeft = 20,
): Promise<unknown> {
  const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
  const sent = request(`${server.url}${path}`, {
    method,
    agent,
    headers: {
      authorization: `Bearer ${operatorToken}`,
      ...(bytes > 0 ? { 'content-length': bytes } : {}),
      ...(bytes > 0 ? { 'content-type': bytes > 10_000 ? 'application/octet-stream' : 'application/json' } : {}),
    },
  });
  for (const piece of body) sent.write(piece);
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += chunk;
  if (answer.statusCode === 503 && triesLeft > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return call(server, method, path, body, agent, triesLeft - 1);
  }
  if ((answer.statusCode ?? 500) >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`);
  return JSON.parse(text);
}

/** Asks for the runs again and again, from a thread of its own, while `work` goes on. Times in ms. */
async function probeLatency(service: Server, work: () => Promise<void>): Promise<{ p50: number; p99: number }> {
  const prober = new Worker(new URL('./probe-latency.mjs', import.meta.url), {
    workerData: { url: `${service.url}/v1/runs?limit=10`, token: operatorToken },
  });
  await once(prober, 'message');
  await work();
  prober.postMessage('stop');
  const [times] = (await once(prober, 'message')) as [number[]];
  await prober.terminate();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] as number;
  return { p50: at(0.5), p99: at(0.99) };
}

async function measureMemory(service: Server, body: Bodies, captures: number): Promise<number[]> {
  const read = async () => {
    service.process.send('memory');
    const usage = await service.receive<NodeJS.MemoryUsage>();
    return Math.round(usage.rss / 2 ** 20);
  };
  const memory = [await read()];
  for (let third = 0; third < 3; third += 1) {
    await analyse(service, body, captures, Math.min(captures, 500));
    memory.push(await read());
  }
  return memory;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = low] = sorted.length % 2 === 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The figures as lines to read. */
export function describeCaptureUpload(figures: CaptureUploadFigures): string {
  const { bytesPerCapture, uploads, latency, memoryMiB } = figures;
  const cpu = (value: number | null) => (value === null ? '-' : `${value.toFixed(2)} ms`);
  const ms = ({ p50, p99 }: { p50: number; p99: number }) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  return [
    `Captures over HTTP, ${(bytesPerCapture / 1e6).toFixed(2)} MB each (P=${positives}, K=${bins}), captures/s, medians:`,
    ...uploads.map(({ connections, bare, stored, least, answered, analysed, ratio, ...rest }) => {
      const speeds = Object.entries({ 'bare reading': bare, stored, least, 'answered 202': answered, analysed });
      const cpus = {
        sender: rest.senderCpuMs,
        bare: rest.bareCpuMs,
        least: rest.leastCpuMs,
        service: rest.serviceCpuMs,
      };
      return [
        `${connections} connections: ${speeds.map(([what, value]) => `${what} ${Math.round(value)}`).join(', ')}; analysed/bare ${ratio.toFixed(2)}`,
        `  CPU per capture: ${Object.entries(cpus)
          .map(([what, value]) => `${what} ${cpu(value)}`)
          .join(', ')} (service with its PostgreSQL)`,
      ].join('\n');
    }),
    `GET /v1/runs idle: ${ms(latency.idle)}; while captures stream in: ${ms(latency.saturated)}`,
    `resident memory after garbage collections, MiB: ${memoryMiB.join(' -> ')}`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = await measureCaptureUpload();
  console.log(process.argv.includes('--json') ? JSON.stringify(figures) : describeCaptureUpload(figures));
}
