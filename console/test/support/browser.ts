// Pages of a real browser that remember what went wrong in them, and the accessibility check of every one.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, uncaught errors and failed answers so far. */
  readonly faults: string[];
}

export interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

export const looks: readonly Look[] = [
  { width: 1280, scheme: 'light' },
  { width: 360, scheme: 'dark' },
];

export async function openPage(
  browser: Browser,
  url: string,
  options: { cookie?: string; look?: Look } = {},
): Promise<Watched> {
  const look = options.look ?? { width: 1280, scheme: 'light' };
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    viewport: { width: look.width, height: look.width < 600 ? 740 : 900 },
    colorScheme: look.scheme,
    hasTouch: look.width < 600,
    reducedMotion: 'reduce',
  });
  if (options.cookie) {
    await context.addCookies(
      options.cookie.split('; ').map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return { name, value: value.join('='), url };
      }),
    );
  }
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400)
      faults.push(`${answer.request().method()} ${answer.url()}: ${answer.status()}`);
  });
  return { page, context, faults };
}

/** What WCAG 2.2 AA finds on the page, as readable lines. */
export async function accessProblems(page: Page): Promise<string[]> {
  // What is halfway under the bar at the top is no smaller for it.
  await page.evaluate(() => window.scrollTo(0, 0));
  // Mails are shown in frames that run no script, so they cannot be looked into: only the page itself is.
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode(true)
    .exclude('iframe')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary ?? one.help})`),
  );
}

/** Elements that stand out of the window at the right. */
export function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .slice(0, 3)
      .map((element) => `${element.tagName} ${element.className}`);
  });
}

/** Resolves when nothing on the page is on its way any more. */
export async function loaded(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[role="status"][aria-label="Loading"]') === null);
}
