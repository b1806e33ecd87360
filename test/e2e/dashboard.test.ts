// The dashboard in a real browser against the real service: from log-in to a resolved incident.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, logIn, openBrowser, openPage } from '../support/browser.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture } from '../support/story.ts';

const run = 'dashboard-run';
let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService;
let browser: Browser;
let incidentUrl: string;

beforeAll(async () => {
  folder = makeDataFolder();
  service = await startService(folder.path);
  browser = await openBrowser();
  await service.call('POST', '/v1/runs', { id: run, name: 'ppyoloe-s', ...faultyEnvironment });
  await service.call('POST', `/v1/runs/${run}/logs`, logLine(0, { cls: 0.6, iou: 5e9, dfl: 3000, l1: 0.1 }));
  const capture = makeCapture({ lo: 0, hi: 17, garbage: [28, 60, -3], seed: 5 }, { fault: true, step: 1 });
  await service.call('POST', `/v1/runs/${run}/captures?step=1`, capture);
  await service.call('POST', `/v1/runs/${run}/traces`, { text: boundTrace(-3, 'lower'), step: 1 });
  const id = await until('the incident', async () => {
    const { body } = await service.call('GET', `/v1/incidents?run=${run}`);
    const [incident] = body.items;
    return incident?.class === 'target-out-of-bound' ? incident.id : null;
  });
  incidentUrl = `${service.url}/incidents/${id}`;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await service?.end('SIGTERM');
  folder?.remove();
});

