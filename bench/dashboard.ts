// What the dashboard costs its reader: bytes before the first page, frames while long lists scroll, and the time until a chart of a million
// points is drawn. A real browser on the real service, which holds made-up incidents and runs. Usage: npm run bench:dashboard -- [--json]
// [--incidents N] [--runs N] [--points N]
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { createLogger } from '../src/platform/logger.ts';
import { logIn, openBrowser, openPage } from '../test/support/browser.ts';
import { firstLoadBytes } from '../test/support/first-load.ts';
import { makeDataFolder, type RunningService, startService, until } from '../test/support/service.ts';
import { printReport, type Row, type Section } from './support/report.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    incidents: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '1000' },
    points: { type: 'string', default: '1000000' },
  },
});
const [incidents, runs, points] = [Number(flags.incidents), Number(flags.runs), Number(flags.points)];
const pointsPerRequest = 1_000;
const lanes = 8;
/** A hard turn of the wheel: some 150 rows a second. */
const pixelsPerFrame = 200;
const frameMs = 1000 / 60;
const scrollMs = 8_000;
/** What a list of this many rows, or a chart, may take before the benchmark gives up on it. */
const longestLoadMs = 60_000;
const longestChartMs = 20_000;
const chartTurns = 5;
const began = performance.now();

const folder = makeDataFolder();
const postgres = await startEmbeddedPostgres({ dataDir: folder.path, logger: createLogger({ level: 'warn' }) });
const service = await startService(folder.path, {
  DATABASE_URL: postgres.connectionString,
  LOSSWATCH_LOG_LEVEL: 'warn',
  LOSSWATCH_RATE_LIMIT: '100000',
});
const browser = await openBrowser();
try {
  await fill(service);
  tell('filled');
  const { page } = await openPage(browser);
  await logIn(page, `${service.url}/runs`, service.token);
  const cpuMs = await mainThreadClock(page);
  const rows: Row[] = [];
  const lists = [
    ['incidents', () => openList(page, '/incidents', '[role=listitem]', incidents)],
    ['runs', () => openList(page, '/runs', '[role=row]', runs)],
    ['plain page', () => openPlainPage(page)],
  ] as const;
  for (const [list, open] of lists) {
    const known = await open();
    tell(`${list}: ${known} rows are there`);
    rows.push({ list, rows: known, ...(await scrollUp(page, cpuMs)) });
    tell(`${list}: scrolled`);
  }
  const chart = await openChart(page);
  tell('charts drawn');
  const sections: Section[] = [
    { title: 'First load', notes: [], rows: [{ 'JavaScript, gzip KB': firstLoadBytes() / 1024, 'aim KB': 250 }] },
    {
      title: 'Long lists',
      notes: [
        `${pixelsPerFrame} pixels a frame, up from the end; a frame is dropped for each ${frameMs.toFixed(1)} ms that another is late.`,
        "CPU: of the page's main thread, which neighbours on a shared machine do not change.",
      ],
      rows,
    },
    {
      title: `A chart of ${points} points`,
      notes: ['From the click on the run to the first frame with its curve, median and worst of the turns.'],
      rows: [chart],
    },
  ];
  const [cpu] = cpus();
  const load = loadavg()[0]?.toFixed(1);
  const machine = `${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}, load ${load}`;
  printReport({ machine, sections }, flags.json);
} finally {
  await browser.close();
  await service.end('SIGTERM');
  await postgres.stop();
  folder.remove();
}

