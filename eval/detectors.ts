// `npm run eval:detectors [-- --json] [-- --runs FOLDER]`: replays recorded runs, clean and broken ones, through the HTTP API of a service
// of its own, and tells what was found of what is wrong with them. See eval/README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printReport } from '../bench/support/report.ts';
import { type ApiClient, createApiClient } from '../src/main/api-client.ts';
import { startEmbedded } from '../src/main/embedded.ts';
import { listRecordedRuns, pushRecordedRun } from './recorded-runs.ts';
import { type DetectionScore, type JudgedRun, scoreDetection } from './score-detection.ts';

/** How long a silent run may take to be noticed. */
const stallLimitMs = 120_000;
const pollMs = 250;
/** Nothing waits and nothing runs for so many polls: all has been said. */
const quietPolls = 12;

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: 'eval/runs' } },
});
const runs = await listRecordedRuns(values.runs);
const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-eval-'));
const service = await startEmbedded({
  env: { LOSSWATCH_DATA: dataDir, LOSSWATCH_PORT: '0', LOSSWATCH_LOG_LEVEL: 'error', LOSSWATCH_DFL_BACKEND: 'cpu' },
});
try {
  const client = createApiClient({ url: service.url, token: service.adminToken, locale: 'en' });
  for (const run of runs) {
    process.stderr.write(`${run.name}\n`);
    await pushRecordedRun(client, run, runs);
  }
  await untilQuiet(client);
  const stalled = runs.filter(({ failure }) => failure === 'run-stalled').map(({ name }) => name);
  await untilStalled(client, stalled);
  const judged = await Promise.all(
    runs.map(async (run): Promise<JudgedRun> => ({ run, incidents: await incidentsOf(client, run.name) })),
  );
  print(scoreDetection(judged));
} finally {
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

async function incidentsOf(client: ApiClient, run: string) {
  const { items } = await client.call<{ items: { class: string; first_step: number | null }[] }>(
    'GET',
    `/v1/incidents?run=${run}&limit=100`,
  );
  return items.map((item) => ({ class: item.class, firstStep: item.first_step }));
}

async function untilQuiet(client: ApiClient): Promise<void> {
  for (let quiet = 0; quiet < quietPolls; ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    const { queue, captures } = await client.call<{
      queue: Record<string, { waiting: number; active: number }> | null;
      captures: { pending: number };
    }>('GET', '/v1/system');
    const busy = Object.values(queue ?? {}).some(({ waiting, active }) => waiting + active > 0) || captures.pending > 0;
    quiet = busy ? 0 : quiet + 1;
  }
}

async function untilStalled(client: ApiClient, names: string[]): Promise<void> {
  const end = Date.now() + stallLimitMs;
  while (Date.now() < end) {
    const found = await Promise.all(names.map((name) => incidentsOf(client, name)));
    if (found.every((incidents) => incidents.some((incident) => incident.class === 'run-stalled'))) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function print(score: DetectionScore): void {
  const perTenThousand = (1e4 * score.falseIncidents.length) / score.cleanSteps;
  const sections = [
    {
      title: 'Broken runs',
      notes: [
        'Delay: steps from the onset to the first step of the incident. Surplus: incidents per run beyond the one.',
      ],
      rows: score.classes.map(({ failure, runs: count, caught, medianDelay, surplus, opened }) => ({
        failure,
        runs: count,
        recall: caught / count,
        'median delay': medianDelay ?? Number.NaN,
        surplus,
        opened: Object.entries(opened)
          .map(([name, times]) => `${name} x${times}`)
          .join(', '),
      })),
    },
    {
      title: 'False incidents',
      notes: [
        `${score.falseIncidents.length} in ${score.cleanSteps} clean steps (${score.cleanRuns} clean runs, and the others before their onset): ${perTenThousand.toFixed(1)} per 10,000.`,
      ],
      rows: score.falseIncidents.map(({ run, class: failure, step }) => ({ run, failure, step: step ?? Number.NaN })),
    },
  ];
  if (values.json) process.stdout.write(`${JSON.stringify(score)}\n`);
  else printReport({ machine: `${cpus()[0]?.model.trim()}, Node ${process.version}`, sections }, false);
}
