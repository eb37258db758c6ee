// The list of people in a real browser: views kept, changed and deleted, and what people agreed to as a sentence to go on from.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage, type Watched } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

let rapport: Rapport;
let browser: Browser;
let watched: Watched;
let page: Page;
let key: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  const cookie = await rapport.setUp();
  key = await serverKey(rapport, cookie);
  await send(rapport, key, shopEvents(Date.now()));
  watched = await openPage(browser, rapport.url, { cookie });
  page = watched.page;
}, 120_000);

afterAll(async () => {
  await watched?.context.close();
  await browser?.close();
  await rapport?.close();
});

test('a view is kept, changed with a way back, and deleted', async () => {
  await page.goto('/people?search=person1');
  await page.getByRole('button', { name: 'Keep this view' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Ones');
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  const views = page.getByRole('navigation', { name: 'Saved views' });
  await views.getByRole('link', { name: 'Ones only you' }).waitFor();
  await page.getByRole('button', { name: 'Change this view' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('The ones');
  await page.getByRole('checkbox', { name: 'Everybody in the team sees it' }).check();
  await page.getByRole('button', { name: 'Change it' }).click();
  await views.getByRole('link', { name: 'The ones', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await views.getByRole('link', { name: 'Ones only you' }).waitFor();
  await page.getByRole('button', { name: 'Delete this view' }).click();
  await page.getByText('The view Ones is deleted.').waitFor();
  expect(watched.faults).toEqual([]);
});

test('who agreed to a topic is chosen from the list and becomes a sentence; everyone is answered for at once', async () => {
  await page.goto('/people');
  await page.getByRole('combobox', { name: 'Who they are and what they agreed to' }).click();
  await page.getByRole('option', { name: 'Agreed to Offers by e-mail' }).click();
  await page.waitForURL(/rule=/);
  await page.getByText('11 people, all of them').waitFor();
  await page.goto('/people');
  await page.getByRole('combobox', { name: 'Who they are and what they agreed to' }).click();
  await page.getByRole('option', { name: 'Known', exact: true }).click();
  await page.getByText('21 people, all of them').waitFor();
  expect(watched.faults).toEqual([]);
});

test('who came into a segment between the answer with the list and the one with the count is in the list too', async () => {
  const count = Promise.withResolvers<void>();
  await page.route('**/api/segments/customers', async (route) => {
    await count.promise;
    await route.continue();
  });
  const listed = page.waitForResponse('**/api/segments/customers/people*');
  await page.goto('/segments/customers');
  await listed;
  const userId = 'late';
  await send(rapport, key, [
    { type: 'identify', messageId: 'late-1', userId, traits: { name: 'Lena Late' } },
    {
      type: 'track',
      event: 'Order Completed',
      messageId: 'late-2',
      userId,
      properties: { order_id: 'late', total: 20, currency: 'GBP' },
    },
  ]);
  count.resolve();
  await page
    .getByRole('table', { name: 'People in the segment' })
    .getByRole('link', { name: 'Lena Late' })
    .waitFor({ timeout: 5_000 });
  expect(watched.faults).toEqual([]);
});
