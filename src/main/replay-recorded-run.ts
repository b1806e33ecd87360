// Pushes a recorded run (examples/README.md) through the public HTTP API in the order in which its trainer would have: the run, console
// output in pieces as a pipe delivers them, metric points, captures, and the traceback last.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../contracts/runs.ts';
import type { ApiClient } from './api-client.ts';

export interface ReplayedRun {
  runId: string;
  logLines: number;
  points: number;
  captures: number;
  traces: number;
}

/** Bytes per piece of console output, in turn: cuts fall inside lines, words and characters. */
const pieceBytes = [13, 257, 1, 61, 4_099];

/** Replays `folder` as run `runId`. @throws Error when a file is missing or a call is refused. */
export async function replayRecordedRun(options: {
  client: ApiClient;
  folder: string;
  runId: string;
}): Promise<ReplayedRun> {
  const { client, folder, runId } = options;
  const files = (await readdir(folder)).sort();
  const path = `/v1/runs/${runId}`;
  await client.call<Run>('POST', '/v1/runs', { ...JSON.parse(await readText(folder, 'run.json')), id: runId });
  const replayed: ReplayedRun = { runId, logLines: 0, points: 0, captures: 0, traces: 0 };
  for (const name of files.filter((file) => file.endsWith('.log'))) {
    replayed.logLines += await replayLog(client, path, name, await readFile(join(folder, name)));
  }
  const metrics = { contentType: 'application/x-ndjson', bytes: await readFile(join(folder, 'metrics.ndjson')) };
  replayed.points = (await client.call<{ accepted: number }>('POST', `${path}/metrics`, metrics)).accepted;
  const captures = (await readdir(join(folder, 'captures'))).sort();
  for (const name of captures) await replayCapture(client, path, join(folder, 'captures', name), name);
  const traces = files.filter((file) => file.startsWith('trace'));
  for (const name of traces) await replayTrace(client, path, await readText(folder, name), name, captures);
  await client.call<Run>('PATCH', path, { status: traces.length > 0 ? 'failed' : 'finished' });
  return { ...replayed, captures: captures.length, traces: traces.length };
}

async function replayLog(client: ApiClient, path: string, source: string, bytes: Uint8Array): Promise<number> {
  let lines = 0;
  for (let start = 0, piece = 0; start < bytes.length; piece++) {
    const end = start + (pieceBytes[piece % pieceBytes.length] ?? 1);
    const body = { contentType: 'text/plain', bytes: bytes.subarray(start, end) };
    lines += (await client.call<{ lines: number }>('POST', `${path}/logs?source=${source}`, body)).lines;
    start = end;
  }
  return lines;
}

/** `path` is that of the run; step and rank are in the file's name. */
export async function replayCapture(client: ApiClient, path: string, file: string, name: string): Promise<void> {
  const body = { contentType: 'application/vnd.safetensors', bytes: await readFile(file) };
  await client.call('POST', `${path}/captures?step=${stepOf(name)}&rank=${rankOf(name)}`, body);
}

/** The trainer was at the step of its rank's last capture. */
async function replayTrace(
  client: ApiClient,
  path: string,
  text: string,
  name: string,
  captures: string[],
): Promise<void> {
  const rank = rankOf(name);
  const last = captures.filter((capture) => rankOf(capture) === rank).at(-1);
  await client.call('POST', `${path}/traces`, { text, rank, ...(last === undefined ? {} : { step: stepOf(last) }) });
}

function readText(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}

/** step-0012-rank3.safetensors is step 12 of rank 3. */
export function stepOf(name: string): number {
  return Number(/step-(\d+)/.exec(name)?.[1] ?? 0);
}

function rankOf(name: string): number {
  return Number(/rank(\d+)/.exec(name)?.[1] ?? 0);
}
