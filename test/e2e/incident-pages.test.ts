// Following incidents, setting up alerts and settings, in a real browser against the real service.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, logIn, openBrowser, openPage } from '../support/browser.ts';
import { startReceiver } from '../support/receiver.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture } from '../support/story.ts';

let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService;
let browser: Browser;
let incidentId: string;
let readerToken: string;

async function breakRun(run: string, text: string): Promise<string> {
  await service.call('POST', '/v1/runs', { id: run, name: run, ...faultyEnvironment });
  await service.call('POST', `/v1/runs/${run}/traces`, { text, step: 1, rank: 0 });
  return until('the incident', async () => {
    const { body } = await service.call('GET', `/v1/incidents?run=${run}`);
    return body.items[0]?.id ?? null;
  });
}

beforeAll(async () => {
  folder = makeDataFolder();
  service = await startService(folder.path);
  browser = await openBrowser();
  const run = 'pictured';
  await service.call('POST', '/v1/runs', { id: run, name: run, ...faultyEnvironment });
  await service.call('POST', `/v1/runs/${run}/logs`, logLine(0, { cls: 0.6, iou: 5e9, dfl: 3000, l1: 0.1 }));
  const capture = makeCapture({ lo: 0, hi: 17, garbage: [28, 60, -3], seed: 5 }, { fault: true, step: 1 });
  await service.call('POST', `/v1/runs/${run}/captures?step=1`, capture);
  await breakRun(run, boundTrace(-3, 'lower'));
  incidentId = await until('the diagnosis', async () => {
    const { body } = await service.call('GET', `/v1/incidents?run=${run}&class=target-out-of-bound`);
    return body.items[0]?.id ?? null;
  });
  await breakRun('out-of-memory', 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB');
  readerToken = (await service.call('POST', '/v1/tokens', { name: 'reader', role: 'read' })).body.token;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await service?.end('SIGTERM');
  folder?.remove();
});

describe('an incident', () => {
  it('shows its tensors as pictures with the numbers as tables', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents/${incidentId}`, service.token);
    await page.getByText('Targets over the bins').waitFor();
    await page.getByRole('table', { name: 'Where the refused targets sit' }).waitFor();
    await page.getByText('Rows of target against the selection made again').first().waitFor();
    await page.getByRole('region', { name: 'The worst targets' }).first().waitFor();
    await page.getByText('Show as table').first().click();
    await page.getByRole('columnheader', { name: 'Count' }).first().waitFor();
    expect(await page.locator('main').innerText()).toMatch(/reg_range|bins/);
    expect(problems).toEqual([]);
    await close();
  });

  it('takes a comment, a mute, an owner and feedback, and tells them in its timeline', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents/${incidentId}`, service.token);
    await page.getByLabel('Comment').fill('Seen on node 7 only');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByText('Seen on node 7 only').last().waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('m');
    await page.getByRole('menuitem', { name: 'Until it gets worse' }).click();
    await page.getByRole('button', { name: 'Muted' }).waitFor();
    await page.getByRole('button', { name: 'Assign' }).click();
    await page.getByLabel('Assignee').fill('mei');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'mei' }).waitFor();
    await page
      .getByRole('button', { name: /^It worked/ })
      .first()
      .click();
    const changed = await until('the changes', async () => {
      const { body } = await service.call('GET', `/v1/incidents/${incidentId}`);
      return body.remediations[0].feedback.worked > 0 ? body : null;
    });
    expect(changed).toMatchObject({ assignee: 'mei', mute: { kind: 'until-worse' } });
    expect(problems).toEqual([]);
    await close();
  });

  it('offers nothing to those who may only read', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents/${incidentId}`, readerToken);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Targets over the bins').waitFor();
    for (const name of ['Acknowledge', 'Resolve', 'Assign']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    }
    expect(await page.getByLabel('Comment').count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  it('fits a phone without scrolling sideways', async () => {
    const { page, problems, close } = await openPage(browser, { viewport: { width: 375, height: 740 } });
    await logIn(page, `${service.url}/incidents/${incidentId}`, service.token);
    await page.getByText('Targets over the bins').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(problems).toEqual([]);
    await close();
  });
});

describe('the list of incidents', () => {
  it('is led by keys: move, select, acknowledge, open', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents`, service.token);
    await page.getByRole('listitem').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByRole('toolbar', { name: '2 selected' }).waitFor();
    await page.keyboard.press('a');
    await until('both acknowledged', async () => {
      const { body } = await service.call('GET', '/v1/incidents?state=acknowledged');
      return body.items.length >= 2 ? true : null;
    });
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/incidents\/inc_/);
    expect(problems).toEqual([]);
    await close();
  });

  it('keeps its place when a new incident comes, and lets it in when asked', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents`, service.token);
    const rows = page.getByRole('list', { name: 'Incidents' }).getByRole('link');
    await rows.first().waitFor();
    const before = await rows.allInnerTexts();
    await breakRun('disk', 'OSError: [Errno 28] No space left on device');
    await page.getByRole('button', { name: /Show 1 new incident/ }).waitFor();
    expect(await rows.allInnerTexts()).toEqual(before);
    await page.getByRole('button', { name: /Show 1 new incident/ }).click();
    await expect.poll(() => rows.count()).toBe(before.length + 1);
    expect(problems).toEqual([]);
    await close();
  });

  it('is narrowed by every filter, all of them in the address', async () => {
    const { page, problems, close } = await openPage(browser, { viewport: { width: 375, height: 740 } });
    await logIn(page, `${service.url}/incidents`, service.token);
    const rows = page.getByRole('list', { name: 'Incidents' }).getByRole('listitem');
    await rows.first().waitFor();
    expect(await rows.count()).toBeGreaterThan(1);
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Failure class').selectOption('cuda-out-of-memory');
    await page.waitForURL(/class=cuda-out-of-memory/);
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByLabel('Tag of a run').fill('team');
    await page.getByText('Write key=value.').waitFor();
    await page.getByLabel('Tag of a run').fill('team=vision');
    await page.keyboard.press('Enter');
    await page.waitForURL(/tag=team%3Dvision/);
    await page.getByText('No incident matches these filters').waitFor();
    await page.getByLabel('Last seen until').fill('2020-01-01T00:00');
    await page.waitForURL(/until=20/);
    await page.getByRole('button', { name: '3 more filters' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await axeFindings(page)).toEqual([]);
    await page.reload();
    expect(await page.getByLabel('Failure class').inputValue()).toBe('cuda-out-of-memory');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForURL(/\/incidents$/);
    expect(await page.getByLabel('Tag of a run').inputValue()).toBe('');
    await rows.first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('keeps a view under a name and comes back to it', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents?severity=critical`, service.token);
    await page.getByRole('button', { name: /Save view/ }).click();
    await page.getByLabel('Name of the view').fill('Worst');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.waitForURL(/\/incidents$/);
    await page.getByRole('button', { name: 'Worst', exact: true }).click();
    await page.waitForURL(/severity=critical/);
    expect(problems).toEqual([]);
    await close();
  });
});

