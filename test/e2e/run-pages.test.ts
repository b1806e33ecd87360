// Overview, runs and one run in a real browser against the real service: from an empty page to a chart, a capture and a line of a log.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, logIn, openBrowser, openPage } from '../support/browser.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture } from '../support/story.ts';

const run = 'curves';
let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  folder = makeDataFolder();
  service = await startService(folder.path);
  browser = await openBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await service?.end('SIGTERM');
  folder?.remove();
});

/** A page of a logged-in reader; `problems` must stay empty. */
async function open(path: string, options: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage(browser, options);
  await logIn(opened.page, `${service.url}${path}`, service.token);
  await opened.page.getByRole('heading', { level: 1 }).waitFor();
  return opened;
}

/** 300 steps of a falling loss with a spike and a NaN, and a rate. */
function points(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) => {
    const step = from + index;
    const loss = step === 200 ? 400 : step === 280 ? 'NaN' : 4 / (1 + step / 50) + 0.05 * Math.sin(step);
    return { step, values: { loss, lr: 0.01 } };
  });
}

const parameters = (page: Page) => new URL(page.url()).searchParams;

describe('a service without runs', () => {
  it('teaches how to send the first run, and lights up when its first point comes', async () => {
    const { page, problems, close } = await open('/');
    await page.getByText('Waiting for the first point').waitFor();
    await page.getByRole('button', { name: 'Make a token and fill it in' }).click();
    await page.getByText('Made a token that may only send data').waitFor();
    const commands = await page.locator('main pre').innerText();
    const token = /LOSSWATCH_TOKEN=(\S+)/.exec(commands)?.[1] ?? '';
    const send = (path: string, body: object) => service.call('POST', path, body, { authorization: `Bearer ${token}` });
    expect((await send('/v1/runs', { id: 'first-run', name: 'My first run' })).status).toBe(201);
    await page.getByText('My first run is registered').waitFor();
    await send('/v1/runs/first-run/metrics', { points: [{ step: 1, values: { loss: 2.3 } }] });
    await page.getByText('The first point has come').waitFor();
    await page.getByRole('link', { name: 'Open the run' }).click();
    await page.getByRole('heading', { level: 1, name: 'My first run' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

describe('with runs', () => {
  beforeAll(async () => {
    await service.call('POST', '/v1/runs', {
      id: run,
      name: 'ppyoloe curves',
      project: 'vision',
      config: { PPYOLOEHead: { reg_range: [0, 17] } },
      ...faultyEnvironment,
    });
    await service.call('POST', `/v1/runs/${run}/metrics`, { points: points(0, 300) });
    await service.call('POST', '/v1/runs', { id: 'other', name: 'the other run' });
    await service.call('POST', '/v1/runs/other/metrics', {
      points: points(0, 100).map(({ step }) => ({ step, rank: 0, values: { loss: 3 } })),
    });
    const log = Array.from({ length: 400 }, (_, index) => `some line ${index}\n`).join('');
    await service.call(
      'POST',
      `/v1/runs/${run}/logs?source=train.log`,
      `${log}${logLine(0, { cls: 0.6, iou: 1, dfl: 1, l1: 1 })}`,
    );
    await service.call('POST', `/v1/runs/${run}/logs?source=train.log`, `${boundTrace(-3, 'lower')}\n${log}`);
    const capture = makeCapture({ lo: 0, hi: 17, garbage: [28, 60, -3], seed: 5 }, { fault: true, step: 1 });
    await service.call('POST', `/v1/runs/${run}/captures?step=1`, capture);
    await until('the findings', async () => {
      const { body } = await service.call('GET', `/v1/runs/${run}/findings`);
      const kinds = new Set(body.items.map(({ kind }: { kind: string }) => kind));
      return kinds.has('metric') && kinds.has('capture') ? true : null;
    });
    await until('the incident', async () => {
      const { body } = await service.call('GET', `/v1/incidents?run=${run}&class=target-out-of-bound`);
      return body.items[0] ?? null;
    });
  }, 120_000);

  it('shows how all runs do, and a new incident without a reload', async () => {
    const { page, problems, close } = await open('/');
    const row = page.getByRole('row', { name: /ppyoloe curves/ });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/vision/);
    await page.getByRole('heading', { name: 'Open now' }).waitFor();
    await service.call('POST', '/v1/runs/other/traces', {
      text: 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
    });
    await page
      .getByRole('link', { name: /memory/i })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'ppyoloe curves' }).click();
    await page.waitForURL(`**/runs/${run}`);
    expect(problems).toEqual([]);
    await close();
  });

  it('says when the live connection is lost, and that it is back', async () => {
    const { page, close } = await open('/runs');
    const sign = page.getByText('Live', { exact: true });
    await sign.waitFor();
    await page.context().setOffline(true);
    await page.getByText('The live connection is lost').waitFor({ timeout: 60_000 });
    await page.context().setOffline(false);
    await page.getByText('The live connection is lost').waitFor({ state: 'detached' });
    await sign.waitFor();
    await close();
  }, 90_000);

  it('finds a run in the table, with the search in the address', async () => {
    const { page, problems, close } = await open('/runs');
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    await page.getByRole('searchbox').fill('curves');
    await page.getByRole('link', { name: 'the other run' }).waitFor({ state: 'detached' });
    expect(parameters(page).get('q')).toBe('curves');
    await page.getByRole('link', { name: 'ppyoloe curves' }).click();
    await page.getByRole('heading', { level: 1, name: 'ppyoloe curves' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('keeps range, scale, smoothing and other runs of its charts in the address', async () => {
    const { page, problems, close } = await open(`/runs/${run}`);
    const loss = page.getByRole('region', { name: 'loss', exact: true });
    const plot = loss.locator('.u-over');
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the chart has no place on the page');
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=/);
    const [from, to] = [Number(parameters(page).get('from')), Number(parameters(page).get('to'))];
    expect(from).toBeGreaterThan(50);
    expect(to).toBeLessThan(170);
    await page.getByRole('switch', { name: 'Log scale' }).click();
    await page.getByRole('combobox', { name: 'Compare with' }).fill('other');
    await page.getByRole('option', { name: /the other run/ }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL(/with=other/);
    expect(parameters(page).get('log')).toBe('true');
    await page.reload();
    await loss.getByText('the other run').waitFor();
    await page.getByRole('button', { name: 'Show the whole run' }).click();
    await page.waitForURL((url) => !url.searchParams.has('from'));
    expect(problems).toEqual([]);
    await close();
  });

  it('flags the incidents on its charts where they were first seen, each a link', async () => {
    const { page, problems, close } = await open(`/runs/${run}`);
    const loss = page.getByRole('region', { name: 'loss', exact: true });
    const flag = loss.locator('a[title^="Loss target -3"]');
    await flag.waitFor();
    await page.getByRole('link', { name: /Loss target -3/ }).waitFor();
    await flag.click();
    await page.waitForURL(/\/incidents\/inc_/);
    await page.getByRole('heading', { level: 1, name: /Loss target -3/ }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('shows a reader of one project its runs and nothing that changes or belongs to others', async () => {
    const made = await service.call('POST', '/v1/tokens', { name: 'viewer', role: 'read', project: 'vision' });
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/runs`, made.body.token);
    await page.getByRole('link', { name: 'ppyoloe curves' }).waitFor();
    expect(await page.getByRole('link', { name: 'the other run' }).count()).toBe(0);
    await page.getByRole('link', { name: 'ppyoloe curves' }).click();
    await page.getByRole('region', { name: 'loss', exact: true }).waitFor();
    for (const name of ['Captures', 'Console output', 'Configuration']) {
      await page.getByRole('tab', { name }).click();
      await page.getByRole('tabpanel', { name }).waitFor();
    }
    await page.goto(`${service.url}/runs/other`);
    await page.getByRole('heading', { level: 1, name: 'There is no such run' }).waitFor();
    await page.goto(`${service.url}/settings`);
    await page.getByText('The loss jumps').click();
    expect(
      await page.getByRole('textbox', { name: 'factor times', exact: true }).getAttribute('readonly'),
    ).not.toBeNull();
    for (const name of ['Save', 'Tokens'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
    await page.goto(`${service.url}/diagnose`);
    await page.getByLabel('Traceback or log').fill(boundTrace(-3, 'lower'));
    await page.getByRole('button', { name: 'Diagnose', exact: true }).click();
    await page.getByText('Rules that fired').waitFor();
    expect(await page.getByRole('button', { name: 'Keep it in this run' }).count()).toBe(0);
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
    await close();
  });

  it('tells in tables what its charts show: the last value, extremes, lost values and anomalies', async () => {
    const { page, problems, close } = await open(`/runs/${run}?table=true`);
    const table = page.getByRole('region', { name: 'Table of loss', exact: true });
    await table.waitFor();
    const text = await table.innerText();
    expect(text).toMatch(/400 \(step 200\)/);
    expect(text).toMatch(/1 NaN/);
    await page
      .getByRole('button', { name: /Show the \d+ anomal/ })
      .first()
      .click();
    await page
      .getByRole('dialog')
      .getByText(/200|280/)
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('searches the log, and jumps to the line of an incident', async () => {
    const { page, problems, close } = await open(`/runs/${run}?tab=log`);
    await page.getByRole('searchbox').fill('some line 17');
    await page.getByText('22 lines found').waitFor();
    await page.getByRole('button', { name: 'Show line 18 in its place' }).first().click();
    await page.waitForURL(/line=17(&|$)/);
    await page.locator('li[data-marked]').getByText('some line 17').waitFor();
    await page.getByRole('button', { name: /Loss target -3/ }).click();
    await page
      .locator('li[data-marked]')
      .getByText(/Target -3/)
      .waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('looks again at an older page of captures until their analyses have come', async () => {
    const { page, problems, close } = await openPage(browser);
    const { items } = (await service.call('GET', `/v1/runs/${run}/captures`)).body;
    let asked = 0;
    await page.route(/\/captures\?/, (route) => {
      if (!route.request().url().includes('cursor=older'))
        return route.fulfill({ json: { items, next_cursor: 'older' } });
      asked += 1;
      const older = { ...items[0], id: 'cap_older', step: 77_777, status: asked < 3 ? 'queued' : 'done' };
      return route.fulfill({ json: { items: [older], next_cursor: null } });
    });
    // Without live events it asks every five seconds.
    await page.route('**/v1/events', (route) => route.abort());
    await logIn(page, `${service.url}/runs/${run}?tab=captures`, service.token);
    await page.getByRole('button', { name: 'Older captures' }).click();
    const row = page.getByRole('row').filter({ hasText: '77,777' });
    await row.getByText('Waiting').waitFor();
    await row.getByText('Waiting').waitFor({ state: 'detached' });
    await expect.poll(() => asked).toBe(3);
    expect(problems.filter((text) => !text.includes('ERR_FAILED'))).toEqual([]);
    await close();
  });

  it('shows the captures over time and the analysis of one', async () => {
    const { page, problems, close } = await open(`/runs/${run}?tab=captures`);
    await page.getByRole('region', { name: 'Targets at the edges (%)' }).waitFor();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByText('Targets over the bins').waitFor();
    expect(parameters(page).get('capture')).toMatch(/^cap_/);
    expect(problems).toEqual([]);
    await close();
  });

  it('searches the configuration', async () => {
    const { page, problems, close } = await open(`/runs/${run}?tab=config`);
    await page.getByRole('searchbox').fill('reg_range');
    await page.getByText('PPYOLOEHead.reg_range').waitFor();
    await page.getByText('[0, 17]').waitFor();
    await page.getByRole('heading', { name: 'Packages' }).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await close();
  });

  it.each([
    ['/', 'light', 1280],
    ['/', 'dark', 390],
    ['/runs', 'light', 390],
    ['/runs', 'dark', 1280],
    [`/runs/${run}`, 'light', 1280],
    [`/runs/${run}?table=true`, 'dark', 390],
    [`/runs/${run}?tab=captures`, 'dark', 1280],
    [`/runs/${run}?tab=log`, 'light', 1280],
    [`/runs/${run}?tab=config`, 'dark', 1280],
  ] as const)(
    'has nothing that axe calls serious on %s (%s, %i wide), and nothing wider than the screen',
    async (path, colorScheme, width) => {
      const { page, problems, close } = await open(path, { colorScheme, viewport: { width, height: 900 } });
      // Late answers and charts may bring what axe refuses.
      await page.waitForTimeout(1_000);
      expect(await axeFindings(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(problems).toEqual([]);
      await close();
    },
  );

  it('speaks Chinese on every part of a run', async () => {
    const { page, problems, close } = await open(`/runs/${run}`, { locale: 'zh-CN' });
    for (const name of ['曲线', '捕获', '控制台输出', '配置']) {
      await page.getByRole('tab', { name }).click();
      await page.getByRole('tabpanel', { name }).waitFor();
      expect(await page.locator('main').innerText()).not.toMatch(/[a-z]+:[a-z]+\.|\b(undefined|NaN%)\b/);
    }
    expect(problems).toEqual([]);
    await close();
  });
});
