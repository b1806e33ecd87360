// Photographs every page of the dashboard, in both languages and on both themes: starts the service on a scratch folder, replays the
// recorded runs and looks. All pictures go to screenshots/, which git
// ignores; those that the READMEs show go to docs/images/ as well.
// Usage: npm run screenshots [-- NAME ...]      only the pages of these names
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { IncidentSummary } from '../src/contracts/incidents.ts';
import { createApiClient } from '../src/main/api-client.ts';
import { startEmbedded } from '../src/main/embedded.ts';
import { replayRecordedRun } from '../src/main/replay-recorded-run.ts';
import { logIn, openBrowser, openPage } from '../test/support/browser.ts';
import { boundTrace, makeCapture } from '../test/support/story.ts';

const all = 'screenshots';
const kept = 'docs/images';
const looks = [
  { suffix: '', locale: 'en-US', colorScheme: 'light' },
  { suffix: '-zh', locale: 'zh-CN', colorScheme: 'dark' },
  { suffix: '-dark', locale: 'en-US', colorScheme: 'dark' },
  { suffix: '-zh-light', locale: 'zh-CN', colorScheme: 'light' },
] as const;

interface Shot {
  name: string;
  path: string;
  height?: number;
  phone?: true;
  /** What is done before the picture is taken. */
  prepare?: (page: Page) => Promise<void>;
}
/** Names of the pictures that the READMEs show. */
const shown = new Set([
  'incident',
  'incident-zh',
  'incidents',
  'incident-phone',
  'diagnose-capture',
  'diagnose-capture-zh',
]);

const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-screenshots-'));
for (const folder of [all, kept]) mkdirSync(folder, { recursive: true });
const service = await startEmbedded({
  env: { LOSSWATCH_DATA: dataDir, LOSSWATCH_PORT: '0', LOSSWATCH_LOG_LEVEL: 'warn' },
});
const browser = await openBrowser();
try {
  const client = createApiClient({ url: service.url, token: service.adminToken, locale: 'en' });
  for (const recording of ['ppyoloe-masked-select', 'ppyoloe-labels', 'ppyoloe-healthy']) {
    await replayRecordedRun({ client, folder: join('examples/recorded', recording), runId: recording });
  }
  await setUpAlerts(client);
  const incidents = await waitForIncidents(2);
  const story = incidents.find((incident) => incident.runs.includes('ppyoloe-masked-select'));
  const wanted = new Set(process.argv.slice(2));
  for (const shot of shotsOf(story?.id ?? '')) {
    if (wanted.size > 0 && !wanted.has(shot.name)) continue;
    for (const look of looks) await photographSoon(shot, look);
  }

  async function waitForIncidents(count: number): Promise<IncidentSummary[]> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { items } = await client.call<{ items: IncidentSummary[] }>('GET', '/v1/incidents');
      if (items.length === count && items.every((item) => item.class === 'target-out-of-bound' && item.cause))
        return items;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`waited in vain for ${count} incidents`);
  }
} finally {
  await browser.close();
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

/** Somebody to tell, one who is told of vision only, and times in which nobody is. The addresses are never reached. */
async function setUpAlerts(client: ReturnType<typeof createApiClient>): Promise<void> {
  const oncall = { url: 'https://hooks.example.com/services/T0/B0/oncall', format: 'slack' };
  const receiver = { url: 'https://alerts.example.com/losswatch', format: 'alertmanager', locale: 'zh' };
  const [first, second] = [
    await client.call<{ id: string }>('POST', '/v1/webhooks', oncall),
    await client.call<{ id: string }>('POST', '/v1/webhooks', receiver),
  ];
  const vision = { label: 'project', op: '=', value: 'vision' };
  const quiet = { from: '22:00', to: '08:00', time_zone: 'Asia/Shanghai' };
  const critical = { label: 'severity', op: '=', value: 'critical' };
  for (const route of [
    { name: 'vision on call', matchers: [vision], endpoints: [first.id], quiet_hours: quiet },
    { name: 'everything critical', matchers: [critical], endpoints: [first.id, second.id] },
  ])
    await client.call('POST', '/v1/routes', route);
  const now = Date.now() / 1000;
  const silence = { matchers: [{ label: 'class', op: '=', value: 'disk-full' }], reason: 'The disk is being replaced' };
  await client.call('POST', '/v1/silences', { ...silence, ends_at: now + 7_200 });
  const window = { name: 'Patch day', repeat: { every: 'week', time_zone: 'Asia/Shanghai' } };
  await client.call('POST', '/v1/maintenance-windows', { ...window, starts_at: now + 86_400, ends_at: now + 93_600 });
}

function shotsOf(incident: string): Shot[] {
  const run = '/runs/ppyoloe-masked-select';
  return [
    { name: 'overview', path: '/' },
    { name: 'incidents', path: '/incidents', height: 560 },
    { name: 'incidents-filters', path: '/incidents?class=target-out-of-bound' },
    { name: 'incident', path: `/incidents/${incident}`, height: 1500 },
    { name: 'incident-phone', path: `/incidents/${incident}`, phone: true },
    { name: 'runs', path: '/runs', height: 560 },
    { name: 'run', path: '/runs/ppyoloe-labels', height: 1100 },
    { name: 'run-captures', path: `${run}?tab=captures`, height: 1100 },
    { name: 'run-log', path: `${run}?tab=log` },
    { name: 'run-config', path: `${run}?tab=config` },
    { name: 'diagnose-text', path: '/diagnose', height: 1500, prepare: diagnoseText },
    { name: 'diagnose-capture', path: '/diagnose', height: 1500, prepare: diagnoseCapture },
    { name: 'alerts', path: '/alerts', height: 1100, prepare: openForm },
    { name: 'alerts-routes', path: '/alerts?tab=routes', height: 1300, prepare: tryRoutes },
    { name: 'alerts-silences', path: '/alerts?tab=silences', height: 1100, prepare: openForm },
    { name: 'alerts-maintenance', path: '/alerts?tab=maintenance', height: 1100, prepare: openForm },
    { name: 'settings', path: '/settings', height: 1300, prepare: tryDetectors },
    { name: 'settings-tokens', path: '/settings?tab=tokens' },
    { name: 'settings-catalogue', path: '/settings?tab=catalogue' },
    { name: 'system', path: '/system' },
  ];
}

async function diagnoseText(page: Page): Promise<void> {
  await page.locator('main textarea').first().fill(boundTrace(-3, 'lower'));
  await page.getByPlaceholder('paddlepaddle-gpu==2.3.2').fill('paddlepaddle-gpu==2.3.2');
  await page.locator('main button[type=submit]').click();
  await page.getByText(/Rules that fired|触发的规则/).waitFor();
}

async function diagnoseCapture(page: Page): Promise<void> {
  const capture = makeCapture({ lo: 0, hi: 17, garbage: [28, 60, -3], seed: 5 }, { fault: true, step: 1 });
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /Choose a file|选择文件/ }).click(),
  ]);
  await chooser.setFiles({ name: 'step-1.safetensors', mimeType: '', buffer: Buffer.from(capture) });
  await page.getByText('step-1.safetensors').waitFor();
  await page.getByPlaceholder('paddlepaddle-gpu==2.3.2').fill('paddlepaddle-gpu==2.3.2');
  await page.getByPlaceholder('gpu', { exact: true }).fill('gpu');
  await page.locator('main button[type=submit]').first().click();
  await page.getByText(/Targets over the bins|目标在各区间的分布/).waitFor();
}

