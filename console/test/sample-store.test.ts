// The first door: the sample store comes in with one click, every page has something to show, and one click takes it out.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, loaded, looks, openPage, sideways } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;
beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test(
  'one click brings it in with progress, and another takes it out again',
  { timeout: 300_000 },
  async () => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
    await page.goto('/');
    await page.getByRole('heading', { name: 'Let us meet your customers' }).waitFor();
    expect(await accessProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Put in the sample store' }).click();
    await page.getByRole('progressbar').waitFor();
    const here = page.getByText('This is the sample store: nobody in it exists');
    await here.waitFor({ timeout: 150_000 });
    await page.getByRole('heading', { level: 1, name: /customers, .* unusually quiet/ }).waitFor();
    expect(await page.getByText('Bring in your customers').isVisible()).toBe(true);
    await rapport.api(cookie, 'POST', '/api/predictions', {});
    await expect
      .poll(async () => JSON.stringify(await rapport.api(cookie, 'GET', '/api/predictions')), {
        timeout: 90_000,
      })
      .toContain('"orders":"fits"');
    for (const look of looks) {
      const watched = await openPage(browser, rapport.url, { cookie, look });
      for (const address of ['/', '/journeys/sample_welcome', '/messages', '/mailbox', '/people']) {
        await watched.page.goto(address);
        await watched.page.getByRole('heading', { level: 1 }).waitFor();
        await loaded(watched.page);
        expect(watched.faults, address).toEqual([]);
        expect(await sideways(watched.page), address).toEqual([]);
        expect(await accessProblems(watched.page), address).toEqual([]);
      }
      await watched.page.goto('/insights/rhythm');
      await watched.page.getByRole('heading', { name: 'What alarms would have done' }).waitFor();
      await loaded(watched.page);
      expect(watched.faults).toEqual([]);
      expect(await sideways(watched.page)).toEqual([]);
      expect(await accessProblems(watched.page)).toEqual([]);
      await watched.context.close();
    }
    await page.getByRole('button', { name: 'Remove the sample store' }).click();
    await page.getByRole('heading', { name: 'Let us meet your customers' }).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Put in the sample store' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  },
);
