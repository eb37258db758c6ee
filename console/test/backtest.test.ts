// A marketer asks what a segment would have done, sees it, and finds it again by its address.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, loaded, openPage, sideways } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  await send(rapport, await serverKey(rapport, cookie), shopEvents(Date.now()));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('from a segment to the finding, its picture and its people, and back by the address', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/segments/quiet');
  await page.getByRole('link', { name: 'What would it have done?' }).click();
  await page.getByRole('heading', { level: 1, name: 'What would “Unusually quiet” have done?' }).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Find out' }).click();
  const finding = page.getByRole('heading', { level: 1, name: /would have/ });
  await page.getByRole('heading', { name: 'Who would have ordered anyway' }).waitFor();
  expect(await finding.textContent()).toMatch(/people would have/);
  await page.getByText('As a table').first().click();
  await page.getByRole('columnheader', { name: 'Times' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Who would have ordered anyway' }).waitFor();
  await loaded(page);
  expect(await accessProblems(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('at 360 pixels in the dark, a journey tells what sending rules would have done', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, {
    cookie,
    look: { width: 360, scheme: 'dark' },
  });
  await page.goto('/journeys/welcome');
  await page.getByRole('link', { name: 'What would it have done?' }).click();
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.getByRole('heading', { name: 'What sending rules would have done' }).waitFor();
  await loaded(page);
  expect(await sideways(page)).toEqual([]);
  expect(await accessProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('an address without a thing to test says where to begin', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/new-backtest?of=nonsense');
  await page.getByText('Nothing was named to test.').waitFor();
  await context.close();
});
