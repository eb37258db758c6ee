// Switching a journey on and off, and the message that comes of it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, looks, openPage, sideways } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;
let key: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  key = await serverKey(rapport, cookie);
  await send(rapport, key, shopEvents(Date.now()));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('switched on from now on, a first order brings the welcome into the mailbox, and its story is told', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/journeys/welcome');
  await page.getByRole('button', { name: 'Switch on' }).click();
  const dialog = page.getByRole('dialog', { name: /Switch on Welcome/ });
  await dialog.getByText(/A person enters when/).waitFor();
  await dialog
    .getByText(/control group/)
    .first()
    .waitFor();
  await dialog.getByText(/At most 1 marketing message a day/).waitFor();
  expect(await dialog.getByRole('radio', { name: 'Only people who qualify from now on' }).isChecked()).toBe(
    true,
  );
  expect(await accessProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('button', { name: 'Switch off' }).waitFor();

  const now = new Date().toISOString();
  const userId = 'new-1';
  await send(rapport, key, [
    {
      type: 'identify',
      messageId: 'n-1',
      userId,
      timestamp: now,
      traits: { email: 'nina@example.com', first_name: 'Nina', name: 'Nina Roth' },
    },
    {
      type: 'track',
      event: 'Consent Given',
      messageId: 'n-2',
      userId,
      timestamp: now,
      properties: { channel: 'email', topic: 'offers', basis: 'opted_in' },
    },
    {
      type: 'track',
      event: 'Order Completed',
      messageId: 'n-3',
      userId,
      timestamp: now,
      properties: { order_id: 'n-1', total: 30, currency: 'GBP' },
    },
  ]);
  await page.goto('/mailbox');
  await page.getByText('nina@example.com').waitFor();
  await page.getByRole('row').filter({ hasText: 'nina@example.com' }).getByRole('link').first().click();
  await page.getByRole('tab', { name: 'Headers' }).click();
  await page.getByText('List-Unsubscribe-Post').waitFor();
  await page.getByRole('link', { name: 'Its story' }).click();
  await page.getByText('In the mailbox').first().waitFor();
  await page
    .getByRole('list')
    .filter({ hasText: /Welcome/ })
    .first()
    .waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a message in the mailbox is shown in a frame that may do nothing', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/mailbox');
  await page.getByRole('row').nth(1).getByRole('link').first().click();
  const frame = page.locator('iframe');
  await frame.waitFor();
  expect(await frame.getAttribute('sandbox')).toBe('');
  await context.close();
});

test('those who qualify today are let in at the pace that was asked for', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/journeys');
  await page.getByRole('switch', { name: 'Broken rhythm: switch on' }).focus();
  await page.keyboard.press('Space');
  const dialog = page.getByRole('dialog', { name: 'Switch on Broken rhythm' });
  await dialog.getByRole('radio', { name: /Also the/ }).check();
  await dialog.getByLabel('At most so many a day').fill('2');
  await dialog.getByText(/Everyone is in after/).waitFor();
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.goto('/journeys/broken_rhythm?view=table');
  await page.getByText(/who qualified are in/).waitFor();
  await page.getByText('2 entered today, at most 2 a day').waitFor();
  await expect
    .poll(() => page.getByRole('table', { name: 'People on this journey' }).getByRole('row').count())
    .toBe(3);
  expect(faults).toEqual([]);
  await context.close();
});

test('the picture shows who came and why not, and leads to the people and the messages behind a number', async () => {
  for (const look of looks) {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
    await page.goto('/journeys/welcome?days=7');
    await page.getByRole('heading', { name: /entered in the last 7 days/ }).waitFor();
    if (look.width > 600) {
      await page.getByRole('group', { name: /^E-mail: E-mail: Welcome kit\. \d+ came/ }).click();
    } else {
      await page.getByRole('listitem').getByRole('link', { name: 'E-mail: Welcome kit' }).click();
    }
    await page.getByRole('heading', { name: 'At “E-mail: Welcome kit”' }).waitFor();
    expect(new URL(page.url()).searchParams.get('node')).toBe('welcome_kit');
    expect(await accessProblems(page)).toEqual([]);
    expect(await sideways(page)).toEqual([]);
    await page.goto('/journeys/welcome?view=table');
    const steps = page.getByRole('table', { name: /^Steps of/ }).getByRole('row');
    await steps
      .nth(1)
      .getByText(/^When a person does/)
      .waitFor();
    expect(await accessProblems(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  }
}, 180_000);

test('switched off, it asks about those on the way', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/journeys/broken_rhythm');
  await page.getByRole('button', { name: 'Switch off' }).click();
  const dialog = page.getByRole('dialog', { name: 'Switch off Broken rhythm' });
  await dialog.getByRole('radio', { name: 'They finish it' }).waitFor();
  await dialog.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('button', { name: 'Switch on' }).waitFor();
  await context.close();
});

test('a journey is made without JSON: steps put in, undone, kept over a reload, saved; another tab is told of it', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/new-journey');
  await page.getByLabel('Name').fill('طلب '.repeat(40).trim());
  await page.getByRole('radio', { name: 'Nothing' }).check();
  await page.getByRole('button', { name: 'Make the journey' }).click();
  await page.getByRole('heading', { name: /^Change طلب/ }).waitFor();
  const address = page.url();
  const other = await context.newPage();
  await other.goto(address);
  await other.getByRole('heading', { name: /^Change/ }).waitFor();
  const add = async (on: typeof page, at: number, kind: string) => {
    await on.getByRole('button', { name: 'Add a step here' }).nth(at).click();
    await on.getByRole('menuitem', { name: kind, exact: true }).click();
  };
  await add(page, 0, 'Branch');
  await page.getByText('goes on at').first().waitFor();
  await add(page, 1, 'Webhook');
  await page.getByText('is no web address').first().waitFor();
  expect(await page.getByRole('button', { name: /^Save as version/ }).isDisabled()).toBe(true);
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Take the last change back' }).click();
  await page.getByText('is no web address').first().waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('goes on at').first().waitFor();
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await page.waitForURL(/version=2/);

  await add(other, 0, 'Wait');
  await other.getByRole('button', { name: 'Save as version 2' }).click();
  await other.getByText(/Version 2 was saved by .* since you began with version 1/).waitFor();
  await other.getByRole('button', { name: 'Save mine as a newer one' }).click();
  await other.waitForURL(/version=3/);
  expect(faults.filter((fault) => !fault.includes('409'))).toEqual([]);
  await context.close();
}, 240_000);
