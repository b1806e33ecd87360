// The recorded runs of eval/runs (made by eval/trainer/record.py), and pushing one to a service as its trainer would have.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from '../src/main/api-client.ts';
import { replayCapture, stepOf } from '../src/main/replay-recorded-run.ts';

export interface RecordedRun {
  name: string;
  folder: string;
  /** Failure class that the run shows; null for a clean run. */
  failure: string | null;
  /** Step from which on it is broken. */
  onset: number | null;
  steps: number;
  /** Names of recorded runs that its project had before. */
  siblings: string[];
}

/** Steps of one request, as a trainer that logs now and then sends them. */
const stepsPerPush = 10;
/** What a run that stalls had announced before it fell silent. */
const announcedS = 2;

export async function listRecordedRuns(root: string): Promise<RecordedRun[]> {
  const names = (await readdir(root)).sort();
  return Promise.all(
    names.map(async (name) => {
      const folder = join(root, name);
      return { name, folder, siblings: [], ...JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')) };
    }),
  );
}

/** Pushes the runs under their names, those that stand beside one before it. */
export async function pushRecordedRun(
  client: ApiClient,
  run: RecordedRun,
  runs: readonly RecordedRun[],
): Promise<void> {
  for (const name of run.siblings) {
    const sibling = runs.find((other) => other.name === name);
    if (!sibling) throw new Error(`${run.name} stands beside ${name}, which was not recorded`);
    await push(client, sibling, { id: `${run.name}-${name}`, project: run.name });
  }
  // A project of its own: runs of one project that fail alike share an incident.
  await push(client, run, { id: run.name, project: run.name });
}

/** Points and captures in the order of their steps, then the run's end, unless it stalls. */
async function push(client: ApiClient, run: RecordedRun, place: { id: string; project: string }): Promise<void> {
  const path = `/v1/runs/${place.id}`;
  const facts = JSON.parse(await readFile(join(run.folder, 'run.json'), 'utf8'));
  await client.call('POST', '/v1/runs', { ...facts, ...place });
  const lines = (await readFile(join(run.folder, 'metrics.ndjson'), 'utf8')).trimEnd().split('\n');
  const captures = (await readdir(join(run.folder, 'captures'))).sort();
  for (let first = 0; first < lines.length; first += stepsPerPush) {
    const next = first + stepsPerPush;
    const bytes = Buffer.from(`${lines.slice(first, next).join('\n')}\n`);
    await client.call('POST', `${path}/metrics`, { contentType: 'application/x-ndjson', bytes });
    for (const name of captures) {
      const step = stepOf(name);
      if (step >= first && step < next) await replayCapture(client, path, join(run.folder, 'captures', name), name);
    }
  }
  if (run.failure === 'run-stalled') {
    const heartbeat = { phase: 'step', step: run.steps - 1, expect_next_in_s: announcedS };
    await client.call('POST', `${path}/heartbeat`, heartbeat);
  } else await client.call('PATCH', path, { status: 'finished' });
}