async function openForm(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^(Add an? |添加)/ })
    .first()
    .click();
  await page.locator('form').first().waitFor();
}

async function tryRoutes(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Try|试走)$/ }).click();
  await page
    .getByRole('status')
    .filter({ hasText: /would|这样的事件/ })
    .waitFor();
}

async function tryDetectors(page: Page): Promise<void> {
  await page.getByText(/The loss jumps|损失突然跳升/).click();
  await page.getByPlaceholder(/Id of the run|运行的 id/).fill('ppyoloe-masked-select');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^(Try|试运行)$/ }).click();
  await page.getByText(/findings? in|个发现/).waitFor();
}

/** A busy machine lets the service refuse a request as overloaded: the picture is taken again, three times at most. */
async function photographSoon(shot: Shot, look: (typeof looks)[number]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const problems = await photograph(shot, look);
    if (problems.length === 0) return;
    if (tries === 3) throw new Error(`${shot.name}${look.suffix}: ${problems.join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}

/** Answers what went wrong on the page. */
async function photograph(
  { name, path, height = 900, phone, prepare }: Shot,
  look: (typeof looks)[number],
): Promise<string[]> {
  const { locale, colorScheme, suffix } = look;
  const size = phone
    ? { viewport: { width: 375, height: 800 }, deviceScaleFactor: 2 }
    : { viewport: { width: 1280, height } };
  const { page, problems, close } = await openPage(browser, { ...size, locale, colorScheme });
  await logIn(page, `${service.url}${path}`, service.adminToken);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await prepare?.(page);
  await page.waitForTimeout(1_500);
  const picture = await page.screenshot({ path: join(all, `${name}${suffix}.png`) });
  if (problems.length === 0 && shown.has(`${name}${suffix}`))
    await page.screenshot({ path: join(kept, `${name}${suffix}.png`) });
  console.log(`${all}/${name}${suffix}.png ${Math.round(picture.length / 1024)} KB`);
  await close();
  return problems;
}
