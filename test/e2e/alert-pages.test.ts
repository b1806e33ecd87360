// Who is told, and when nobody is: routes, silences, maintenance windows, secrets and deliveries, in a real browser against the real service.
import type { Browser } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, logIn, openBrowser, openPage } from '../support/browser.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment } from '../support/story.ts';

let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService;
let browser: Browser;
let receiver: Receiver;
let status = 204;
let endpoint: { id: string; secret: string };
let incidentId: string;
let readerToken: string;

const get = async (path: string) => (await service.call('GET', path)).body;
const alerts = (search: string) => `${service.url}/alerts${search}`;

beforeAll(async () => {
  folder = makeDataFolder();
  service = await startService(folder.path);
  browser = await openBrowser();
  receiver = await startReceiver(() => status);
  endpoint = (await service.call('POST', '/v1/webhooks', { url: receiver.url })).body;
  await service.call('POST', '/v1/runs', { id: 'told', name: 'told', ...faultyEnvironment });
  await service.call('POST', '/v1/runs/told/traces', { text: boundTrace(-3, 'lower'), step: 1, rank: 0 });
  incidentId = await until('the incident, told', async () => {
    const [incident] = (await get('/v1/incidents?run=told')).items;
    if (!incident) return null;
    const { items } = await get(`/v1/incidents/${incident.id}/deliveries`);
    return items.length > 0 && items.every((item: any) => item.status === 'delivered') ? incident.id : null;
  });
  readerToken = (await service.call('POST', '/v1/tokens', { name: 'reader', role: 'read' })).body.token;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await service?.end('SIGTERM');
  await receiver?.close();
  folder?.remove();
});

