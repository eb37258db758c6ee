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

test('a tag is put on, leads to everybody who has it, and is taken off again', async () => {
  await open('person1@example.com');
  await page.getByLabel('A new tag').fill('wholesale');
  await page.getByRole('button', { name: 'Put on' }).click();
  const tag = page.getByRole('link', { name: 'wholesale' });
  await tag.waitFor();
  await page.locator('.timeline').getByText('put on wholesale').waitFor();
  await tag.click();
  await page.waitForURL(/rule=/);
  const found = page.getByRole('link', { name: 'Omar Haddad' });
  await found.waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
  await found.click();
  await page.getByRole('button', { name: 'Take off wholesale' }).click();
  await page.getByText('The tag wholesale is off.').waitFor();
  await expect.poll(() => tag.count()).toBe(0);
  expect(watched.faults).toEqual([]);
});

test('somebody is put into a journey by hand and out again', async () => {
  await rapport.api(cookie, 'POST', '/api/journeys/win_back/activate', { version: 1, who: 'from_now' });
  await open('person3@example.com');
  await page.getByRole('button', { name: 'Put into a journey' }).click();
  await page.getByRole('combobox', { name: 'Which journey' }).click();
  await page.getByRole('option', { name: 'Win back' }).click();
  await page.getByRole('button', { name: 'Put in', exact: true }).click();
  await page.getByText(/^Entered Win back/).waitFor();
  await page.getByRole('button', { name: 'Take out of Win back' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Out of Win back.').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Take out of Win back' }).count()).toBe(0);
  expect(watched.faults).toEqual([]);
});

test('a yes asks how it was given, and unsubscribing from everything can be taken back', async () => {
  await open('person1@example.com');
  const offers = page.getByRole('switch', { name: 'E-mail: Offers' });
  await offers.focus();
  await page.keyboard.press('Space');
  await page.getByRole('combobox', { name: 'How they agreed' }).click();
  await page.getByRole('option', { name: 'They told us in person' }).click();
  await page.getByLabel('Where and when, if you know').fill('trade fair');
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Write down the consent' }).click();
  await page.getByText(/told us in person · Ana Ruiz: trade fair$/).waitFor();
  expect(await offers.isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Unsubscribe from everything' }).click();
  await page.getByText('Unsubscribed from everything.').waitFor();
  await expect.poll(() => offers.isChecked()).toBe(false);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => offers.isChecked(), { timeout: 10_000 }).toBe(true);
  expect(watched.faults).toEqual([]);
});

test('an address is blocked and let free', async () => {
  await open('person1@example.com');
  await page.getByRole('button', { name: 'Block person1@example.com' }).click();
  await page.getByText(/^blocked since .*: by hand$/).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Let free person1@example.com' }).click();
  await page.getByText('letters go here, if they agreed').waitFor();
  expect(watched.faults).toEqual([]);
});

test('erasing asks for its word, says what remains, and the person is gone', async () => {
  await open('person5@example.com');
  const address = page.url();
  await page.getByRole('link', { name: 'Download all of it' }).waitFor();
  await page.getByRole('button', { name: 'Erase …' }).click();
  const word = page.getByLabel('Type erase to confirm');
  await word.waitFor();
  expect(await accessProblems(page)).toEqual([]);
  const last = page.getByRole('button', { name: 'Erase for good' });
  expect(await last.isDisabled()).toBe(true);
  await word.fill('erase');
  await last.click();
  await page.getByRole('heading', { level: 1, name: 'This person is erased' }).waitFor();
  await page.getByText(/keyed hash of one address/).waitFor();
  expect(watched.faults).toEqual([]);
  await page.goto(address);
  await page.getByRole('alert').waitFor();
});