it('makes an endpoint from its channel, shows the message in both languages, and tells how the test went', async () => {
  const receiver = await startReceiver();
  const { page, problems, close } = await openPage(browser);
  await logIn(page, `${service.url}/alerts`, service.token);
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  await page.getByLabel('Preview What it will send In Chinese').or(page.getByText('In Chinese').last()).waitFor();
  await page.getByLabel('Address').fill(receiver.url);
  await page.getByRole('button', { name: 'Make the endpoint' }).click();
  await page.getByText(/whsec_/).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('Delivered', { exact: true }).waitFor();
  await page.getByText('1 attempt').click();
  const { body } = await service.call('GET', '/v1/webhooks');
  await page.goto(`${service.url}/alerts?endpoint=${body.items[0].id}`);
  await page.getByText('1 attempt').waitFor();
  expect(problems).toEqual([]);
  await close();
  await receiver.close();
});

it('makes a token once, shows the catalogue, and sets whose failures are whose', async () => {
  const { page, problems, close } = await openPage(browser);
  await logIn(page, `${service.url}/settings`, service.token);
  await page.getByLabel(/Rules, one a line/).fill('class:loss-* -> mei');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByText('Saved').waitFor();
  await page.getByRole('tab', { name: 'Tokens' }).click();
  await page.waitForURL(/tab=tokens/);
  await page.getByLabel('Name').fill('trainer');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByText('The token is shown this once').waitFor();
  await page.getByRole('tab', { name: 'Catalogue' }).click();
  await page.getByLabel(/Search failures/).fill('loss-nan');
  await page.getByText('loss-nan', { exact: true }).waitFor();
  const { body } = await service.call('GET', '/v1/projects/default');
  expect(body.ownership).toEqual([{ class: 'loss-*', assignee: 'mei' }]);
  expect(problems).toEqual([]);
  await close();
});

it('tries detector options on a past run before they are saved, and says at the field what does not fit', async () => {
  const values = [...Array.from({ length: 60 }, (_, i) => 2 + 0.1 * (i % 3)), 9, 2, 2];
  await service.call('POST', '/v1/runs', { id: 'spiky', name: 'spiky' });
  const points = values.map((loss, step) => ({ step, values: { loss } }));
  await service.call('POST', '/v1/runs/spiky/metrics', { points });
  const { page, problems, close } = await openPage(browser);
  await logIn(page, `${service.url}/settings`, service.token);
  await page.getByText('The loss jumps').click();
  const factor = page.getByRole('textbox', { name: 'factor times', exact: true });
  await factor.fill('0.5');
  await page.getByText(/A number from 1 to/).waitFor();
  expect(await page.getByRole('button', { name: 'Try', exact: true }).isDisabled()).toBe(true);
  await factor.fill('');
  await page.getByRole('combobox', { name: 'Try them on a past run' }).fill('spiky');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByText('1 finding in 63 points').waitFor();
  await page.getByText(/loss jumped to 9/).waitFor();
  await factor.fill('10');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByText('0 findings in 63 points').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).last().click();
  await page.getByText('Saved').waitFor();
  const { body } = await service.call('GET', '/v1/projects/default');
  expect(body.detectors).toEqual({ 'metric.spike': { thresholds: { factor: 10 } } });
  expect(problems).toEqual([]);
  await close();
});

it.each([
  ['/alerts', 'light', 'en-US'],
  ['/alerts', 'dark', 'zh-CN'],
  ['/settings', 'light', 'zh-CN'],
  ['/settings', 'dark', 'en-US'],
  ['/settings?tab=tokens', 'light', 'zh-CN'],
  ['/settings?tab=tokens', 'dark', 'en-US'],
  ['/settings?tab=catalogue', 'light', 'en-US'],
  ['/settings?tab=catalogue', 'dark', 'zh-CN'],
  ['/incidents?state=acknowledged', 'dark', 'zh-CN'],
] as const)('has nothing that axe calls serious on %s (%s, %s)', async (path, colorScheme, locale) => {
  const { page, problems, close } = await openPage(browser, { colorScheme, locale });
  await logIn(page, `${service.url}${path}`, service.token);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(500);
  expect(await axeFindings(page)).toEqual([]);
  expect(problems).toEqual([]);
  await close();
});