it('makes a route, tells what is wrong with it at the field, orders, changes and removes it', async () => {
  const { page, problems, close } = await openPage(browser);
  await logIn(page, alerts(''), service.token);
  await page.getByRole('tab', { name: 'Routes' }).click();
  await page.waitForURL(/tab=routes/);
  await page.getByRole('button', { name: 'Add a route' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('vision on call');
  await page.getByRole('button', { name: 'Add a matcher' }).click();
  await page.getByRole('combobox', { name: 'Label of matcher 1' }).fill('project');
  await page.getByLabel('Comparison of matcher 1').selectOption('=~');
  await page.getByLabel('Value of matcher 1').fill('(vision');
  await page.getByRole('combobox', { name: 'Tells' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('option', { name: /^standard · 127\.0\.0\.1/ }).click();
  await page.keyboard.press('Escape');
  await page.getByLabel('Wait before the first message').fill('soon');
  await page.getByLabel('Hold it back in quiet hours').check();
  await page.getByText('Sat', { exact: true }).click();
  await page.getByLabel('Tell others, too').check();
  await page.getByRole('button', { name: 'Make the route' }).click();
  await page.getByText('Write a length of time such as').waitFor();
  await page.getByLabel('Wait before the first message').fill('1m30s');
  await page.getByRole('button', { name: 'Make the route' }).click();
  await page.getByText('is not a regular expression').waitFor();
  await page.getByLabel('Value of matcher 1').fill('vision.*');
  await page.getByRole('button', { name: 'Make the route' }).click();
  await page.getByText('1. vision on call').waitFor();
  const [made] = (await get('/v1/routes')).items;
  expect(made).toMatchObject({
    name: 'vision on call',
    matchers: [{ label: 'project', op: '=~', value: 'vision.*' }],
    endpoints: [endpoint.id],
    group_wait_s: 90,
    quiet_hours: { from: '22:00', to: '08:00', days: ['sat'] },
    escalate: { after_s: 900, endpoints: [] },
  });
  await service.call('POST', '/v1/routes', { name: 'the rest' });
  await page.reload();
  await page.getByRole('button', { name: 'Move the rest up' }).click();
  await page.getByText('1. the rest').waitFor();
  expect((await get('/v1/routes')).items.map(({ name }: { name: string }) => name)).toEqual([
    'the rest',
    'vision on call',
  ]);
  await page.getByRole('combobox', { name: 'Failure class' }).fill('loss-nan');
  await page.getByRole('textbox', { name: 'Project', exact: true }).fill('vision-2');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByText('Nobody would be told of an incident like this.').waitFor();
  await page.getByText('Not tried: the route the rest before it takes it').waitFor();
  await page.getByRole('button', { name: 'Move the rest down' }).click();
  await page.getByText(/^An incident like this would go to standard · 127\.0\.0\.1/).waitFor();
  await page.getByRole('button', { name: 'Move the rest up' }).click();
  await page.getByText('1. the rest').waitFor();
  await page.getByRole('button', { name: 'Edit: vision on call' }).click();
  await page.getByLabel('Hold it back in quiet hours').uncheck();
  await page.getByLabel('Tell it').selectOption('every');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Digest every 1 hr').waitFor();
  expect((await get('/v1/routes')).items[1]).toMatchObject({ quiet_hours: null, digest: { every_s: 3_600 } });
  for (const name of ['vision on call', 'the rest']) {
    await page.getByRole('button', { name: `Delete: ${name}` }).click();
    await page.getByRole('button', { name: `Really delete: ${name}` }).click();
    await page.getByRole('button', { name: `Edit: ${name}` }).waitFor({ state: 'detached' });
  }
  expect((await get('/v1/routes')).items).toEqual([]);
  expect(problems.filter((text) => !text.includes('400'))).toEqual([]);
  await close();
});

it.each([
  ['en-US', { silence: 'Silence', reason: 'Reason', active: 'Active', end: 'End now', sure: 'Really end it' }],
  ['zh-CN', { silence: '静默', reason: '原因', active: '生效中', end: '立即结束', sure: '确定结束' }],
])('silences in %s what an incident tells of, from its page, and ends the silence', async (locale, words) => {
  const { page, problems, close } = await openPage(browser, { locale });
  const reason = `moving the cluster ${locale}`;
  await logIn(page, `${service.url}/incidents/${incidentId}`, service.token);
  await page.getByRole('link', { name: words.silence, exact: true }).click();
  await page.waitForURL(/tab=silences&class=target-out-of-bound&project=default/);
  await page.getByRole('textbox', { name: words.reason }).fill(reason);
  await page.locator('form button[type=submit]').click();
  await page.getByRole('list', { name: words.active }).getByText(reason).waitFor();
  await page.waitForURL(alerts('?tab=silences'));
  const { name: author } = (await get('/v1/tokens')).items.find((token: any) => token.is_operator);
  const [made] = (await get('/v1/silences?status=active')).items;
  expect(made).toMatchObject({
    reason,
    author,
    matchers: [
      { label: 'class', op: '=', value: 'target-out-of-bound' },
      { label: 'project', op: '=', value: 'default' },
    ],
  });
  expect(Math.abs(Date.parse(made.ends_at) - Date.parse(made.starts_at) - 4 * 3_600_000)).toBeLessThan(120_000);
  await page.getByRole('button', { name: `${words.end}: ${reason}` }).click();
  await page.getByRole('button', { name: `${words.sure}: ${reason}` }).click();
  await page.getByRole('list', { name: words.active }).getByText(reason).waitFor({ state: 'detached' });
  expect((await get('/v1/silences?status=expired')).items[0].id).toBe(made.id);
  expect(problems).toEqual([]);
  await close();
});

it('makes a maintenance window, tells that its end is before its start, changes and removes it', async () => {
  const { page, problems, close } = await openPage(browser);
  await logIn(page, alerts('?tab=maintenance'), service.token);
  await page.getByRole('button', { name: 'Add a maintenance window' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('patch day');
  await page.getByLabel('Starts').fill('2031-05-06T10:00');
  await page.getByLabel('Ends').fill('2031-05-06T09:00');
  await page.getByLabel('Repeat').selectOption('week');
  await page.getByRole('button', { name: 'Make the window' }).click();
  await page.getByText('must be after starts_at').waitFor();
  await page.getByLabel('Ends').fill('2031-05-06T12:30');
  await page.getByRole('button', { name: 'Make the window' }).click();
  await page.getByRole('list', { name: 'Maintenance' }).getByText('patch day').waitFor();
  const [made] = (await get('/v1/maintenance-windows')).items;
  expect(made).toMatchObject({ name: 'patch day', matchers: [], repeat: { every: 'week' } });
  expect(Date.parse(made.ends_at) - Date.parse(made.starts_at)).toBe(2.5 * 3_600_000);
  await page.getByRole('button', { name: 'Edit: patch day' }).click();
  expect(await page.getByLabel('Ends').inputValue()).toBe('2031-05-06T12:30');
  await page.getByLabel('Repeat').selectOption('once');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit: patch day' }).waitFor();
  expect((await get('/v1/maintenance-windows')).items[0]).toEqual({ ...made, repeat: null });
  await page.getByRole('button', { name: 'Delete: patch day' }).click();
  await page.getByRole('button', { name: 'Really delete: patch day' }).click();
  await page.getByText('There are no maintenance windows.').waitFor();
  expect(problems.filter((text) => !text.includes('400'))).toEqual([]);
  await close();
});

describe('an endpoint', () => {
  it('gets a new secret, told once, while the old one signs, too; the request is shown as it was sent', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, alerts(`?endpoint=${endpoint.id}`), service.token);
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('button', { name: 'Replace the secret' }).click();
    const secret = await page.getByLabel('Secret', { exact: true }).innerText();
    const told = page.getByText(/^Until .* messages are signed with the old secret, too/);
    await told.waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await told.waitFor();
    expect(await page.locator('main').innerText()).not.toContain(secret);
    const before = receiver.received.length;
    await page.getByRole('button', { name: 'Send a test' }).click();
    const sent = await until('the test', async () => receiver.received[before] ?? null);
    for (const key of [secret, endpoint.secret]) {
      new Webhook(key).verify(sent.body, sent.headers as Record<string, string>);
    }
    await page.getByText('webhook.test').first().waitFor();
    await page.getByText('Request', { exact: true }).first().click();
    const headers = await page.getByLabel('Headers of the request').innerText();
    expect(headers).toContain(`webhook-id: ${sent.headers['webhook-id']}`);
    expect(headers).toContain('webhook-signature: v1,*** v1,***');
    expect(headers).toContain(`user-agent: ${sent.headers['user-agent']}`);
    expect(JSON.parse(await page.getByLabel('Body of the request').innerText())).toEqual(JSON.parse(sent.body));
    expect(problems).toEqual([]);
    await close();
  });

  it('that refused a message gets it again: all that failed since a time, or one alone', async () => {
    const made = await service.call('POST', '/v1/webhooks', { url: receiver.url, format: 'alertmanager' });
    const { id } = made.body;
    const statusOfLast = async () => (await get(`/v1/webhooks/${id}/deliveries`)).items[0]?.status;
    status = 400;
    await service.call('POST', `/v1/webhooks/${id}/test`);
    await until('the refusal', async () => ((await statusOfLast()) === 'failed' ? true : null));
    status = 204;
    const before = receiver.received.length;
    const { page, problems, close } = await openPage(browser);
    await logIn(page, alerts(`?endpoint=${id}`), service.token);
    const card = page.getByRole('listitem').filter({ hasText: 'alertmanager' }).first();
    await card.getByText('Failed', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Send all of it again' }).click();
    await card.getByText('1 message is sent again').waitFor();
    await card.getByText('Delivered', { exact: true }).waitFor();
    expect(receiver.received).toHaveLength(before + 1);
    await card.getByRole('button', { name: 'Send again' }).click();
    await until('the message once more', async () => (receiver.received.length === before + 2 ? true : null));
    await card.getByText('3 attempts').click();
    await card.getByText(/· 400 ·/).waitFor();
    expect(problems).toEqual([]);
    await close();
    await service.call('DELETE', `/v1/webhooks/${id}`);
  });

  it('is changed in the form it was made with, drawn from the settings of its channel', async () => {
    const settings = { receiver: 'ops', labels: { team: 'vision' } };
    const filter = { project: 'default', min_severity: 'warning' };
    const given = { url: `${receiver.url}/changed`, format: 'alertmanager', settings, filter };
    const { id } = (await service.call('POST', '/v1/webhooks', given)).body;
    const { page, problems, close } = await openPage(browser);
    await logIn(page, alerts(''), service.token);
    await page.getByRole('button', { name: /^Edit: alertmanager/ }).click();
    expect(await page.getByLabel('Channel').isDisabled()).toBe(true);
    expect(await page.getByLabel('Address').inputValue()).toBe(given.url);
    expect(await page.getByLabel('Secret', { exact: true }).count()).toBe(0);
    expect(await page.getByLabel('Labels: value 1').inputValue()).toBe('vision');
    await page.getByRole('textbox', { name: 'Receiver' }).fill('');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Labels: name 2').fill('no good');
    await page.getByLabel('Labels: value 2').fill('a');
    await page.getByLabel('From severity').selectOption('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('group', { name: 'Labels' }).getByRole('alert').waitFor();
    await page.getByLabel('Labels: name 2').fill('node');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    expect(await get(`/v1/webhooks/${id}`)).toMatchObject({
      url: given.url,
      settings: { labels: { team: 'vision', node: 'a' } },
      filter: { project: 'default' },
      events: expect.arrayContaining(['incident.opened', 'alerting.failed']),
    });
    expect((await get(`/v1/webhooks/${id}`)).settings).not.toHaveProperty('receiver');
    expect((await get(`/v1/webhooks/${id}`)).filter).not.toHaveProperty('min_severity');
    expect(problems.filter((text) => !text.includes('400'))).toEqual([]);
    await close();
    await service.call('DELETE', `/v1/webhooks/${id}`);
  });

  it('tells at the field what is wrong with its address', async () => {
    const { page, problems, close } = await openPage(browser);
    await logIn(page, alerts(''), service.token);
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByLabel('Address').fill('ftp://example.com');
    await page.getByRole('button', { name: 'Make the endpoint' }).click();
    await expect.poll(() => page.getByLabel('Address').getAttribute('aria-invalid')).toBe('true');
    expect(problems.filter((text) => !text.includes('400'))).toEqual([]);
    await close();
  });
});

describe('an incident', () => {
  it.each([
    [
      'en-US',
      /Who was told[\s\S]*Delivered[\s\S]*standard · 127\.0\.0\.1[\s\S]*1 attempt[\s\S]*Why, and why not[\s\S]*Sent as/,
    ],
    ['zh-CN', /通知了谁[\s\S]*已送达[\s\S]*standard · 127\.0\.0\.1[\s\S]*1 次尝试[\s\S]*为何通知[\s\S]*已发送，投递/],
  ])('tells in %s who was told and why, and leads to the endpoint', async (locale, words) => {
    const { page, problems, close } = await openPage(browser, { locale });
    await logIn(page, `${service.url}/incidents/${incidentId}`, service.token);
    await page
      .getByText(/^(1 attempt|1 次尝试)$/)
      .first()
      .waitFor();
    await expect.poll(() => page.locator('aside').innerText()).toMatch(words);
    await page
      .getByRole('link', { name: /^standard · 127/ })
      .first()
      .click();
    await page.waitForURL(new RegExp(`endpoint=${endpoint.id}`));
    await page.getByText('incident.opened', { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('tells why nobody was told while it is silenced', async () => {
    const matchers = [{ label: 'class', op: '=', value: 'disk-full' }];
    await service.call('POST', '/v1/silences', {
      matchers,
      reason: 'the disk is being replaced',
      ends_at: Date.now() / 1000 + 3_600,
    });
    await service.call('POST', '/v1/runs', { id: 'silenced', name: 'silenced', ...faultyEnvironment });
    await service.call('POST', '/v1/runs/silenced/traces', { text: 'OSError: [Errno 28] No space left on device' });
    const id = await until('the silenced incident', async () => {
      const [incident] = (await get('/v1/incidents?run=silenced')).items;
      if (!incident) return null;
      const { decisions } = await get(`/v1/incidents/${incident.id}/deliveries`);
      return decisions.length > 0 ? incident.id : null;
    });
    const { page, problems, close } = await openPage(browser);
    await logIn(page, `${service.url}/incidents/${id}`, service.token);
    await page.getByText(/Held back · Silenced until .*: the disk is being replaced/).waitFor();
    await page.getByText('Nobody was told yet.').waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

it('lets those who may only read look, and change nothing', async () => {
  await service.call('POST', '/v1/routes', { name: 'looked at', endpoints: [endpoint.id] });
  await service.call('POST', '/v1/maintenance-windows', { name: 'a window', starts_at: 2e9, ends_at: 2e9 + 60 });
  const { page, problems, close } = await openPage(browser);
  await logIn(page, alerts(''), readerToken);
  await page.getByText('Only admins see endpoints').waitFor();
  for (const [tab, seen] of [
    ['Routes', '1. looked at'],
    ['Silences', 'the disk is being replaced'],
    ['Maintenance', 'a window'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText(seen).first().waitFor();
    // What changes nothing is left to them.
    expect(await page.getByRole('tabpanel').getByRole('button').allInnerTexts(), tab).toEqual(
      tab === 'Routes' ? ['Try'] : [],
    );
  }
  await page.goto(`${service.url}/incidents/${incidentId}`);
  await page
    .getByText(/^1 attempt$/)
    .first()
    .waitFor();
  expect(await page.getByRole('link', { name: 'Silence', exact: true }).count()).toBe(0);
  expect(problems).toEqual([]);
  await close();
});

describe.each([
  ['light', 'en-US', 1280],
  ['dark', 'zh-CN', 375],
] as const)('in %s, %s, %i pixels wide', (colorScheme, locale, width) => {
  it.each(['endpoints', 'routes', 'silences', 'maintenance'])('the tab %s, its form open', async (tab) => {
    const { page, problems, close } = await openPage(browser, {
      colorScheme,
      locale,
      viewport: { width, height: 900 },
    });
    await logIn(page, alerts(`?tab=${tab}`), service.token);
    await page.getByRole('button', { name: /^(Add an? (endpoint|route|silence|maintenance window)|添加)/ }).click();
    await page.locator('form').first().waitFor();
    if (tab === 'routes') {
      for (const name of [/^(Hold it back|免打扰时段内)/, /^(Tell others|升级通知)/])
        await page.getByLabel(name).check();
      await page.getByRole('button', { name: /^(Add a matcher|添加条件)/ }).click();
      await page.getByRole('button', { name: /^(Try|试走)$/ }).click();
      await page
        .getByRole('status')
        .filter({ hasText: /would|这样的事件/ })
        .waitFor();
    }
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(problems).toEqual([]);
    await close();
  });
});
