// The first ten minutes as a stranger takes them: from an empty database and the one-time link to a real person, the message that
// would help, a letter in the mailbox, and a journey that is on.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, loaded, looks, openPage, sideways } from './support/browser.ts';
import { business, owner, startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

const dayMs = 86_400_000;
const givenNames = ['Sally', 'Omar', 'Ana', 'Wei', 'Fatima', 'Jürgen', 'Priya', 'Lars'];

/** Sixty people who order every 20 days; every third one stopped long enough ago to be missed, and not to be gone. */
function shopFile(now: number): Buffer {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const silent = i % 3 === 0 ? 55 + (i % 5) : i % 10;
    const orders = Array.from({ length: 12 }, (_order, k) => {
      const at = new Date(now - (silent + k * 20) * dayMs - i * 60_000).toISOString();
      return `${i}-${k},${at},${givenNames[i % 8]},Moon ${i},p${i}@example.com,${20 + i}.50`;
    });
    return orders;
  }).flat();
  const bad = ['bad-1,soon,Al,X,al@example.com,9.50', 'bad-2,2026-05-01,Bo,Y,bo@example.com,many'];
  return Buffer.from(['Order ID,Created at,First name,Last name,Email,Total', ...rows, ...bad].join('\n'));
}

async function isFineToRead(page: Page, faults: readonly string[]): Promise<void> {
  await loaded(page);
  expect(await accessProblems(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  expect(faults).toEqual([]);
}

test('from the one-time link to a letter in the mailbox and a journey that is on, well within ten minutes', async () => {
  const startedAt = performance.now();
  const { page, context, faults } = await openPage(browser, rapport.url);
  page.setDefaultTimeout(60_000);
  await page.goto(rapport.setupUrl);
  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByLabel('Name of the business').fill(business.name);
  await page.getByRole('button', { name: 'Set up Rapport' }).click();
  await page.getByRole('link', { name: 'Import orders' }).click();

  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: shopFile(Date.now()) });
  await page.getByRole('button', { name: 'To the rows', disabled: false }).click();
  await page.getByText('2 of all 722 rows would be refused').waitFor();
  await page.getByRole('button', { name: 'To the permission', disabled: false }).click();
  await page.getByRole('radio', { name: /existing customers/ }).check();
  await page.getByRole('button', { name: 'Import', exact: true, disabled: false }).click();
  await page.getByText('720 orders and 60 new people are in.').waitFor();
  await page.getByRole('link', { name: 'Meet them' }).click();

  await page.getByRole('heading', { level: 1, name: '60 customers, 20 unusually quiet.' }).waitFor();
  const name = await page.getByRole('heading', { name: /^This is / }).innerText();
  await page.getByText(/usually orders every 20 days\. It has been 5\d\./).waitFor();
  await page.getByRole('img', { name: /Orders on 12 days, the last on/ }).waitFor();
  await page.getByText(/Unusually quiet since/).waitFor();
  await page.getByText('Deterioration', { exact: true }).first().waitFor();
  await isFineToRead(page, faults);
  await page.getByRole('link', { name: 'Somebody else' }).click();
  await page.getByRole('heading', { name }).waitFor({ state: 'detached' });
  const met = new URL(page.url()).searchParams.get('person');
  expect(met).toMatch(/^per_/);
  const second = (await page.getByRole('heading', { name: /^This is / }).innerText()).replace('This is ', '');

  await page.getByRole('link', { name: 'A message that would help', exact: true }).last().click();
  await page.getByRole('heading', { level: 1, name: 'A message that would help: Broken rhythm' }).waitFor();
  await page.getByText(/it would have reached 20 people/).waitFor();
  const reader = page.getByRole('combobox', { name: 'Written to' });
  await expect.poll(() => reader.inputValue(), { timeout: 30_000 }).toContain(second);
  await page.getByRole('group', { name: 'In the inbox' }).getByText('did something change?').waitFor();
  await page.getByText('60 of 60 customers agreed to messages').waitFor();
  await isFineToRead(page, faults);
  await page.getByRole('button', { name: 'Send to yourself' }).click();
  await page.getByRole('link', { name: 'Look at it' }).click();
  await page.waitForURL(/\/mailbox\//);
  await page
    .getByText(second.split(' ')[0] ?? '')
    .first()
    .waitFor();
  await page.goBack();

  await page.getByRole('link', { name: 'Switch it on', exact: true }).last().click();
  expect(new URL(page.url()).searchParams.get('step')).toBe('switch');
  expect(await page.getByRole('radio', { name: 'Only people who qualify from now on' }).isChecked()).toBe(
    true,
  );
  await page.getByText(/20 of 100 are kept as control group/).waitFor();
  await page.getByText(/Not provable here: about \d+ a year would enter/).waitFor();
  await page.getByText(/At most 1 marketing message a day and 3 in 7 days/).waitFor();
  await page.getByRole('radio', { name: 'Also the 20 who qualify today' }).check();
  await page.getByLabel('At most so many a day').waitFor();
  await page.getByRole('checkbox', { name: 'Without a control group' }).check();
  await isFineToRead(page, faults);
  await page.getByRole('button', { name: 'Switch on', exact: true }).click();
  await page.getByText('Letters go to the built-in mailbox until you go live.').waitFor();
  await page.getByRole('link', { name: 'Built-in mailbox' }).click();
  await page
    .getByRole('link', { name: /did something change\?/ })
    .nth(1)
    .waitFor();
  const minutes = (performance.now() - startedAt) / 60_000;
  process.stderr.write(`The first ten minutes took a browser ${minutes.toFixed(1)} minutes.\n`);
  expect(minutes).toBeLessThan(10);
  await context.close();
}, 600_000);

test('what the flow shows is fit for a phone in the dark, and its addresses can be passed on', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { look: looks[1] ?? looks[0]! });
  page.setDefaultTimeout(60_000);
  await page.goto('/first-message?journey=welcome');
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: /Welcome and second purchase/ }).waitFor();
  faults.length = 0;
  for (const address of [
    '/meet',
    '/first-message?journey=welcome',
    '/first-message?journey=welcome&step=switch',
  ]) {
    await page.goto(address);
    await page.getByRole('navigation', { name: 'The first ten minutes' }).waitFor();
    await isFineToRead(page, faults);
  }
  await context.close();
}, 300_000);