describe('the dashboard', () => {
  it('refuses a wrong token, keeps the deep link over the log-in, and shows the whole incident', async () => {
    const { page, problems, close } = await openPage(browser);
    await page.goto(incidentUrl);
    await page.getByLabel('Access token').fill('lw_wrong_token_000000000000');
    await page.keyboard.press('Enter');
    await page.getByText('does not know this token').waitFor();
    await page.getByLabel('Access token').fill(service.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /Loss target -3/ }).waitFor();
    expect(page.url()).toBe(incidentUrl);
    const text = await page.locator('main').innerText();
    for (const part of [/masked_select/, /2\.6\.1/, /selected rows/, /env|environment/i, /ValueError/, /reg_range/]) {
      expect(text).toMatch(part);
    }
    expect(problems).toEqual([]);
    await close();
  });

  it('acknowledges and resolves, and the service knows', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, incidentUrl, service.token);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('Acknowledged').first().waitFor();
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' });
    await until('the resolved incident', async () => {
      const { body } = await service.call('GET', `/v1/incidents?run=${run}&state=resolved`);
      return body.items.length === 1 ? body.items : null;
    });
    expect(problems).toEqual([]);
    await close();
  });

  it.each([
    ['en-US', 'System', /Workers[\s\S]*Set aside[\s\S]*Latest failures[\s\S]*captures wait[\s\S]*recompute-dfl/],
    ['zh-CN', '系统', /工作进程[\s\S]*未采用[\s\S]*最近的故障[\s\S]*正在等待分析[\s\S]*recompute-dfl/],
  ])('shows in %s on the page %s what computes and what waits', async (locale, name, words) => {
    const { page, problems, close } = await openPage(browser, { locale });
    await logIn(page, `${service.url}/incidents`, service.token);
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.getByText('recompute-dfl').waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toMatch(words);
    const { dfl } = (await service.call('GET', '/readyz')).body;
    for (const part of [dfl.chosen, dfl.device, ...dfl.rejected.map(({ reason }: { reason: string }) => reason)]) {
      expect(text).toContain(part);
    }
    expect(problems).toEqual([]);
    await close();
  });

  it.each([
    ['en-US', { page: 'Diagnose', text: 'Traceback or log', rules: /Rules that fired/, regRange: /reg_range/ }],
    ['zh-CN', { page: '诊断', text: '异常堆栈或日志', rules: /触发的规则/, regRange: /reg_range/ }],
  ])('diagnoses a pasted text in %s, shows why, and stores nothing', async (locale, words) => {
    const { page, problems, close } = await openPage(browser, { locale });
    await logIn(page, `${service.url}/incidents`, service.token);
    await page.getByRole('link', { name: words.page, exact: true }).click();
    await page.getByLabel(words.text).fill(boundTrace(-3, 'lower'));
    await page.getByLabel(words.regRange).fill('0,17');
    await page.getByRole('button', { name: words.page, exact: true }).click();
    await page.getByText(words.rules).waitFor();
    const text = await page.locator('main').innerText();
    const { body } = await service.call('POST', '/v1/diagnose', { text: boundTrace(-3, 'lower'), reg_range: '0,17' });
    expect(body.class).toBe('target-out-of-bound');
    const shown = [
      body.class,
      ...body.rules.map(({ id }: { id: string }) => id),
      ...body.alternatives.map((alternative: { class: string }) => alternative.class),
      ...body.matched.map((matched: { text: string }) => matched.text.trim()),
    ];
    for (const part of shown) expect(text).toContain(part);
    expect((await service.call('GET', '/v1/incidents')).body.items).toHaveLength(1);
    expect(problems).toEqual([]);
    await close();
  });

  it('diagnoses a dropped capture with its evidence, stores nothing, and keeps it in a run when asked', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/diagnose`, service.token);
    const capture = Buffer.from(
      makeCapture({ lo: 0, hi: 17, garbage: [28, 60, -3], seed: 9 }, { fault: true, step: 4 }),
    );
    const runs = async () => (await service.call('GET', '/v1/runs')).body.items.map(({ id }: { id: string }) => id);
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a file' }).click(),
    ]);
    await chooser.setFiles({ name: 'step4.safetensors', mimeType: '', buffer: capture });
    await page.getByText('step4.safetensors').waitFor();
    await page.getByLabel('Packages').fill('paddlepaddle-gpu==2.3.2');
    await page.getByLabel('Device').fill('gpu');
    await page.getByRole('button', { name: 'Diagnose', exact: true }).click();
    await page.getByText('Targets over the bins').waitFor();
    const text = await page.locator('main').innerText();
    for (const part of [/selection-corrupted/, /masked_select/, /selected rows/, /28/]) expect(text).toMatch(part);
    await page.getByRole('region', { name: 'The worst targets' }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await runs()).toEqual([run]);
    await page.getByLabel('Run id').fill('kept');
    await page.getByRole('button', { name: 'Keep it in this run' }).click();
    await page.getByText('Kept in the run').waitFor();
    expect(await runs()).toContain('kept');
    expect((await service.call('GET', '/v1/runs/kept/captures')).body.items).toHaveLength(1);
    expect(problems).toEqual([]);
    await close();
  });

  it('lists incidents with filters in the address', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents`, service.token);
    await page.getByRole('link', { name: /Loss target -3/ }).waitFor();
    await page.getByLabel('Severity').selectOption('warning');
    await page.waitForURL(/severity=warning/);
    await page.getByRole('link', { name: /Loss target -3/ }).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await close();
  });

  it('speaks Chinese to a Chinese browser', async () => {
    const { page, problems, close } = await openPage(browser, { locale: 'zh-CN' });
    await logIn(page, incidentUrl, service.token);
    const heading = page.getByRole('heading', { level: 1 });
    await heading.waitFor();
    expect(await heading.innerText()).toMatch(/[\u4e00-\u9fff]/);
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(problems).toEqual([]);
    await close();
  });

  it.each([
    ['/incidents', 'light'],
    ['/incidents', 'dark'],
    ['incident', 'light'],
    ['incident', 'dark'],
    ['/diagnose', 'light'],
    ['/system', 'dark'],
  ] as const)('has nothing that axe calls serious on %s (%s)', async (path, colorScheme) => {
    const { page, problems, close } = await openPage(browser, { colorScheme });
    await logIn(page, path === 'incident' ? incidentUrl : `${service.url}${path}`, service.token);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('keeps no token where a script could read it, and forgets the session at the log-out', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents`, service.token);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const readable = await page.evaluate(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    );
    expect(readable).not.toContain(service.token);
    expect(readable).not.toContain('losswatch_session');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Access token').waitFor();
    await page.reload();
    await page.getByLabel('Access token').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('asks nothing of any other host, and its policy is broken by nothing', async () => {
    const { page, problems, close } = await openPage(browser, { locale: 'zh-CN' });
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await logIn(page, incidentUrl, service.token);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('link', { name: '诊断' }).click();
    await page.getByRole('heading', { level: 1, name: '诊断' }).waitFor();
    expect([...hosts]).toEqual([new URL(service.url).host]);
    expect(problems).toEqual([]);
    await close();
  });

  it('is led by keys: to a page, to the search field, to the list of keys', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/diagnose`, service.token);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL(/incidents/);
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.type')).toBe('search');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});
