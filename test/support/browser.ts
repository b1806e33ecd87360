// A real browser from npm alone: Chromium of @sparticuz/chromium driven by playwright-core.
import chromium from '@sparticuz/chromium';
import axe from 'axe-core';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

/**
 * The arguments that the package proposes run everything in one process, which dies with its first page, and switch web security off,
 * which would hide what the content security policy forbids: they are not used.
 */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'], headless: true });
}

/** A page of its own session; `problems` collects script errors, console errors and violations of the content security policy. */
export async function openPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) problems.push(message.text());
  });
  return { page, problems, close: () => context.close() };
}

/** Opens `url` and logs in with the token where the page asks for it. */
export async function logIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel(/Access token|访问令牌/).fill(token);
  await page.keyboard.press('Enter');
  await page.getByLabel(/Access token|访问令牌/).waitFor({ state: 'detached' });
}

/**
 * What axe-core finds wrong on the page with a serious or critical impact, each as "rule: where it is". Run through the debugger, which
 * the content security policy does not bind.
 */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as any).axe.run();
    return violations
      .filter(({ impact }: any) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }: any) =>
        nodes.map(({ target, failureSummary }: any) => `${id}: ${target} ${failureSummary}`),
      );
  });
}
