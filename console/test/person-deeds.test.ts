// What is done for one person by hand, in a real browser: each step can be taken back, and the page says what holds.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, loaded, openPage, type Watched } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  await send(rapport, await serverKey(rapport, cookie), shopEvents(Date.now()));
  watched = await openPage(browser, rapport.url, { cookie });
  page = watched.page;
}, 120_000);

afterAll(async () => {
  await watched?.context.close();
  await browser?.close();
  await rapport?.close();
});

async function open(email: string): Promise<void> {
  const found = await rapport.api(cookie, 'GET', `/api/people?search=${encodeURIComponent(email)}`);
  const id = /"id":"(per_[^"]+)"/.exec(JSON.stringify(found))?.[1] ?? '';
  await page.goto(`/people/${id}`);
  await page.getByRole('heading', { level: 2, name: 'What happened' }).waitFor();
  await loaded(page);
}

test('a note is written, changed and deleted, and each can be taken back', async () => {
  await open('person1@example.com');
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByLabel('A note for the team').fill('Asked for larger tins.');
  await page.getByRole('button', { name: 'Write it down' }).click();
  const note = page.locator('.note-text');
  await note.getByText('Asked for larger tins.').waitFor();
  await page.getByText(/^Note by Ana Ruiz, /).waitFor();
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByLabel('The note').fill('Asked for smaller tins.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await note.getByText('Asked for smaller tins.').waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('The note is deleted.').waitFor();
  await expect.poll(() => note.count()).toBe(0);
  await page.keyboard.press('Control+z');
  await note.getByText('Asked for smaller tins.').waitFor();
  expect(watched.faults).toEqual([]);
});
