// The frame: finding anything by a few letters, the keyboard, the colours, the rooms on a phone; each reachable without a mouse.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage, sideways } from './support/browser.ts';
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

const field = { name: 'Find a person, a page or something to do' } as const;

test('Ctrl-K finds a person by the beginning of a name and opens their page, all by keyboard', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/segments');
  await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', field).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.keyboard.type('omar');
  await page
    .getByRole('option', { name: /^Omar Haddad/ })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /Omar/ }).waitFor();
  expect(await page.getByRole('combobox', field).count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});

test('a segment, a journey, a room and something to do are found by words; what is not there is said', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/people');
  await page.getByRole('button', { name: /^Find/ }).click();
  const find = page.getByRole('combobox', field);
  await find.fill('quiet');
  await page.getByRole('option', { name: 'Unusually quiet' }).waitFor();
  await find.fill('rhythm');
  await page.getByRole('option', { name: 'Broken rhythm', exact: true }).waitFor();
  await find.fill('new seg');
  await page.getByRole('option', { name: 'New segment' }).click();
  await page.waitForURL(/new-segment$/);
  await page.getByRole('button', { name: /^Find/ }).click();
  await find.fill('xyzzy');
  await page.getByText('Nothing here is called “xyzzy”').waitFor();
  await page.keyboard.press('Escape');
  expect(await find.count()).toBe(0);
  // The focus is back where it was.
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('find-button');
  await context.close();
});

test('single keys go to rooms, never out of a field, and can be switched off', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.clock.install();
  await page.goto('/people');
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  const { promise: letSegmentsIn, resolve: segmentsMayLoad } = Promise.withResolvers<void>();
  await page.route(/\/segments-[^/]*\.js$/, async (route) => {
    await letSegmentsIn;
    await route.continue();
  });
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.getByLabel('Search people').fill('gs');
  await page.getByLabel('Search people').press('g');
  await page.getByLabel('Search people').press('s');
  expect(await page.getByLabel('Search people').inputValue()).toBe('gsgs');
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForURL(/\/segments$/);
  // What was typed would go into the address now, while the page they left still stands there.
  await page.clock.runFor(1_000);
  await page.clock.resume();
  segmentsMayLoad();
  await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByLabel('Single letters do something').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', field).waitFor();
  expect(await page.getByRole('dialog', { name: 'Keyboard' }).count()).toBe(0);
  await context.close();
});

test('the colours are chosen in the account menu and stay', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  const scheme = () => page.evaluate(() => document.documentElement.dataset['mantineColorScheme']);
  await page.goto('/journeys');
  await page.getByRole('button', { name: /owner$/ }).click();
  await page.getByText('Dark', { exact: true }).click();
  await expect.poll(scheme).toBe('dark');
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Journeys' }).waitFor();
  expect(await scheme()).toBe('dark');
  await page.getByRole('button', { name: /owner$/ }).click();
  expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.getByRole('radio', { name: 'Dark' }).isVisible()).toBe(false);
  await context.close();
});

test('on a phone the rooms lie behind a button, in a layer of their own', async () => {
  const look = { width: 360, scheme: 'dark' } as const;
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
  await page.goto('/people');
  await page.getByRole('button', { name: 'Rooms' }).click();
  const rooms = page.getByRole('dialog', { name: 'Rooms' });
  await rooms.waitFor();
  expect(await accessProblems(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  await rooms.getByRole('link', { name: 'Journeys' }).click();
  await page.getByRole('heading', { level: 1, name: 'Journeys' }).waitFor();
  expect(await rooms.count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});

test('the first key of a page leads past the rooms', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/people');
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  await context.close();
});
