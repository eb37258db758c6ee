// A file from the disk to people with stages: guessed, corrected, started, done; and files that are no such thing.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage } from './support/browser.ts';
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

/** As a German shop exports it: semicolons, commas, Latin-1, and one row that is broken. */
function orders(): Buffer {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const day = String((i % 28) + 1).padStart(2, '0');
    const month = String((i % 12) + 1).padStart(2, '0');
    return `A${1000 + i};${day}.${month}.2024;kunde${i % 13}@example.de;Käthe;Müller;${10 + i},50`;
  });
  const text = [
    'Bestellnummer;Datum;E-Mail;Vorname;Nachname;Gesamt',
    ...rows,
    'A2000;99.99.2024;kaputt;x;y;zehn',
  ].join('\n');
  return Buffer.from(text, 'latin1');
}

test('an old file is guessed, shown as it will be read, imported as of its last day, and nobody is contacted', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'bestellungen.csv', mimeType: 'text/csv', buffer: orders() });
  await page.getByRole('heading', { name: 'Read as a list of orders with 41 rows' }).waitFor();
  expect(await page.getByRole('combobox', { name: 'Gesamt' }).inputValue()).toBe('Total of the order');
  await page.getByRole('heading', { name: /The first 20 rows/ }).waitFor();
  await page.getByLabel('Last day of the file').fill('2025-01-31');
  await page.getByRole('radio', { name: 'Existing customers' }).check();
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('40 orders and 13 new people are in.').waitFor();
  await page.getByText('31 Jan 2025').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /as a file with the reasons/ }).click();
  expect((await download).suggestedFilename()).toMatch(/refused\.csv$/);

  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: /13 customers/ }).waitFor();
  await page.getByText(/As of 31 Jan 2025/).waitFor();
  await page.goto('/people?search=kunde1@');
  await page.getByRole('link', { name: 'Käthe Müller' }).click();
  await page.getByRole('button', { name: 'Bring to today' }).click();
  await page.getByRole('button', { name: 'Bring to today' }).waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await context.close();
});

test('a column mapped wrongly is put right before anything is imported', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  const text = 'bestellt am,wer,betrag\n2024-05-01,a@example.com,10\n2024-05-02,b@example.com,20\n';
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'odd.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('heading', { name: 'What the columns mean' }).waitFor();
  const column = page.getByRole('combobox', { name: 'betrag' });
  const button = page.getByRole('button', { name: 'Import', exact: true });
  await column.click();
  await page.getByRole('option', { name: 'Discount' }).click();
  await page.getByText('The file cannot be imported as it is').waitFor();
  expect(await button.isDisabled()).toBe(true);
  await column.click();
  await page.getByRole('option', { name: 'Total of the order' }).click();
  await expect.poll(() => button.isEnabled()).toBe(true);
  expect(await column.inputValue()).toBe('Total of the order');
  await page.getByRole('button', { name: 'Forget this file' }).click();
  await page.waitForURL(/\/imports$/);
  await context.close();
});

test('a file that is no table is told so, and nothing is imported', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919 + (i >> 3)) % 256));
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: noise });
  await page
    .getByText(/cannot be imported as it is|cannot be read/)
    .first()
    .waitFor();
  const button = page.getByRole('button', { name: 'Import', exact: true });
  if ((await button.count()) > 0) expect(await button.isDisabled()).toBe(true);
  await context.close();
});
