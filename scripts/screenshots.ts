// Screenshots for the README: starts the service on a scratch folder, replays the recorded runs and photographs the dashboard.
// Usage: npm run screenshots      writes docs/images/*.png (Chinese needs a Chinese font on this machine)
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { IncidentSummary } from '../src/contracts/incidents.ts';
import { createApiClient } from '../src/main/api-client.ts';
import { startEmbedded } from '../src/main/embedded.ts';
import { replayRecordedRun } from '../src/main/replay-recorded-run.ts';
import { logIn, openBrowser, openPage } from '../test/support/browser.ts';
import { boundTrace } from '../test/support/story.ts';

const images = 'docs/images';
const tall = { viewport: { width: 1280, height: 1500 } };
const dataDir = mkdtempSync(join(tmpdir(), 'losswatch-screenshots-'));
mkdirSync(images, { recursive: true });
const service = await startEmbedded({
  env: { LOSSWATCH_DATA: dataDir, LOSSWATCH_PORT: '0', LOSSWATCH_LOG_LEVEL: 'warn' },
});
const browser = await openBrowser();
try {
  const client = createApiClient({ url: service.url, token: service.adminToken, locale: 'en' });
  for (const recording of ['ppyoloe-masked-select', 'ppyoloe-labels', 'ppyoloe-healthy']) {
    await replayRecordedRun({ client, folder: join('examples/recorded', recording), runId: recording });
  }
  const incidents = await waitForIncidents(2);
  const story = incidents.find((incident) => incident.runs.includes('ppyoloe-masked-select'));
  const page = `${service.url}/incidents/${story?.id}`;
  await photograph('incidents', `${service.url}/incidents`, { viewport: { width: 1280, height: 560 } });
  await photograph('alerts', `${service.url}/alerts`, { viewport: { width: 1280, height: 900 } }, async (page) => {
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
  });
  await photograph('settings-zh', `${service.url}/settings`, {
    viewport: { width: 1280, height: 900 },
    locale: 'zh-CN',
    colorScheme: 'dark',
  });
  await photograph('incident', page, tall);
  await photograph('incident-zh', page, { ...tall, locale: 'zh-CN', colorScheme: 'dark' });
  await photograph('incident-phone', page, { viewport: { width: 375, height: 800 }, deviceScaleFactor: 2 });

  await photograph('system', `${service.url}/system`, { viewport: { width: 1280, height: 900 } });
  await photograph('diagnose', `${service.url}/diagnose`, tall, async (page) => {
    await page.getByLabel('Traceback or log').fill(boundTrace(-3, 'lower'));
    await page.getByLabel('Packages').fill('paddlepaddle-gpu==2.3.2');
    await page.getByRole('button', { name: 'Diagnose', exact: true }).click();
    await page.getByText('Rules that fired').waitFor();
  });

  async function waitForIncidents(count: number): Promise<IncidentSummary[]> {
    for (let tries = 0; tries < 300; tries += 1) {
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

async function photograph(
  name: string,
  url: string,
  options: Parameters<typeof openPage>[1],
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<void> {
  const { page, problems, close } = await openPage(browser, options);
  await logIn(page, url, service.adminToken);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await prepare(page);
  await page.waitForTimeout(800);
  await page.screenshot({ path: join(images, `${name}.png`) });
  if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
  console.log(`${images}/${name}.png`);
  await close();
}
