// Connecting a site: copy the line, paste it, and see it arrive, or see why it does not.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { openSite, type Site } from '../../tag/test/support/site.ts';
import { accessProblems, loaded, looks, openPage, sideways } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;
let site: Site;
let cookie: string;

beforeAll(async () => {
  [rapport, browser, site] = await Promise.all([startRapport(), launchBrowser(), openSite()]);
  cookie = await rapport.setUp();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rapport?.close();
});

async function copied(page: Page): Promise<string> {
  return page.locator('.copy-field code').first().innerText();
}

test('a key is made, the line is pasted as it stands, and the page view is heard within seconds', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/');
  await page.getByRole('link', { name: 'connect your site', exact: true }).click();
  await page.getByRole('button', { name: 'Make a key for my site' }).click();
  await page.getByText('We are listening.').waitFor();
  const line = await copied(page);
  expect(line).toMatch(
    /^<script async src="http:\/\/localhost:\d+\/tag\.js" data-write-key="wk_[\w-]+" data-auto-page><\/script>$/,
  );

  site.page = { html: `<!doctype html><title>Tea</title>${line}`, headers: {} };
  const visitor = await browser.newContext();
  const shop = await visitor.newPage();
  await shop.goto(`http://shop.localhost:${site.port}/tea`);
  await page.getByText(`We hear you: a page view from shop.localhost:${site.port}`).waitFor();
  await page.getByText(/, (just now|\d+ seconds ago)\./).waitFor();

  await shop.evaluate(() => {
    const globals = window as unknown as { rapport: { track(name?: string): void } };
    globals.rapport.track('Tea Brewed');
    globals.rapport.track();
  });
  await page.getByText(/We hear you: “Tea Brewed”/).waitFor();
  await page.getByText('A track call has no event name.').waitFor();
  await page.getByRole('link', { name: 'what was sent' }).click();
  await page.getByRole('heading', { level: 1, name: 'Quarantine' }).waitFor();
  expect(faults).toEqual([]);
  await visitor.close();
  await context.close();
});

test('a tag manager’s line, which has no attributes to lose, is heard too', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/settings/connect?where=gtm');
  const line = await copied(page);
  expect(line).not.toContain('data-');
  const address = /src="([^"]+)"/.exec(line)?.[1] ?? '';
  const inject = `var s = document.createElement('script'); s.async = true; s.src = ${JSON.stringify(address)}; document.head.appendChild(s);`;
  site.page = { html: `<!doctype html><title>Tagged</title><script>${inject}</script>`, headers: {} };
  const visitor = await browser.newContext();
  await (await visitor.newPage()).goto(`http://managed.localhost:${site.port}/`);
  await page.getByText(`We hear you: a page view from managed.localhost:${site.port}`).waitFor();
  await visitor.close();
  await context.close();
});

test('a site with a key that nobody knows is named, with what to do', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/settings/connect');
  site.page = {
    html: `<script async src="${rapport.url}/tag.js" data-write-key="wk_old00000000000000000000000000000000" data-auto-page></script>`,
    headers: {},
  };
  const visitor = await browser.newContext();
  await (await visitor.newPage()).goto(`http://old.localhost:${site.port}/`);
  await page.getByText(`old.localhost:${site.port} sends with a key that is not known.`).waitFor();
  await page.getByText(/begins with wk_old0/).waitFor();
  await visitor.close();
  await context.close();
});

test('what is chosen is in the address, and waits for consent when it is to', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/settings/connect?where=shopify');
  await page.getByText('layout/theme.liquid').waitFor();
  await page.getByRole('checkbox', { name: /before the visitor agreed/ }).check();
  await page.waitForURL(/consent=wait/);
  expect(await copied(page)).toContain('data-consent="wait"');
  await page.reload();
  expect(await page.getByRole('checkbox', { name: /before the visitor agreed/ }).isChecked()).toBe(true);
  await context.close();
});

test.each(looks)(
  'at $width pixels, $scheme, it is readable for everyone and nothing sticks out',
  async (look) => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
    for (const where of ['site', 'gtm', 'server']) {
      await page.goto(`/settings/connect?where=${where}`);
      await page.getByText(/We heard? you/).waitFor();
      await loaded(page);
      expect(await sideways(page)).toEqual([]);
      expect(await accessProblems(page)).toEqual([]);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
);
