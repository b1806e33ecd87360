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
import { printReport, type Section } from './support/report.ts';

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
const scrollMs = 15_000;
const longestLoadMs = 300_000;
const chartTurns = 5;

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
  process.stderr.write('filled\n');
  const { page } = await openPage(browser);
  await logIn(page, `${service.url}/runs`, service.token);
  const rows = [
    { list: 'incidents', ...(await scroll(page, '/incidents', '[role=listitem]')) },
    { list: 'runs', ...(await scroll(page, '/runs', '[role=row]')) },
    { list: 'plain page', ...(await scrollBare(page)) },
  ];
  const sections: Section[] = [
    { title: 'First load', notes: [], rows: [{ 'JavaScript, gzip KB': firstLoadBytes() / 1024, 'aim KB': 250 }] },
    {
      title: 'Long lists',
      notes: [
        `${pixelsPerFrame} pixels a frame, up from the end; a frame is dropped for each ${frameMs.toFixed(1)} ms that another is late.`,
      ],
      rows,
    },
    {
      title: `A chart of ${points} points`,
      notes: ['From the click on the run to the first frame with its curve, median and worst of the turns.'],
      rows: [await openChart(page)],
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
  const id: string = await until(
    'the incident',
    async () => (await call('GET', '/v1/incidents')).body.items[0]?.id ?? null,
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

interface Scrolled {
  [column: string]: number;
}

/** Goes to the end, so that every row is known, and scrolls back up from there. */
async function scroll(page: Page, path: string, row: string): Promise<Scrolled> {
  await page.goto(`${service.url}${path}`);
  await page.locator(`main ${row}`).nth(5).waitFor();
  const known = await page.evaluate<number>(`(async () => {
    const end = performance.now() + ${longestLoadMs};
    const last = () => {
      const element = [...document.querySelectorAll('main ${row}')].at(-1);
      return Number(element.getAttribute('aria-posinset') ?? element.getAttribute('aria-rowindex') - 1);
    };
    // The end is where more rows have not come for three seconds.
    for (let still = 0, before = 0; still < 30 && performance.now() < end; ) {
      scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((resolve) => setTimeout(resolve, 100));
      still = last() === before ? still + 1 : 0;
      before = last();
    }
    return last();
  })()`);
  return { rows: known, ...(await scrollUp(page)) };
}

/** A page of the same height without any script: what the browser and the machine can do. */
async function scrollBare(page: Page): Promise<Scrolled> {
  const rows = Array.from({ length: incidents }, (_, index) => `<div style="height:76px">an incident ${index}</div>`);
  await page.goto('about:blank');
  await page.setContent(rows.join(''));
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  return { rows: incidents, ...(await scrollUp(page)) };
}

async function scrollUp(page: Page): Promise<Scrolled> {
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
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const dropped = frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / frameMs) - 1), 0);
  return {
    frames: frames.length,
    'median ms': at(0.5),
    '95th percentile ms': at(0.95),
    'worst ms': at(1),
    'dropped frames': dropped,
    'dropped %': (100 * dropped) / (dropped + frames.length),
  };
}

async function openChart(page: Page): Promise<Scrolled> {
  const turns: number[] = [];
  for (let turn = 0; turn < chartTurns; turn += 1) {
    await page.goto(`${service.url}/runs?q=charted`);
    await page.getByRole('link', { name: 'charted' }).waitFor();
    const ms = await page.evaluate<number>(`(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const start = performance.now();
      document.querySelector('main a[href="/runs/charted"]').click();
      while (document.querySelector('section[aria-label="loss"] canvas') === null) await frame();
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