/** On stderr, with the seconds since the start: what a long run is at. */
function tell(what: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s: ${what}\n`);
}

/** CPU milliseconds that the page's main thread has used so far. */
async function mainThreadClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
}

/** One incident is diagnosed for real; the others are rows like its own. */
async function fill({ call }: RunningService): Promise<void> {
  await call('POST', '/v1/runs', { id: 'charted', name: 'charted' });
  await inLanes(Math.ceil(points / pointsPerRequest), (request) => {
    const from = request * pointsPerRequest;
    const body = Array.from({ length: Math.min(pointsPerRequest, points - from) }, (_, index) => {
      const step = from + index;
      return { step, values: { loss: 4 / (1 + step / 5_000) + 0.05 * Math.sin(step * 1.7) } };
    });
    return call('POST', '/v1/runs/charted/metrics', { points: body });
  });
  await inLanes(runs - 1, (index) => call('POST', '/v1/runs', { id: `run-${index + 1}`, name: `run ${index + 1}` }));
  const text = 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB';
  await call('POST', '/v1/runs/run-1/traces', { text });
  // Of this run alone: the charted one may have incidents of its own, and must not get ten thousand more.
  const id: string = await until(
    'the incident',
    async () => (await call('GET', '/v1/incidents?run=run-1')).body.items[0]?.id ?? null,
  );
  const client = new pg.Client({ connectionString: postgres.connectionString });
  await client.connect();
  try {
    // Thousands of live events at once are another matter.
    await client.query('SET session_replication_role = replica');
    await client.query(
      `INSERT INTO incident SELECT (jsonb_populate_record(i, jsonb_build_object('id', 'inc_' || n, 'standing_id', 'inc_' || n,
         'fingerprint', 'bench-' || n, 'last_seen_at', i.last_seen_at - n * interval '1 minute'))).*
       FROM incident i, generate_series(1, $2::int) n WHERE i.id = $1`,
      [id, incidents - 1],
    );
    await client.query(
      `INSERT INTO incident_run SELECT (jsonb_populate_record(r, jsonb_build_object('incident_id', 'inc_' || n))).*
       FROM incident_run r, generate_series(1, $2::int) n WHERE r.incident_id = $1`,
      [id, incidents - 1],
    );
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

/** `count` requests, a few at a time. */
async function inLanes(count: number, send: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Goes to the end until every row is known. @throws Error when the rows do not come. */
async function openList(page: Page, path: string, row: string, count: number): Promise<number> {
  await page.goto(`${service.url}${path}`);
  await page.locator(`main ${row}`).nth(5).waitFor();
  return page.evaluate<number>(`(async () => {
    const end = performance.now() + ${longestLoadMs};
    for (;;) {
      scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const element = [...document.querySelectorAll('main ${row}')].at(-1);
      const known = Number(element.getAttribute('aria-posinset') ?? element.getAttribute('aria-rowindex') - 1);
      if (known >= ${count}) return known;
      if (performance.now() > end) throw new Error('after ${longestLoadMs} ms ${path} shows ' + known + ' of ${count} rows');
    }
  })()`);
}

/** A page of the same height without any script: what the browser and the machine can do. */
async function openPlainPage(page: Page): Promise<number> {
  const plain = Array.from({ length: incidents }, (_, index) => `<div style="height:83px">an incident ${index}</div>`);
  await page.goto('about:blank');
  await page.setContent(plain.join(''));
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  return incidents;
}

async function scrollUp(page: Page, cpuMs: () => Promise<number>): Promise<Row> {
  const cpuBefore = await cpuMs();
  const frames = await page.evaluate<number[]>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const frames = [];
    const end = performance.now() + ${scrollMs};
    let before = await frame();
    while (scrollY > 0 && before < end) {
      scrollBy(0, -${pixelsPerFrame});
      const now = await frame();
      frames.push(now - before);
      before = now;
    }
    return frames;
  })()`);
  const cpu = (await cpuMs()) - cpuBefore;
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const dropped = frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / frameMs) - 1), 0);
  return {
    frames: frames.length,
    'median ms': at(0.5),
    '95th percentile ms': at(0.95),
    'worst ms': at(1),
    'dropped %': (100 * dropped) / (dropped + frames.length),
    'CPU ms a frame': cpu / frames.length,
  };
}

async function openChart(page: Page): Promise<Row> {
  const turns: number[] = [];
  for (let turn = 0; turn < chartTurns; turn += 1) {
    await page.goto(`${service.url}/runs?q=charted`);
    await page.getByRole('link', { name: 'charted' }).waitFor();
    const ms = await page.evaluate<number>(`(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const start = performance.now();
      document.querySelector('main a[href="/runs/charted"]').click();
      while (document.querySelector('section[aria-label="loss"] canvas') === null) {
        await frame();
        if (performance.now() - start > ${longestChartMs}) throw new Error('after ${longestChartMs} ms no chart is drawn');
      }
      await frame();
      return performance.now() - start;
    })()`);
    turns.push(ms);
  }
  const sorted = [...turns].sort((a, b) => a - b);
  return {
    'first ms': turns[0] ?? Number.NaN,
    'median ms': sorted[chartTurns >> 1] ?? Number.NaN,
    'worst ms': sorted.at(-1) ?? Number.NaN,
  };
}
